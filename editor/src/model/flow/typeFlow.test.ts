import { describe, expect, test } from "vitest";
import type { PortType } from "./server";
import { TypeFlow } from "./typeFlow";
import type { Wire } from "./wires";

const ports = (inputs: PortType[], outputs: PortType[]) => ({ ports: { inputs, outputs, unknown: false } });
const passing = ports([{ name: "in" }], [{ name: "out", same_as: "in" }]);
const nodes = new Map([
  ["ppm", ports([], [{ name: "out", unit: "ppm" }])],
  ["lel", ports([], [{ name: "out", unit: "%LEL" }])],
  ["filter", passing],
  ["delay", passing],
  ["takes", ports([{ name: "in", unit: "ppm" }], [])],
  ["change", ports([{ name: "in" }], [{ name: "out" }])],
]);
const wire = (from: string, to: string, more: Partial<Wire> = {}): Wire => ({ id: `${from}>${to}`, from, port: "out", to, input: "in", end: to, disabled: false, ...more });
const why = { why: "unit", gives: "%LEL", takes: "ppm" };

describe("what ports behind nodes that hand on give and take", () => {
  test("a unit made several nodes before is refused as if it came at once", () => {
    const seen = new TypeFlow(nodes, [wire("lel", "filter"), wire("filter", "delay")]);
    expect(seen.incompatibility("delay", "out", "takes", "in")).toEqual(why);
    expect(new TypeFlow(nodes, [wire("ppm", "filter"), wire("filter", "delay")]).incompatibility("delay", "out", "takes", "in")).toBeNull();
  });

  test("a wire into such a node is held against what its messages come to", () => {
    expect(new TypeFlow(nodes, [wire("filter", "takes")]).incompatibility("lel", "out", "filter", "in")).toEqual(why);
  });

  test("a node that makes new messages, a disabled wire and the error port hand nothing on", () => {
    expect(new TypeFlow(nodes, [wire("lel", "change")]).incompatibility("change", "out", "takes", "in")).toBeNull();
    expect(new TypeFlow(nodes, [wire("lel", "filter", { disabled: true })]).incompatibility("filter", "out", "takes", "in")).toBeNull();
    expect(new TypeFlow(nodes, [wire("lel", "filter", { port: "error" })]).incompatibility("filter", "out", "takes", "in")).toBeNull();
  });

  test("of several origins one that does not fit is enough, and a loop comes to an end", () => {
    const loop = [wire("ppm", "filter"), wire("filter", "delay"), wire("delay", "filter"), wire("lel", "delay")];
    expect(new TypeFlow(nodes, loop).incompatibility("filter", "out", "takes", "in")).toEqual(why);
  });

  test("two spellings of a unit are one", () => {
    const micro = new Map([["a", ports([], [{ name: "out", unit: "μg/㎥" }])], ["b", ports([{ name: "in", unit: "µg / m³" }], [])]]);
    expect(new TypeFlow(micro, []).incompatibility("a", "out", "b", "in")).toBeNull();
  });
});
