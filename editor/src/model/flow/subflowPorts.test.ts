import { describe, expect, test } from "vitest";
import { applyOperations } from "./apply";
import { definitionsFirst, operationsBetween } from "./operationsBetween";
import { addPort, connectPort, disconnectPort, reconnectPort, removePort, renamePort } from "./subflowPorts";
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
    const inputs = renamePort(model, "s", "inputs", "in", "reading");
    expect(inputs.subflows["s"]?.inputs).toEqual({ reading: [end("x")] });
    expect(inputs.nodes["a"]?.to).toEqual({ "": [end("use", "reading"), end("b")] });
    expect(renamePort(model, "s", "outputs", "out", "done").nodes["use"]?.to).toEqual({ done: [end("b")] });
  });

  test("a removed port takes the wires of its users away, also those that don't name it", () => {
    const unnamed = { ...model, nodes: { ...model.nodes, a: node("a", "t", { "": [end("use"), end("b")] }) } };
    for (const each of [model, unnamed]) expect(removePort(each, "s", "inputs", "in").nodes["a"]?.to).toEqual({ "": [end("b")] });
    expect(removePort(model, "s", "outputs", "out").nodes["use"]?.to).toEqual({});
  });

  test("ends are joined and parted", () => {
    const added = connectPort(addPort(model, "s", "outputs", "late"), "s", "outputs", "late", end("x", "error"));
    expect(added.subflows["s"]?.outputs["late"]).toEqual([end("x", "error")]);
    expect(disconnectPort(added, "s", "outputs", "late", (one) => one.node === "x").subflows["s"]?.outputs["late"]).toEqual([]);
  });

  test("an end is put in the place of another, with a node that the same edit adds", () => {
    const two = connectPort(model, "s", "inputs", "in", end("y"));
    const after = reconnectPort(two, "s", "inputs", "in", (one) => one.node === "x", end("new"));
    expect(after.subflows["s"]?.inputs["in"]).toEqual([end("new"), end("y")]);

    const edit = definitionsFirst([{ op: "add_node", id: "s/new", type: "t" }, ...operationsBetween(two, after), { op: "add_wire", node: "s/new", to: "x" }]);
    const done = applyOperations(two, edit).subflows["s"];
    expect(done?.inputs["in"]).toEqual([end("new"), end("y")]);
    expect(done?.nodes["new"]?.to).toEqual({ "": [end("x")] });
  });
});
