import { describe, expect, test } from "vitest";
import { countersOf, prefixesOf } from "./counters";
import type { FlowModel, Subflow } from "./types";

const node = (id: string, type: string) => ({ id, type, with_: {}, to: {}, title: "", note: "", disabled: false });
const subflow = (name: string, nodes: Subflow["nodes"], outputs: Subflow["outputs"] = {}): Subflow => ({ name, title: "", help: "", fields: {}, inputs: {}, outputs, nodes, groups: {}, notes: {}, layout: {} });
const model: FlowModel = {
  flow: "f", title: "", help: "", disabled: false, on_error: null, groups: {}, notes: {}, layout: {},
  nodes: { a: node("a", "subflow/outer"), b: node("b", "subflow/inner"), c: node("c", "change") },
  subflows: {
    outer: subflow("outer", { x: node("x", "subflow/inner") }, { done: [{ node: "x", port: "", disabled: false }] }),
    inner: subflow("inner", { y: node("y", "switch") }, { out: [{ node: "y", port: "", disabled: false }, { node: "y", port: "else", disabled: false }] }),
  },
};

describe("counters", () => {
  test("a subflow runs once for each node that uses it, at any depth", () => {
    expect(prefixesOf(model, "")).toEqual([""]);
    expect(prefixesOf(model, "inner").toSorted()).toEqual(["a/x/", "b/"]);
  });

  test("what leaves a subflow is counted where it leaves its inner nodes", () => {
    const first = () => "first";
    expect(countersOf(model, model, "", "c", "out", first)).toEqual(["c.out"]);
    expect(countersOf(model, model, "", "b", "out", first)).toEqual(["b/y.first", "b/y.else"]);
  });
});
