import { describe, expect, test } from "vitest";
import { applyOperations } from "./apply";
import { incompatibility } from "./connect";
import { flowOrder, ranksOf } from "./flowOrder";
import { curveBetween, distanceTo, frameAround, pointOn, positionsOf } from "./geometry";
import { canRedo, canUndo, current, fromStored, type History, MAX_STEPS, newHistory, stepped, toStored, withEdit, withFileText, withText } from "./history";
import { operationsBetween } from "./operationsBetween";
import { formatWires, parseTargets } from "./targets";
import type { FlowModel, NodeSpec } from "./types";

const node = (id: string, to: NodeSpec["to"] = {}, with_: NodeSpec["with_"] = {}): NodeSpec => ({ id, type: "t", with_, to, title: "", note: "", disabled: false });
const end = (name: string) => ({ node: name, port: "", disabled: false });
const flow = (...nodes: NodeSpec[]): FlowModel => ({
  flow: "f", title: "", help: "", disabled: false, on_error: null, subflows: {}, groups: {}, notes: {}, layout: {},
  nodes: Object.fromEntries(nodes.map((one) => [one.id, one])),
});
const chain = flow(node("a", { "": [end("b")] }), node("b", { "": [end("c")] }), node("c"));

describe("operations on the model", () => {
  test("nodes that an operation does not name stay the same objects", () => {
    const model = applyOperations(chain, [{ op: "change_node", id: "a", set: { k: 1 } }]);
    expect(model.nodes["b"]).toBe(chain.nodes["b"]);
    expect(model.nodes["a"]?.with_).toEqual({ k: 1 });
  });

  test("wires are spelled as short as can be and read back the same", () => {
    const to = { "": [end("b")], error: [{ node: "c", port: "in2", disabled: true }] };
    expect(formatWires({ "": [end("b")] })).toBe("b");
    expect(parseTargets(formatWires(to))).toEqual(to);
  });
});

describe("operations between two versions", () => {
  test("lead from one to the other", () => {
    const now = applyOperations(chain, [
      { op: "remove_node", id: "c" },
      { op: "add_node", id: "d", type: "u", with: { x: [1] }, at: [5, 5] },
      { op: "add_wire", node: "b", to: "d" },
      { op: "set_note", name: "n", text: "hi" },
      { op: "set_group", name: "g", members: ["a"] },
      { op: "set_flow", title: { zh: "标题" } },
    ]);
    expect(applyOperations(chain, operationsBetween(chain, now))).toEqual(now);
  });
});

describe("history", () => {
  const three: History = withEdit(withEdit(newHistory(chain, "T"), "one", [{ op: "remove_node", id: "c" }]), "two", [{ op: "remove_node", id: "b" }]);

  test("undo and redo walk the stack", () => {
    const back = stepped(three, -1);
    expect(Object.keys(current(back).model.nodes)).toEqual(["a", "b"]);
    expect(canRedo(back) && canUndo(back)).toBe(true);
    expect(current(stepped(back, 1))).toBe(current(three));
  });

  test("an edit after undo drops what was undone", () => {
    const other = withEdit(stepped(three, -1), "three", [{ op: "remove_node", id: "a" }]);
    expect(canRedo(other)).toBe(false);
    expect(Object.keys(current(other).model.nodes)).toEqual(["b"]);
  });

  test("edits wait for the server on the last file it wrote", () => {
    expect(current(three).from).toEqual({ text: "T", operations: [{ op: "remove_node", id: "c" }, { op: "remove_node", id: "b" }] });
    const written = withFileText(three, current(three), "T2");
    expect(current(withEdit(written, "x", [])).from).toEqual({ text: "T2", operations: [] });
  });

  test("two hundred steps are kept", () => {
    let history = newHistory(chain, "T");
    for (let step = 0; step < 250; step += 1) history = withEdit(history, "move", [{ op: "set_layout", positions: { a: [step, 0] } }]);
    expect(history.steps.length).toBe(MAX_STEPS + 1);
    expect(current(history).model.layout["a"]).toEqual([249, 0]);
  });

  test("one field typed on is one step", () => {
    const history = withEdit(withEdit(newHistory(chain, "T"), "k", [{ op: "change_node", id: "a", set: { k: 1 } }], "a.k"), "k", [{ op: "change_node", id: "a", set: { k: 12 } }], "a.k");
    expect(history.steps.length).toBe(2);
    expect(current(stepped(history, -1)).model).toBe(chain);
  });

  test("the stack comes back after a reload, typed text included", () => {
    const history = stepped(withText(three, "yaml", flow(node("z")), "T9"), -1);
    const back = fromStored(JSON.parse(JSON.stringify(toStored(history))));
    expect(current(back as History).model).toEqual(current(history).model);
    expect(current(stepped(back as History, 1)).text).toBe("T9");
  });
});

describe("ports and places", () => {
  test("a wire between units that differ is refused, with both named", () => {
    expect(incompatibility({ name: "out", unit: "ppm" }, { name: "in", unit: "%LEL" })).toEqual({ why: "unit", gives: "ppm", takes: "%LEL" });
  });

  test("nodes come in the order of the flow, also round a loop", () => {
    const loop = flow(node("c"), node("b", { "": [end("c"), end("a")] }), node("a", { "": [end("b")] }));
    expect(flowOrder(chain)).toEqual(["a", "b", "c"]);
    expect([...ranksOf(loop).keys()].toSorted()).toEqual(["a", "b", "c"]);
  });

  test("nodes that nobody placed stand apart, however many ports they have", () => {
    const places = positionsOf(flow(node("a"), node("b"), node("c")), () => 0, (id) => (id === "a" ? 128 : 42));
    expect([...places.values()]).toEqual([[60, 60], [60, 236], [60, 326]]);
  });

  test("a point on a wire is at no distance from it", () => {
    const curve = curveBetween([0, 0], [200, 80]);
    expect(distanceTo(curve, pointOn(curve, 0.5))).toBeCloseTo(0);
  });

  test("a frame without members is not drawn", () => {
    expect(frameAround([])).toBeNull();
  });
});
