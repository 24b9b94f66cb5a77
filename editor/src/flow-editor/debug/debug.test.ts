import { describe, expect, test } from "vitest";
import { changesBetween, oneLine, pathOf } from "../../platform/kit/values";
import { type DebugRow, DebugRows } from "./DebugRows";

const row = (number: number): DebugRow => ({ number, time: 0, flow: "f", node: "n", topic: "", key: "", id: "", value: number, size_bytes: 1, level: "info" });

describe("debug rows", () => {
  test("the last rows are kept in order", () => {
    const rows = new DebugRows(3);
    rows.add([1, 2, 3, 4].map(row));
    expect([0, 1, 2, 3].map((index) => rows.at(index)?.number)).toEqual([2, 3, 4, undefined]);
  });

  test("a paused list stands still and counts what it skips", () => {
    const rows = new DebugRows(10);
    rows.add([row(1)]);
    rows.paused = true;
    rows.add([row(2), row(3)], 5);
    expect([rows.count, rows.skipped]).toEqual([1, 7]);
    rows.resume();
    rows.add([row(4)]);
    expect([rows.count, rows.skipped, rows.at(1)?.number]).toEqual([2, 0, 4]);
  });

  test("what another filter finds fills a paused list too", () => {
    const rows = new DebugRows(10);
    rows.add([row(1), row(2)]);
    rows.paused = true;
    rows.fill([row(2)]);
    rows.add([row(3)]);
    expect([rows.count, rows.at(0)?.number, rows.skipped]).toEqual([1, 2, 1]);
  });
});

describe("values", () => {
  test("a path is written as a node's field takes it", () => {
    expect(pathOf(["payload", "rooms", 2, "a b", "气体"])).toBe('payload.rooms[2]["a b"].气体');
  });

  test("a large value costs no more than the line it fills", () => {
    const large = Array.from({ length: 100_000 }, (_, index) => ({ index }));
    expect(oneLine(large, 20)).toBe("[{index: 0}, {index:…");
    expect(oneLine("<b>x</b>")).toBe("<b>x</b>");
    expect(oneLine({ a: [1, "x"], b: null })).toBe('{a: [1, "x"], b: null}');
  });

  test("what a node did to a payload is marked by path", () => {
    expect([...changesBetween({ a: 1, b: { c: 1, d: 2 }, e: 0 }, { a: 1, b: { c: 2, d: 2 }, f: 1 }, ["payload"])]).toEqual([
      ["payload.b.c", "changed"], ["payload.e", "removed"], ["payload.f", "added"],
    ]);
    expect([...changesBetween(1, { a: 1 }, ["payload"])]).toEqual([["payload", "changed"]]);
    expect(changesBetween([1], [1]).size).toBe(0);
  });

});
