import { describe, expect, test } from "vitest";
import { joined, parted, removedPort, renamedPort, withPort } from "./subflowPorts";
import type { FlowModel, NodeSpec } from "./types";

const end = (name: string, port = "") => ({ node: name, port, disabled: false });
const node = (id: string, type: string, to: NodeSpec["to"] = {}): NodeSpec => ({ id, type, with_: {}, to, title: "", note: "", disabled: false });
const model: FlowModel = {
  flow: "f", title: "", help: "", disabled: false, on_error: null, groups: {}, notes: {}, layout: {},
  nodes: { a: node("a", "t", { "": [end("use", "in"), end("b")] }), use: node("use", "subflow/s", { out: [end("b")] }), b: node("b", "t") },
  subflows: { s: { name: "s", title: "", help: "", fields: {}, inputs: { in: [end("x")] }, outputs: { out: [end("x")] }, nodes: { x: node("x", "t") }, groups: {}, notes: {}, layout: {} } },
};

describe("ports of a subflow", () => {
  test("a renamed port takes the wires of its users along", () => {
    const inputs = renamedPort(model, "s", "inputs", "in", "reading");
    expect(inputs.subflows["s"]?.inputs).toEqual({ reading: [end("x")] });
    expect(inputs.nodes["a"]?.to).toEqual({ "": [end("use", "reading"), end("b")] });
    expect(renamedPort(model, "s", "outputs", "out", "done").nodes["use"]?.to).toEqual({ done: [end("b")] });
  });

  test("a removed port takes the wires of its users away, also those that don't name it", () => {
    const unnamed = { ...model, nodes: { ...model.nodes, a: node("a", "t", { "": [end("use"), end("b")] }) } };
    for (const each of [model, unnamed]) expect(removedPort(each, "s", "inputs", "in").nodes["a"]?.to).toEqual({ "": [end("b")] });
    expect(removedPort(model, "s", "outputs", "out").nodes["use"]?.to).toEqual({});
  });

  test("ends are joined and parted", () => {
    const added = joined(withPort(model, "s", "outputs", "late"), "s", "outputs", "late", end("x", "error"));
    expect(added.subflows["s"]?.outputs["late"]).toEqual([end("x", "error")]);
    expect(parted(added, "s", "outputs", "late", (one) => one.node === "x").subflows["s"]?.outputs["late"]).toEqual([]);
  });
});
