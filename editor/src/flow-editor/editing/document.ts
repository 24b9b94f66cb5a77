/** The flow that is open: what is deployed, the draft with its history, what is selected, what the server says of it. */
import { create } from "zustand";
import { canRedo, canUndo, current, type Draft, draftOf, type History, newHistory, stepped, withEdit, withText } from "../../model/flow/history";
import type { Operation } from "../../model/flow/operations";
import type { KnownPorts } from "../../model/flow/ports";
import type { FlowView, NodeType } from "../../model/flow/server";
import { sheetOf } from "../../model/flow/sheet";
import type { FlowModel, Sheet } from "../../model/flow/types";
import { api, segment } from "../../platform/api/client";
import { sameJson } from "../../platform/api/json";
import { socket } from "../../platform/api/socket";
import type { Problem } from "../../platform/api/types";
import { allowed } from "../../platform/session/session";

export interface Document {
  name: string;
  view: FlowView | null;
  history: History | null;
  /** The subflow that is open, "" for the flow itself. */
  scope: string;
  selected: ReadonlySet<string>;
  wire: string | null;
  problems: Problem[];
  restarts: string[];
  checking: boolean;
  catalogue: ReadonlyMap<string, NodeType>;
  ports: KnownPorts;
  /** What keeps this file from being read; then the canvas shows the last good draft. */
  unreadable: boolean;
}

const nothing: ReadonlySet<string> = new Set();

export const useDocument = create<Document>(() => ({
  name: "", view: null, history: null, scope: "", selected: nothing, wire: null, problems: [], restarts: [],
  checking: false, catalogue: new Map(), ports: new Map(), unreadable: false,
}));

const { getState: get, setState: set } = useDocument;

const EMPTY: FlowModel = { flow: "", title: "", help: "", disabled: false, on_error: null, nodes: {}, subflows: {}, groups: {}, notes: {}, layout: {} };

export const draft = (): Draft => (get().history ? current(get().history as History) : draftOf(EMPTY, ""));
export const model = (): FlowModel => draft().model;
export const sheet = (): Sheet => sheetOf(model(), get().scope) ?? model();

export const draftIn = (state: Document): Draft | null => state.history && current(state.history);
export const modelIn = (state: Document): FlowModel => draftIn(state)?.model ?? EMPTY;
export const sheetIn = (state: Document): Sheet => sheetOf(modelIn(state), state.scope) ?? modelIn(state);
/** Whether the draft is another than what the file holds; a move alone counts, as it is saved too. */
export const isDirty = (state: Document): boolean => {
  const here = draftIn(state);
  if (!here || !state.view) return false;
  return here.text !== null ? here.text !== state.view.text : !sameJson(here.model, state.view.flow);
};

export async function loadCatalogue(): Promise<void> {
  const types = await api.get<NodeType[]>("/node-types");
  set({ catalogue: new Map(types.map((type) => [type.type, type])) });
}

/** The palette follows the node folders: a custom node that is saved is there without a reload. The answer ends it. */
export function followTypes(): () => void {
  let known = "";
  return socket.subscribe<{ version: string }>("node-types", ({ items }) => {
    const version = items.at(-1)?.version ?? "";
    if (known && version !== known) void loadCatalogue();
    known = version;
  });
}

/** Begin with what the file holds. */
export function openView(view: FlowView): void {
  const flow = view.flow ?? { ...EMPTY, flow: view.name };
  set({ name: view.name, view, history: newHistory(flow, view.text), problems: view.problems, selected: nothing, wire: null, scope: "", restarts: [], unreadable: view.flow === null });
}

/** The file is now another, and the draft with its history stays: after a deploy. */
export function setView(view: FlowView): void {
  set({ view });
}

export const fetchView = (name: string): Promise<FlowView> => api.get<FlowView>(`/flows/${segment(name)}`);

export function edit(label: string, operations: Operation[], key: string | null = null): void {
  const { history } = get();
  if (!history || operations.length === 0 || !allowed("admin")) return;
  set({ history: withEdit(history, label, operations, key) });
  forgetGone();
}

/** Another whole text, already read by the server. */
export function replaceText(label: string, flow: FlowModel, text: string, key: string | null = null): void {
  const { history } = get();
  if (!history || !allowed("admin")) return;
  set({ history: withText(history, label, flow, text, key) });
  forgetGone();
}

export function undo(): void {
  const { history } = get();
  if (history && canUndo(history)) set({ history: stepped(history, -1) });
  forgetGone();
}

export function redo(): void {
  const { history } = get();
  if (history && canRedo(history)) set({ history: stepped(history, 1) });
  forgetGone();
}

function forgetGone(): void {
  const state = get();
  const scope = state.scope in modelIn(state).subflows ? state.scope : "";
  const here = sheetOf(modelIn(state), scope);
  const left = [...state.selected].filter((id) => isThere(here, id));
  set({ scope, ...(left.length !== state.selected.size && { selected: new Set(left) }) });
}

function isThere(here: Sheet | undefined, id: string): boolean {
  if (!here) return false;
  if (id.startsWith("note:")) return id.slice(5) in here.notes;
  if ("inputs" in here && (id.startsWith("in:") || id.startsWith("out:"))) return true;
  return id.startsWith("group:") ? id.slice(6) in here.groups : id in here.nodes;
}

export function select(ids: Iterable<string>): void {
  set({ selected: new Set(ids), wire: null });
}

export function toggle(id: string): void {
  const next = new Set(get().selected);
  if (!next.delete(id)) next.add(id);
  set({ selected: next, wire: null });
}

export const selectWire = (wire: string | null): void => set({ wire, selected: nothing });

export const openScope = (scope: string): void => set({ scope, selected: nothing, wire: null });

export const selectedNodes = (): string[] => [...get().selected].filter((id) => id in sheet().nodes);
