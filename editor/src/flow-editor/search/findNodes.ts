/** Finds nodes by id, title, type, note and config, in the draft that is open and in all other flows. */
import type { NodeType } from "../../model/flow/server";
import { nodesByAddress } from "../../model/flow/sheet";
import type { FlowModel, NodeSpec } from "../../model/flow/types";
import type { Json } from "../../platform/api/json";
import type { LocalizedText } from "../../platform/i18n/words";
import { initials } from "../../platform/kit/pinyin";

export interface Hit {
  flow: string;
  address: string;
  node: NodeSpec | null;
  /** Where the words stand, such as `with.topic`; "" for the name of the node itself. */
  field: string;
  text: string;
  points: number;
}

const both = (words: LocalizedText): string[] => (typeof words === "string" ? [words] : [words.zh ?? "", words.en ?? ""]).filter(Boolean);

export function hitsIn(flow: string, model: FlowModel, typed: string, catalogue: ReadonlyMap<string, NodeType>): Hit[] {
  const wanted = typed.trim().toLowerCase();
  if (!wanted) return [];
  const hits: Hit[] = [];
  if ([flow, ...both(model.title)].some((text) => text.toLowerCase().includes(wanted))) hits.push({ flow, address: "", node: null, field: "", text: flow, points: 4 });
  for (const [address, node] of nodesByAddress(model)) {
    const found = best(node, address, catalogue.get(node.type), wanted);
    if (found) hits.push({ flow, address, node, ...found });
  }
  for (const [name, note] of Object.entries(model.notes)) {
    if (note.text.toLowerCase().includes(wanted)) hits.push({ flow, address: `note:${name}`, node: null, field: "note", text: around(note.text, wanted), points: 1 });
  }
  return hits;
}

function best(node: NodeSpec, address: string, type: NodeType | undefined, wanted: string): Pick<Hit, "field" | "text" | "points"> | null {
  const titles = both(node.title);
  for (const text of [address, ...titles]) {
    const low = text.toLowerCase();
    if (low === wanted) return { field: "", text, points: 5 };
    if (low.includes(wanted) || initials(text).includes(wanted)) return { field: "", text, points: low.startsWith(wanted) ? 4 : 3 };
  }
  for (const text of [node.type, ...(type ? both(type.title) : [])]) {
    if (text.toLowerCase().includes(wanted)) return { field: "type", text, points: 2 };
  }
  if (node.note.toLowerCase().includes(wanted)) return { field: "note", text: around(node.note, wanted), points: 1 };
  return inConfig(node.with_, "with", wanted);
}

function inConfig(value: Json, field: string, wanted: string): Pick<Hit, "field" | "text" | "points"> | null {
  if (value !== null && typeof value === "object") {
    for (const [key, inner] of Object.entries(value)) {
      if (key.toLowerCase().includes(wanted)) return { field: `${field}.${key}`, text: brief(inner), points: 1 };
      const found = inConfig(inner as Json, `${field}.${key}`, wanted);
      if (found) return found;
    }
    return null;
  }
  const text = String(value);
  return text.toLowerCase().includes(wanted) ? { field, text: around(text, wanted), points: 1 } : null;
}

const brief = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value)).slice(0, 60);

/** The words round what was found. */
function around(text: string, wanted: string): string {
  const at = text.toLowerCase().indexOf(wanted);
  const from = Math.max(0, at - 20);
  return `${from > 0 ? "…" : ""}${text.slice(from, at + wanted.length + 40).replaceAll("\n", " ")}`;
}
