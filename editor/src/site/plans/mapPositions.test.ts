import { describe, expect, test } from "vitest";
import { move, NO_MOVES, positionAt, positionIn, redo, undo } from "./mapPositions";

describe("placing devices", () => {
  test("a place is in per cent of the picture at any size, and never outside", () => {
    expect(positionIn({ left: 100, top: 50, width: 800, height: 400 }, 300, 150)).toEqual({ left: 25, top: 25 });
    expect(positionIn({ left: 0, top: 0, width: 400, height: 200 }, 100, 50)).toEqual({ left: 25, top: 25 });
    expect(positionIn({ left: 100, top: 50, width: 800, height: 400 }, 20, 9999)).toEqual({ left: 0, top: 100 });
    expect(positionAt(33.3333, 66.6666)).toEqual({ left: 33.33, top: 66.67 });
  });

  test("each move is one step back and forth", () => {
    const one = move(NO_MOVES, "a", { left: 1, top: 1 });
    const two = move(one, "b", null);
    expect(undo(two).moves).toEqual({ a: { left: 1, top: 1 } });
    expect(undo(undo(two)).moves).toEqual({});
    expect(undo(undo(undo(two)))).toEqual(undo(undo(two)));
    expect(redo(undo(two)).moves).toEqual(two.moves);
    expect(redo(two)).toEqual(two);
    expect(move(undo(two), "c", null).future).toEqual([]);
  });
});
