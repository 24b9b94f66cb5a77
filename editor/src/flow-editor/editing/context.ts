/** The open flow and its check, handed down to whatever the page of the flow draws. */
import { createContext } from "react";
import { useStore } from "zustand";
import { useRequired } from "../../platform/kit/useRequired";
import type { DraftCheck } from "./DraftCheck";
import type { DocumentState, FlowDocument } from "./FlowDocument";

export const DocumentContext = createContext<FlowDocument | null>(null);
export const DraftCheckContext = createContext<DraftCheck | null>(null);

export const useFlowDocument = (): FlowDocument => useRequired(DocumentContext);
export const useDraftCheck = (): DraftCheck => useRequired(DraftCheckContext);

/** A part of the document's state; the component is drawn again when it changes. */
export const useDocument = <T,>(select: (state: DocumentState) => T): T => useStore(useFlowDocument().store, select);
