/** Where in the text of a flow file each node stands, read from its indentation: also while the text is broken elsewhere. */

export interface SourceRange {
  /** Lines from 1, both included. */
  from: number;
  to: number;
}

const KEY = /^(\s*)(?:"([^"]+)"|'([^']+)'|([^\s#:'"[{&*!|>%@`-][^:#]*?|[^\s#:'"]))\s*:(?:\s|$)/;

interface Open {
  indent: number;
  name: string;
}

/** By address: `ID`, or `SUBFLOW/ID`. */
export function sourceRanges(text: string): Map<string, SourceRange> {
  const places = new Map<string, SourceRange>();
  const stack: Open[] = [];
  let here: { address: string; indent: number } | null = null;
  let last = 0;
  let blockIndent = -1;
  text.split("\n").forEach((line, index) => {
    const indent = line.length - line.trimStart().length;
    const bare = line.trim();
    if (bare === "" || bare.startsWith("#")) return;
    if (blockIndent >= 0 && indent > blockIndent) {
      last = index + 1;
      if (here) end(places, here.address, last);
      return;
    }
    blockIndent = -1;
    while (stack.length && indent <= (stack.at(-1) as Open).indent) stack.pop();
    if (here && indent <= here.indent) here = null;
    const match = KEY.exec(line);
    const name = match ? (match[2] ?? match[3] ?? match[4] ?? "").trim() : "";
    if (match) {
      const address = addressIn(stack, name);
      if (address) {
        here = { address, indent };
        places.set(address, { from: index + 1, to: index + 1 });
      }
      stack.push({ indent, name });
    }
    if (here) end(places, here.address, index + 1);
    if (/:\s*[|>][+-]?\d*\s*(#.*)?$/.test(line)) blockIndent = indent;
  });
  return places;
}

function addressIn(stack: readonly Open[], name: string): string {
  const path = stack.map((open) => open.name);
  if (path.length === 1 && path[0] === "nodes") return name;
  if (path.length === 3 && path[0] === "subflows" && path[2] === "nodes") return `${path[1]}/${name}`;
  return "";
}

function end(places: Map<string, SourceRange>, address: string, line: number): void {
  const place = places.get(address);
  if (place) place.to = line;
}

export function addressAt(places: ReadonlyMap<string, SourceRange>, line: number): string {
  for (const [address, place] of places) if (line >= place.from && line <= place.to) return address;
  return "";
}

export interface TextChange {
  from: number;
  to: number;
  insert: string;
}

/** The one change that makes a text into another: what both begin and end with stays, and so do cursor and folds there. */
export function changeBetween(old: string, now: string): TextChange | null {
  if (old === now) return null;
  let from = 0;
  const most = Math.min(old.length, now.length);
  while (from < most && old.charCodeAt(from) === now.charCodeAt(from)) from += 1;
  let tail = 0;
  while (tail < most - from && old.charCodeAt(old.length - 1 - tail) === now.charCodeAt(now.length - 1 - tail)) tail += 1;
  return { from, to: old.length - tail, insert: now.slice(from, now.length - tail) };
}
