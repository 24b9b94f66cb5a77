import { describe, expect, test } from "vitest";
import { applied } from "./apply";
import { refusal } from "./connect";
import { difference, isEmpty } from "./diff";
import { begun, canRedo, canUndo, current, edited, MOST_STEPS, moved, restored, stored, typed, written, type History } from "./history";
import { flowOrder, ranksOf } from "./flowOrder";
import { curveBetween, distanceTo, frameRound, pointOn } from "./geometry";
import { targetsOf, spelledWires } from "./targets";
import { operationsBetween } from "./operationsBetween";
import type { FlowModel, NodeSpec } from "./types";

const node = (id: string, to: NodeSpec["to"] = {}, with_: NodeSpec["with_"] = {}): NodeSpec => ({ id, type: "t", with_, to, title: "", note: "", disabled: false });
const end = (name: string) => ({ node: name, port: "", disabled: false });
const flow = (...nodes: NodeSpec[]): FlowModel => ({
  flow: "f", title: "", help: "", disabled: false, on_error: null, subflows: {}, groups: {}, notes: {}, layout: {},
  nodes: Object.fromEntries(nodes.map((one) => [one.id, one])),
});
const chain = flow(node("a", { "": [end("b")] }), node("b", { "": [end("c")] }), node("c"));

describe("operations on the model", () => {
  test("a removed node takes the wires at both its ends with it", () => {
    const model = applied(chain, [{ op: "remove_node", id: "b" }]);
    expect(Object.keys(model.nodes)).toEqual(["a", "c"]);
    expect(model.nodes["a"]?.to).toEqual({});
  });

  test("a renamed node keeps its place among the others, and wires follow", () => {
    const model = applied(chain, [{ op: "rename_node", id: "b", to: "x" }]);
    expect(Object.keys(model.nodes)).toEqual(["a", "x", "c"]);
    expect(model.nodes["a"]?.to[""]).toEqual([end("x")]);
    expect(model.nodes["x"]?.id).toBe("x");
  });

  test("a wire from the first output keeps the spelling that its node has", () => {
    const named = flow(node("a", { out: [end("b")] }), node("b"), node("c"));
    const model = applied(named, [{ op: "add_wire", node: "a", to: "c", port: "", first: "out" }]);
    expect(model.nodes["a"]?.to).toEqual({ out: [end("b"), end("c")] });
  });

  test("nodes that an operation does not name stay the same objects", () => {
    const model = applied(chain, [{ op: "change_node", id: "a", set: { k: 1 } }]);
    expect(model.nodes["b"]).toBe(chain.nodes["b"]);
    expect(model.nodes["a"]?.with_).toEqual({ k: 1 });
  });

  test("wires are spelled as short as can be and read back the same", () => {
    const to = { "": [end("b")], error: [{ node: "c", port: "in2", disabled: true }] };
    expect(spelledWires({ "": [end("b")] })).toBe("b");
    expect(targetsOf(spelledWires(to))).toEqual(to);
  });
});

describe("difference", () => {
  test("moving a box is none", () => {
    expect(isEmpty(difference(chain, applied(chain, [{ op: "set_layout", positions: { a: [1, 2] } }])))).toBe(true);
  });

  test("a changed field is told with old and new", () => {
    const now = applied(chain, [{ op: "change_node", id: "a", set: { band: 2 } }]);
    expect(difference(chain, now).changed).toEqual({ a: [{ field: "with.band", new: 2 }] });
  });

  test("the operations between two versions lead from one to the other", () => {
    const now = applied(chain, [
      { op: "remove_node", id: "c" },
      { op: "add_node", id: "d", type: "u", with: { x: [1] }, at: [5, 5] },
      { op: "add_wire", node: "b", to: "d" },
      { op: "set_note", name: "n", text: "hi" },
      { op: "set_group", name: "g", members: ["a"] },
      { op: "set_flow", title: { zh: "标题" } },
    ]);
    expect(applied(chain, operationsBetween(chain, now))).toEqual(now);
  });
});

describe("history", () => {
  const three: History = edited(edited(begun(chain, "T"), "one", [{ op: "remove_node", id: "c" }]), "two", [{ op: "remove_node", id: "b" }]);

  test("undo and redo walk the stack", () => {
    const back = moved(three, -1);
    expect(Object.keys(current(back).model.nodes)).toEqual(["a", "b"]);
    expect(canRedo(back) && canUndo(back)).toBe(true);
    expect(current(moved(back, 1))).toBe(current(three));
  });

  test("an edit after undo drops what was undone", () => {
    const other = edited(moved(three, -1), "three", [{ op: "remove_node", id: "a" }]);
    expect(canRedo(other)).toBe(false);
    expect(Object.keys(current(other).model.nodes)).toEqual(["b"]);
  });

  test("edits wait for the server on the last file it wrote", () => {
    expect(current(three).from).toEqual({ text: "T", operations: [{ op: "remove_node", id: "c" }, { op: "remove_node", id: "b" }] });
    const told = written(three, current(three), "T2");
    expect(current(edited(told, "x", [])).from).toEqual({ text: "T2", operations: [] });
  });

  test("two hundred steps are kept", () => {
    let history = begun(chain, "T");
    for (let step = 0; step < 250; step += 1) history = edited(history, "move", [{ op: "set_layout", positions: { a: [step, 0] } }]);
    expect(history.steps.length).toBe(MOST_STEPS + 1);
    expect(current(history).model.layout["a"]).toEqual([249, 0]);
  });

  test("one field typed on is one step", () => {
    const history = edited(edited(begun(chain, "T"), "k", [{ op: "change_node", id: "a", set: { k: 1 } }], "a.k"), "k", [{ op: "change_node", id: "a", set: { k: 12 } }], "a.k");
    expect(history.steps.length).toBe(2);
    expect(current(moved(history, -1)).model).toBe(chain);
  });

  test("the stack comes back after a reload, typed text included", () => {
    const history = moved(typed(three, "yaml", flow(node("z")), "T9"), -1);
    const back = restored(JSON.parse(JSON.stringify(stored(history))));
    expect(current(back as History).model).toEqual(current(history).model);
    expect(current(moved(back as History, 1)).text).toBe("T9");
  });
});

describe("ports and places", () => {
  test("a wire between units that differ is refused, with both named", () => {
    expect(refusal({ name: "out", unit: "ppm" }, { name: "in", unit: "%LEL" })).toEqual({ why: "unit", gives: "ppm", takes: "%LEL" });
  });

  test("any payload takes and gives everything", () => {
    expect(refusal({ name: "out", payload: "any" }, { name: "in", payload: "Reading" })).toBeNull();
    expect(refusal({ name: "out", payload: "Reading" }, { name: "in", payload: "Alarm" })).toEqual({ why: "payload", gives: "Reading", takes: "Alarm" });
  });

  test("nodes come in the order of the flow, also round a loop", () => {
    const loop = flow(node("c"), node("b", { "": [end("c"), end("a")] }), node("a", { "": [end("b")] }));
    expect(flowOrder(chain)).toEqual(["a", "b", "c"]);
    expect([...ranksOf(loop).keys()].toSorted()).toEqual(["a", "b", "c"]);
  });

  test("a point on a wire is at no distance from it", () => {
    const curve = curveBetween([0, 0], [200, 80]);
    expect(distanceTo(curve, pointOn(curve, 0.5))).toBeCloseTo(0);
  });

  test("a frame without members is not drawn", () => {
    expect(frameRound([])).toBeNull();
  });
});
