import { describe, expect, test } from "vitest";
import type { NodeType } from "../../model/flow/server";
import { completionsAt } from "./completion";
import { addressAt, changeBetween, sourceRanges } from "./sourceRanges";

const TEXT = `# head
flow: f
nodes:
  a:
    type: switch
    with:
      text: |
        nodes:
          not-a-node: 1
  b: {type: debug}   # one line

  "c d":
    type: x
subflows:
  inner:
    nodes:
      a:
        type: y
layout:
  a: [1, 2]
`;

const type: NodeType = {
  type: "switch", category: "logic", icon: "x", title: { zh: "分支", en: "Switch" }, help: "", inputs: [{ name: "in" }], outputs: [{ name: "over" }, { name: "normal" }],
  schema: { type: "object", required: ["rules"], properties: { direction: { enum: ["above", "below"], "x-zh": { title: "方向", description: "哪一侧算越过。" }, "x-choices": { above: { zh: "高于", en: "Above" }, below: { zh: "低于", en: "Below" } } }, hold_s: { type: "number", "x-unit": "s" }, rules: { type: "array", items: { $ref: "#/$defs/R" } } }, $defs: { R: { type: "object", properties: { op: { enum: ["eq", "gt"] } } } } },
};
const types = new Map([[type.type, type]]);
const offers = (text: string): string[] => completionsAt(text, text.length, types, "zh", ["${broker:site}"])?.offers.map(({ label }) => label) ?? [];

describe("places of nodes in a file", () => {
  const places = sourceRanges(TEXT);

  test("each node has its lines, those inside texts and the layout are none", () => {
    expect([...places]).toEqual([["a", { from: 4, to: 9 }], ["b", { from: 10, to: 10 }], ["c d", { from: 12, to: 13 }], ["inner/a", { from: 17, to: 18 }]]);
  });

  test("a line leads to its node", () => {
    expect([addressAt(places, 7), addressAt(places, 18), addressAt(places, 20)]).toEqual(["a", "inner/a", ""]);
  });
});

describe("texts", () => {
  test("the change between two is as small as can be", () => {
    expect(changeBetween("abcdef", "abXdef")).toEqual({ from: 2, to: 3, insert: "X" });
    expect(changeBetween("aa", "aaa")).toEqual({ from: 2, to: 2, insert: "a" });
    expect(changeBetween("x", "x")).toBeNull();
  });
});

describe("completion", () => {
  test("keys of the file, of a node and of its config", () => {
    expect(offers("fl")).toContain("flow");
    expect(offers("nodes:\n  a:\n    ty")).toContain("type");
    expect(offers("nodes:\n  a:\n    type: switch\n    with:\n      d")).toEqual(["direction", "hold_s", "rules"]);
    expect(offers("nodes:\n  a:\n    type: switch\n    with: {d")).toEqual(["direction", "hold_s", "rules"]);
  });

  test("types, choices, ports, nodes and references", () => {
    expect(offers("nodes:\n  a:\n    type: s")).toEqual(["switch"]);
    expect(offers("nodes:\n  a:\n    type: switch\n    with:\n      direction: a")).toEqual(["above", "below"]);
    expect(offers("nodes:\n  a:\n    type: switch\n    with: {direction: a")).toEqual(["above", "below"]);
    expect(offers("nodes:\n  a:\n    type: switch\n    with:\n      rules:\n        - op: e")).toEqual(["eq", "gt"]);
    expect(offers("nodes:\n  b: {type: debug}\n  a:\n    type: switch\n    to:\n      o")).toEqual(["over", "normal", "error"]);
    expect(offers("nodes:\n  b: {type: debug}\n  a:\n    type: switch\n    to: ")).toEqual(["b", "a"]);
    expect(offers("nodes:\n  a:\n    type: switch\n    with: {broker: ${br")).toEqual(["${broker:site}"]);
  });
});
