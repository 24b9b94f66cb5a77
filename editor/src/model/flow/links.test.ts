import { describe, expect, test } from "vitest";
import { linksOf } from "./links";
import type { Sheet } from "./types";

const node = (id: string, type: string, with_: Record<string, string | string[]> = {}) => ({ id, type, with_, to: {}, title: "", note: "", disabled: false });
const sheet: Sheet = {
  groups: {}, notes: {}, layout: {},
  nodes: { out: node("out", "link-out", { to: ["store", "other/alarms"] }), call: node("call", "link-call", { to: "site/store" }), store: node("store", "link-in"), named: node("named", "link-in", { name: "late" }), plain: node("plain", "change") },
};

describe("links", () => {
  test("a sender leads to the link-in of its name, here or in another flow", () => {
    expect(linksOf(sheet, "site", "out")).toEqual([{ from: "out", to: "store", name: "store" }, { from: "out", to: "", name: "other/alarms" }]);
  });

  test("a link-in knows who sends to it, by its short and its full name", () => {
    expect(linksOf(sheet, "site", "store").map(({ from }) => from)).toEqual(["out", "call"]);
    expect(linksOf(sheet, "site", "named")).toEqual([]);
  });

  test("other nodes have no links", () => expect(linksOf(sheet, "site", "plain")).toEqual([]));
});
