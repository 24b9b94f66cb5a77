import { describe, expect, test } from "vitest";
import { addressOfRunning, runningIds } from "./runtimeIds";
import type { FlowModel, NodeSpec, Subflow } from "./types";

const node = (id: string, type: string): NodeSpec => ({ id, type, with_: {}, to: {}, title: "", note: "", disabled: false });
const nodes = (...list: NodeSpec[]) => Object.fromEntries(list.map((one) => [one.id, one]));
const subflow = (name: string, ...list: NodeSpec[]): Subflow => ({ name, nodes: nodes(...list), inputs: {}, outputs: {}, fields: {}, title: "", help: "", groups: {}, notes: {}, layout: {} });
const model: FlowModel = {
  flow: "f", title: "", help: "", disabled: false, on_error: null, groups: {}, notes: {}, layout: {},
  nodes: nodes(node("a", "x"), node("one", "subflow/outer"), node("two", "subflow/inner")),
  subflows: { outer: subflow("outer", node("deep", "subflow/inner")), inner: subflow("inner", node("scale", "y")) },
};

describe("ids of running nodes", () => {
  test("lead to the node in the file, through subflows in subflows", () => {
    expect(["a", "two/scale", "one/deep/scale", "gone", "a/scale"].map((id) => addressOfRunning(model, id))).toEqual(["a", "inner/scale", "inner/scale", "", ""]);
  });

  test("a node of a subflow runs once for each use of it", () => {
    expect(runningIds(model, "inner/scale")).toEqual(["one/deep/scale", "two/scale"]);
    expect(runningIds(model, "a")).toEqual(["a"]);
  });
});
