import { describe, expect, test } from "vitest";
import { align, distribute } from "./arrange";

const box = (id: string, x: number, y: number, width = 100, height = 40) => ({ id, x, y, width, height });

describe("arranging", () => {
  test("left and bottom go to the outermost box", () => {
    const boxes = [box("a", 0, 0), box("b", 30, 100, 100, 80)];
    expect(align(boxes, "left")).toEqual({ a: [0, 0], b: [0, 100] });
    expect(align(boxes, "bottom")).toEqual({ a: [0, 140], b: [30, 100] });
  });

  test("boxes of unequal height stand on one middle", () => {
    expect(align([box("a", 0, 0), box("b", 0, 0, 100, 80)], "middle")).toEqual({ a: [0, 20], b: [0, 0] });
  });

  test("distributing makes gaps equal and leaves the ends", () => {
    expect(distribute([box("a", 0, 0), box("c", 400, 0), box("b", 120, 0)], "x")).toEqual({ a: [0, 0], b: [200, 0], c: [400, 0] });
  });

  test("two boxes can't be distributed", () => {
    expect(distribute([box("a", 0, 5), box("b", 120, 0)], "x")).toEqual({ a: [0, 5], b: [120, 0] });
  });
});
