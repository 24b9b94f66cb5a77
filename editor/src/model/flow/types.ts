/** What a flow is: the JSON of the server's model. */
import type { Json } from "../../platform/api/json";
import type { LocalizedText } from "../../platform/i18n/words";

export type Position = [x: number, y: number];

/** The far end of a wire; the port "" is the node's only input (in a subflow's outputs: its first output). */
export interface Target {
  node: string;
  port: string;
  disabled: boolean;
}

export interface NodeSpec {
  id: string;
  type: string;
  with_: Record<string, Json>;
  /** Wires by output port; the port "" is the first output. */
  to: Record<string, Target[]>;
  title: LocalizedText;
  note: string;
  disabled: boolean;
}

export interface Group {
  title: LocalizedText;
  colour: string;
  members: string[];
}

export interface Note {
  text: string;
  at: Position;
  size: Position | null;
}

/** What a flow and a subflow have in common: a sheet of the canvas. */
export interface Sheet {
  nodes: Record<string, NodeSpec>;
  groups: Record<string, Group>;
  notes: Record<string, Note>;
  layout: Record<string, Position>;
}

export interface Subflow extends Sheet {
  name: string;
  inputs: Record<string, Target[]>;
  outputs: Record<string, Target[]>;
  fields: Record<string, Record<string, Json>>;
  title: LocalizedText;
  help: LocalizedText;
}

export interface FlowModel extends Sheet {
  flow: string;
  title: LocalizedText;
  help: LocalizedText;
  disabled: boolean;
  on_error: Target | null;
  subflows: Record<string, Subflow>;
}

export const SUBFLOW_PREFIX = "subflow/";
export const ERROR_PORT = "error";
