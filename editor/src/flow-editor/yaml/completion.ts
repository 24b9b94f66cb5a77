/** What can stand where the cursor is in a flow file: keys and values from the catalogue's schemas and the draft. */
import type { NodeType } from "../../model/flow/server";
import { choicesOf, fieldsOf, kindOf } from "../../model/schema/form";
import { resolveReference, type Schema } from "../../model/schema/schema";
import { choiceTitle, helpOf, titleOf } from "../../model/schema/titles";

export interface Completion {
  label: string;
  /** What is written where it is another text than the label. */
  insert?: string;
  detail?: string;
  info?: string;
}

const FLOW_KEYS = ["flow", "title", "help", "nodes", "on_error", "subflows", "groups", "notes", "layout", "disabled"];
const NODE_KEYS = ["type", "title", "note", "with", "to", "disabled"];

interface Line {
  indent: number;
  key: string;
  /** The value behind the key, "" when it follows below. */
  value: string;
}

const lineIn = (text: string): Line | null => {
  const match = /^(\s*(?:- )?)"?([\w.\u4e00-\u9fff-]+)"?\s*:\s*(.*)$/.exec(text);
  return match ? { indent: (match[1] ?? "").length, key: match[2] ?? "", value: (match[3] ?? "").replace(/\s+#.*$/, "") } : null;
};

/** The keys above a line, outermost first. */
export function pathAbove(lines: readonly string[], at: number, indent: number): string[] {
  const path: string[] = [];
  let least = indent;
  for (let index = at - 1; index >= 0 && least > 0; index -= 1) {
    const line = lines[index] ?? "";
    if (line.trim() === "" || line.trim().startsWith("#")) continue;
    const own = line.length - line.trimStart().length;
    if (own >= least) continue;
    const read = lineIn(line);
    if (read) path.unshift(read.key);
    least = own;
  }
  return path;
}

export function completionsAt(text: string, offset: number, types: ReadonlyMap<string, NodeType>, language: "zh" | "en", references: readonly string[]): { from: number; offers: Completion[] } | null {
  const before = text.slice(0, offset);
  const lines = before.split("\n");
  const line = lines.at(-1) ?? "";
  const word = /[\w.${}:\u4e00-\u9fff/-]*$/.exec(line)?.[0] ?? "";
  const from = offset - word.length;
  const reference = /\$\{?[\w:-]*$/.exec(line)?.[0];
  if (reference !== undefined) return { from: offset - reference.length, offers: references.map((label) => ({ label })) };
  const inFlow = flowMapping(line);
  const head = /^(\s*(?:- )?)/.exec(line)?.[1] ?? "";
  const path = pathAbove(lines, lines.length - 1, head.length);
  const own = lineIn(line);
  const value = own && !inFlow ? own.key : null;
  if (value !== null && own) return of(valueOffers([...path, value], lines, text, types, language), from);
  if (inFlow && own) {
    const inner = inFlow.key ? [own.key, inFlow.key] : [own.key];
    return of(inFlow.key ? valueOffers([...path, ...inner], lines, text, types, language) : keyOffers([...path, own.key], lines, types, language), from);
  }
  return of(keyOffers(path, lines, types, language), from);
}

const of = (offers: Completion[], from: number) => (offers.length ? { from, offers } : null);

/** Inside `with: {a: 1, b` : the key whose value is being typed, "" at a key. */
function flowMapping(line: string): { key: string } | null {
  const open = line.lastIndexOf("{");
  if (open < 0 || line.lastIndexOf("}") > open || line[open - 1] === "$") return null;
  const part = line.slice(open + 1).split(",").at(-1) ?? "";
  const match = /^\s*"?([\w-]+)"?\s*:\s/.exec(part);
  return { key: match?.[1] ?? "" };
}

/** Where a path is within a node: the steps below it, and its name; null outside of nodes. */
function inNode(path: readonly string[]): { node: string; rest: string[] } | null {
  if (path[0] === "nodes" && path.length >= 2) return { node: path[1] ?? "", rest: path.slice(2) };
  if (path[0] === "subflows" && path[2] === "nodes" && path.length >= 4) return { node: path[3] ?? "", rest: path.slice(4) };
  return null;
}

function keyOffers(path: readonly string[], lines: readonly string[], types: ReadonlyMap<string, NodeType>, language: "zh" | "en"): Completion[] {
  if (path.length === 0) return FLOW_KEYS.map((label) => ({ label, insert: `${label}: ` }));
  const at = inNode(path);
  if (!at) return [];
  if (at.rest.length === 0) return NODE_KEYS.map((label) => ({ label, insert: `${label}: ` }));
  const type = types.get(typeAround(lines) ?? "");
  if (!type || type.broken) return [];
  if (at.rest[0] === "to") return at.rest.length === 1 ? [...type.outputs.map(({ name }) => name), "error"].map((label) => ({ label, insert: `${label}: ` })) : [];
  if (at.rest[0] !== "with") return [];
  const schema = schemaAt(type.schema, at.rest.slice(1));
  return schema ? fieldsOf(schema, type.schema).map(({ name, schema: field, required }) => ({
    label: name, insert: `${name}: `, detail: [titleOf(name, field, language), required ? "*" : "", field["x-unit"] ?? ""].filter(Boolean).join(" "),
    info: helpOf(field, language),
  })) : [];
}

function valueOffers(path: readonly string[], lines: readonly string[], text: string, types: ReadonlyMap<string, NodeType>, language: "zh" | "en"): Completion[] {
  const at = inNode(path);
  if (path.at(-1) === "on_error" && path.length === 1) return nodeNames(text).map((label) => ({ label }));
  if (!at) return [];
  if (at.rest[0] === "type") return [...types.values()].filter((type) => !type.broken).map((type) => ({ label: type.type, detail: typeof type.title === "string" ? type.title : type.title[language] || type.title.en || "" }));
  if (at.rest[0] === "to") return nodeNames(text).map((label) => ({ label }));
  if (at.rest[0] === "disabled") return [{ label: "true" }, { label: "false" }];
  const type = types.get(typeAround(lines) ?? "");
  if (at.rest[0] !== "with" || !type || type.broken) return [];
  const schema = schemaAt(type.schema, at.rest.slice(1));
  if (!schema) return [];
  if (kindOf(schema, type.schema) === "boolean") return [{ label: "true" }, { label: "false" }];
  return choicesOf(schema, type.schema).map((choice) => ({ label: String(choice), detail: choiceTitle(choice, schema, language) }));
}

/** The type of the node that the last line is in; it is written above the line, or on it. */
function typeAround(lines: readonly string[]): string | null {
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const match = /\btype:\s*"?([\w./-]+)/.exec(lines[index] ?? "");
    if (match) return match[1] ?? null;
  }
  return null;
}

const nodeNames = (text: string): string[] => {
  const names: string[] = [];
  let inNodes = false;
  for (const line of text.split("\n")) {
    if (/^\S/.test(line)) inNodes = line.startsWith("nodes:");
    const match = inNodes && /^ {1,4}"?([\w\u4e00-\u9fff-]+)"?:/.exec(line);
    if (match && /^ {1,2}\S/.test(line)) names.push(match[1] ?? "");
  }
  return names;
};

function schemaAt(root: Schema, path: readonly string[]): Schema | null {
  let schema: Schema = root;
  for (const step of path) {
    const here = resolveReference(schema, root);
    const part: Schema | boolean | undefined = here.properties?.[step] ?? (typeof here.items === "object" ? resolveReference(here.items, root).properties?.[step] : undefined);
    if (!part || typeof part !== "object") return null;
    schema = part;
  }
  const found = resolveReference(schema, root);
  return typeof found.items === "object" ? resolveReference(found.items, root) : found;
}
