/** What the server says of flows and node types. */
import type { Json } from "../../platform/api/json";
import type { Problem, Revision } from "../../platform/api/types";
import type { LocalizedText } from "../../platform/i18n/words";
import type { Schema } from "../schema/schema";
import type { FlowModel } from "./types";

/** One type of payload: `above` names every type that it also is, itself first; `of` has the alternatives of each type parameter. */
export interface Kind {
  name: string;
  above: string[];
  of: Kind[][];
}

export interface PortType {
  name: string;
  title?: LocalizedText;
  /** For people; "any" for anything. */
  payload?: string;
  /** The alternatives of the payload; none for anything. */
  kinds?: Kind[];
  unit?: string;
  /** The input whose messages this output hands on, with their type and unit. */
  same_as?: string;
}

export interface Example {
  title: LocalizedText;
  config: Record<string, Json>;
  given: Json[];
  expect: Json;
  /** What the shared services hold while it runs. */
  site?: Record<string, Json>;
}

export interface NodeType {
  type: string;
  category: string;
  icon: string;
  color?: string;
  title: LocalizedText;
  help: LocalizedText;
  schema: Schema;
  inputs: PortType[];
  outputs: PortType[];
  examples?: Example[];
  source?: boolean;
  side_effect?: boolean;
  buffers?: boolean;
  /** Its ports hang on the config; the server tells them. */
  own_ports?: boolean;
  broken?: { problem: string; traceback?: string };
  /** It works; a newer version in its file does not, and is not taken over. */
  held_back?: { problem: string; traceback?: string } | null;
  /** It is used, and this is to be known of it. */
  remark?: { code: "example_fails" | "tests_not_run"; detail: string } | null;
}

export interface FlowView {
  name: string;
  text: string;
  revision: string;
  deployed: Revision | null;
  flow: FlowModel | null;
  problems: Problem[];
  changed_on_disk?: boolean;
}

export interface Preview {
  text: string;
  flow: FlowModel | null;
  problems: Problem[];
}
