import { describe, expect, test } from "vitest";
import type { NodeType } from "../../model/flow/server";
import { initials } from "../../platform/kit/pinyin";
import { acceptsWire, matchingTypes } from "./filter";

const port = (name: string, payload?: string) => ({ name, kinds: payload ? [{ name: payload, above: [payload], of: [] }] : [] });
const type = (name: string, zh: string, payload?: string): NodeType => ({
  type: name, category: "x", icon: "box", title: { zh, en: name }, help: { zh: "", en: "" }, schema: {},
  inputs: [port("in", payload)], outputs: [port("out", payload)],
});
const types = [type("mqtt-in", "MQTT 订阅"), type("switch", "分支"), type("change", "修改"), type("switch-board", "总闸")];

describe("palette", () => {
  test("pinyin initials are those of each sign", () => {
    expect(initials("分支")).toBe("fz");
    expect(initials("MQTT 订阅")).toBe("mqttdy");
    expect(initials("气体监测")).toBe("qtjc");
  });

  test("Chinese, initials and English find the same node", () => {
    for (const typed of ["分支", "fz", "switch"]) expect(matchingTypes(types, typed)[0]?.type).toBe("switch");
  });

  test("a whole name comes before one that only begins so", () => {
    expect(matchingTypes(types, "switch").map(({ type: name }) => name)).toEqual(["switch", "switch-board"]);
  });

  test("nothing typed lists everything", () => {
    expect(matchingTypes(types, "").length).toBe(4);
  });

  test("only types whose ports take the payload are offered", () => {
    expect(acceptsWire(type("a", "a", "Reading"), port("out", "Alarm"), "out")).toBe(false);
    expect(acceptsWire(type("a", "a", "Reading"), port("out", "Reading"), "out")).toBe(true);
  });
});
