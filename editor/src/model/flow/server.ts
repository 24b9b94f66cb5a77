/** What the server says of flows and node types. */
import type { ExampleView, FlowView as AnsweredView, NodeTypeView, PortView, Previewed } from "../../platform/api/generated";
import type { LocalizedText } from "../../platform/i18n/words";
import type { Schema } from "../schema/schema";
import type { FlowModel } from "./types";

export type { Kind } from "../../platform/api/generated";

/** A port of a type, or one that is only known by its name. */
export type PortType = Pick<PortView, "name"> & Partial<Omit<PortView, "title">> & { title?: LocalizedText };

export type Example = ExampleView;

interface Named {
  title: LocalizedText;
  help: LocalizedText;
  schema: Schema;
  inputs: PortType[];
  outputs: PortType[];
}

/** A subflow is a type, too, of which no more than this is known. */
export type NodeType = Pick<NodeTypeView, "type" | "category" | "icon"> & Partial<Omit<NodeTypeView, "type" | "category" | "icon" | keyof Named>> & Named;

export type FlowView = Omit<AnsweredView, "flow"> & { flow: FlowModel | null };

export type Preview = Omit<Previewed, "flow"> & { flow: FlowModel | null };
