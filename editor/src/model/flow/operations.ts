/** The edits that a flow takes; the server knows the same ones. A node is named by its address: `ID` or `SUBFLOW/ID`. */
import type { Json } from "../../platform/api/json";
import type { LocalizedText } from "../../platform/i18n/words";
import type { Position } from "./types";

type Ends = string | { node: string; disabled: boolean };
/** Wires as a flow file spells them. */
export type WireSpelling = null | Ends | Ends[] | Record<string, Ends | Ends[]>;

interface WireAt {
  node: string;
  to: string;
  port?: string;
  first?: string;
}

export type Operation =
  | { op: "add_node"; id: string; type: string; with?: Record<string, Json>; to?: WireSpelling; title?: LocalizedText; note?: string; disabled?: boolean; after?: string; at?: Position | null }
  | { op: "change_node"; id: string; type?: string; with?: Record<string, Json>; set?: Record<string, Json>; unset?: string[]; to?: WireSpelling; title?: LocalizedText; note?: string; disabled?: boolean }
  | { op: "rename_node"; id: string; to: string }
  | { op: "remove_node"; id: string }
  | ({ op: "add_wire"; disabled?: boolean } & WireAt)
  | ({ op: "remove_wire" } & WireAt)
  | ({ op: "change_wire"; disabled: boolean } & WireAt)
  | { op: "set_layout"; positions: Record<string, Position | null> }
  | { op: "set_flow"; title?: LocalizedText; help?: LocalizedText; on_error?: string; disabled?: boolean }
  | { op: "set_group"; name: string; title?: LocalizedText; colour?: string; members?: string[] }
  | { op: "remove_group"; name: string }
  | { op: "set_note"; name: string; text?: string; at?: Position; size?: Position | null }
  | { op: "remove_note"; name: string }
  | { op: "set_subflow"; name: string; definition: Record<string, Json> }
  | { op: "remove_subflow"; name: string }
  | { op: "rename_subflow"; name: string; to: string };
