/** The rooms of the editor, held: imports go down, pages of different rooms do not know each other, and nothing imports in a circle. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";

/** What each room may import besides itself. `admin`, `flow-editor` and `site` stand side by side. */
const ROOMS: Record<string, string[]> = {
  app: ["admin", "flow-editor", "site", "model", "platform", "style"],
  admin: ["model", "platform"],
  "flow-editor": ["model", "platform"],
  site: ["model", "platform"],
  model: ["platform"],
  platform: [],
  style: [],
};

/** The one circle that is natural: a field may be an object or a list, whose fields are fields again. */
const RECURSION = ["Control.tsx", "ListControl.tsx", "MapControl.tsx", "ObjectFields.tsx", "SchemaField.tsx", "UnionControl.tsx"].map((file) => `flow-editor/inspector/fields/${file}`);

type Graph = ReadonlyMap<string, ReadonlySet<string>>;

const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) => /\.(tsx?|css)$/.test(file) && file !== "rooms.test.ts");
const known = new Set(files);
const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*|\bnew URL\(\s*)"(\.[^"]+)"/g;

function targetOf(file: string, written: string): string {
  const path = normalize(join(dirname(file), written));
  return ["", ".ts", ".tsx", "/index.ts"].map((end) => path + end).find((candidate) => known.has(candidate)) ?? `${path} (not there)`;
}

const imports: Graph = new Map(files.map((file) => [
  file, new Set([...readFileSync(`src/${file}`, "utf8").matchAll(IMPORT)].map(([, written = ""]) => targetOf(file, written))),
]));

const roomOf = (file: string): string => file.split("/")[0] ?? "";

function foldersOf(graph: Graph): Graph {
  const folders = new Map<string, Set<string>>();
  for (const [file, targets] of graph) {
    const here = dirname(file);
    const there = [...targets].map((target) => dirname(target)).filter((folder) => folder !== here);
    folders.set(here, new Set([...(folders.get(here) ?? []), ...there]));
  }
  return folders;
}

/** Every node that can be reached from itself. */
function circular(graph: Graph): string[] {
  const reaches = (start: string): boolean => {
    const seen = new Set<string>();
    const open = [...(graph.get(start) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next === start) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(graph.get(next) ?? []));
    }
    return false;
  };
  return [...graph.keys()].filter(reaches).toSorted();
}

const arrows = [...imports].flatMap(([file, targets]) => [...targets].map((target): [string, string] => [file, target]));

describe("the rooms of the editor", () => {
  test("every file stands in a room, and every import is there", () => {
    expect(files.filter((file) => !(roomOf(file) in ROOMS))).toEqual([]);
    expect(arrows.filter(([, target]) => !known.has(target))).toEqual([]);
    expect(arrows.length).toBeGreaterThan(files.length);
  });

  test("imports go down: none upwards, none between rooms that stand side by side", () => {
    expect(arrows.filter(([file, target]) => roomOf(file) !== roomOf(target) && !ROOMS[roomOf(file)]?.includes(roomOf(target)))).toEqual([]);
  });

  test("no file imports itself by way of others, but for the fields of the inspector", () => {
    expect(circular(imports)).toEqual(RECURSION);
  });

  test("no folder does either", () => {
    expect(circular(foldersOf(imports))).toEqual([]);
  });
});
