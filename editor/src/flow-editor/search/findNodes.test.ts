import { describe, expect, test } from "vitest";
import type { FlowModel } from "../../model/flow/types";
import { hitsIn } from "./findNodes";

const model = {
  flow: "site", title: { zh: "现场" }, help: "", disabled: false, on_error: null, groups: {}, layout: {},
  notes: { why: { text: "The vendor sends every second.", at: [0, 0], size: null } },
  nodes: {
    uplink: { id: "uplink", type: "mqtt-in", with_: { topic: "metachip/gas/+/data" }, to: {}, title: { zh: "探测器上行", en: "Detectors" }, note: "", disabled: false },
    mute: { id: "mute", type: "debounce", with_: { rules: [{ hold_s: 600 }] }, to: {}, title: "", note: "", disabled: false },
  },
  subflows: { scale: { name: "scale", title: "", help: "", fields: {}, inputs: {}, outputs: {}, groups: {}, notes: {}, layout: {}, nodes: { k: { id: "k", type: "formula", with_: {}, to: {}, title: "", note: "", disabled: false } } } },
} as unknown as FlowModel;
const found = (typed: string) => hitsIn("site", model, typed, new Map()).map(({ address, field }) => `${address} ${field}`.trim());

describe("search", () => {
  test("ids, titles in both languages and pinyin initials", () => {
    for (const typed of ["uplink", "detect", "上行", "tcqsx"]) expect(found(typed)).toEqual(["uplink"]);
  });

  test("types", () => expect(found("debounce")).toEqual(["mute type"]));

  test("config, by its keys and its values at any depth", () => {
    expect(found("metachip")).toEqual(["uplink with.topic"]);
    expect(found("600")).toEqual(["mute with.rules.0.hold_s"]);
  });

  test("nodes inside of subflows, and notes", () => {
    expect(found("formula")).toEqual(["scale/k type"]);
    expect(found("vendor")).toEqual(["note:why note"]);
  });

  test("nothing typed finds nothing", () => expect(found(" ")).toEqual([]));
});
