import { describe, expect, test } from "vitest";
import { applyOperations } from "./apply";
import { excerptOf, pasteOperations, readExcerpt } from "./excerpt";
import { extractSubflow } from "./extract";
import type { FlowModel, NodeSpec, Position } from "./types";

const end = (name: string, port = "") => ({ node: name, port, disabled: false });
const node = (id: string, to: NodeSpec["to"] = {}, type = "t"): NodeSpec => ({ id, type, with_: {}, to, title: "", note: "", disabled: false });
const flow = (...nodes: NodeSpec[]): FlowModel => ({
  flow: "f", title: "", help: "", disabled: false, on_error: null, subflows: {}, groups: {}, notes: {},
  layout: Object.fromEntries(nodes.map((one, index): [string, Position] => [one.id, [index * 200, 0]])),
  nodes: Object.fromEntries(nodes.map((one) => [one.id, one])),
});
const chain = flow(node("a", { "": [end("b")] }), node("b", { "": [end("c")], error: [end("d")] }), node("c", { "": [end("d")] }), node("d"));
const place = (model: FlowModel) => (id: string): Position => model.layout[id] ?? [0, 0];
const copied = (ids: string[], model = chain) => readExcerpt(JSON.parse(JSON.stringify(excerptOf(model, "", ids, place(model)))));

describe("copying and pasting", () => {
  test("wires inside of what is copied are copied, wires out of it are not", () => {
    const excerpt = copied(["a", "b"]);
    expect(excerpt?.nodes["a"]?.to).toEqual({ "": [end("b")] });
    expect(excerpt?.nodes["b"]?.to).toEqual({});
  });

  test("pasted beside the original everything has a fresh name, and wires follow", () => {
    const { operations, ids } = pasteOperations(copied(["a", "b"])!, chain, "", [10, 500], () => [0, 0]);
    const model = applyOperations(chain, operations);
    expect(ids).toEqual(["a-2", "b-2"]);
    expect(model.nodes["a-2"]?.to).toEqual({ "": [end("b-2")] });
    expect(model.layout["b-2"]).toEqual([210, 500]);
    expect(model.nodes["a"]).toBe(chain.nodes["a"]);
  });

  test("a subflow comes along, and is not doubled where it is already", () => {
    const { subflow, node: instance, operations } = extractSubflow(chain, "", new Set(["b"]), "S", place(chain), () => "out");
    const made = applyOperations(chain, operations);
    const excerpt = copied([instance], made)!;
    const elsewhere = pasteOperations(excerpt, flow(node("x")), "", [0, 0], () => [0, 0]);
    expect(elsewhere.operations[0]).toMatchObject({ op: "set_subflow", name: subflow });
    const here = pasteOperations(excerpt, made, "", [0, 0], () => [0, 0]);
    expect(here.operations.map(({ op }) => op)).toEqual(["add_node"]);
  });

  test("text that is no flow is not pasted", () => {
    for (const value of [null, "hello", 3, [], {}, { nodes: { a: "x" } }, { nodes: { a: { title: "no type" } } }]) expect(readExcerpt(value)).toBeNull();
  });
});

describe("a subflow made of nodes", () => {
  const { operations, node: instance, subflow } = extractSubflow(chain, "", new Set(["b", "c"]), "S", place(chain), () => "out");
  const model = applyOperations(chain, operations);

  test("takes the place of its nodes", () => {
    expect(Object.keys(model.nodes).toSorted()).toEqual(["a", "d", instance].toSorted());
    expect(model.nodes[instance]?.type).toBe(`subflow/${subflow}`);
    expect(Object.keys(model.subflows[subflow]?.nodes ?? {})).toEqual(["b", "c"]);
  });

  test("has a port for each wire across its border", () => {
    expect(model.nodes["a"]?.to).toEqual({ "": [end(instance, "in")] });
    expect(model.subflows[subflow]?.inputs).toEqual({ in: [end("b")] });
    expect(model.subflows[subflow]?.outputs).toEqual({ out: [end("b", "error")], "out-2": [end("c")] });
    expect(model.nodes[instance]?.to).toEqual({ out: [end("d")], "out-2": [end("d")] });
  });

  test("keeps the wires inside", () => {
    expect(model.subflows[subflow]?.nodes["b"]?.to).toEqual({ "": [end("c")] });
  });

  test("takes the errors that went to one of its nodes", () => {
    const failing = { ...chain, on_error: end("c") };
    const made = extractSubflow(failing, "", new Set(["b", "c"]), "S", place(chain), () => "out");
    const after = applyOperations(failing, made.operations);
    expect(after.on_error).toEqual(end(made.node, "in-2"));
    expect(after.subflows[made.subflow]?.inputs).toEqual({ in: [end("b")], "in-2": [end("c")] });
  });
});
