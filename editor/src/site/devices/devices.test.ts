import { describe, expect, test } from "vitest";
import { type Device, withDefaults } from "../live/types";
import { changesOf, conflictsOf, draftOf, valueOf } from "./fields";
import { formulaText, LINEAR, readFormula } from "./formula";

const base: Device = withDefaults({ sn: "GS001", k: 0.2, b: -80, a1: 20 });

describe("the draft of a device", () => {
  test("nothing typed is no change", () => {
    expect(changesOf(draftOf(base), base)).toEqual({});
    expect(changesOf({ ...draftOf(base), k: "0.20 " }, base)).toEqual({});
  });

  test("what is no number is sent as it is, for the server to refuse at its field", () => {
    for (const text of ["abc", "1,5", "0x10", "NaN", "Infinity", "--1", "1e999"]) expect(valueOf("k", text)).toBe(text);
    expect(valueOf("k", "")).toBeNull();
    expect(valueOf("k", "-1.5e-3")).toBe(-0.0015);
    expect(valueOf("t_coef", "")).toBe(0);
  });

  test("only fields that both have changed differently clash", () => {
    const theirs = { ...base, k: 0.3, b: -70, a1: 25 };
    expect(conflictsOf(base, theirs, { a1: 30, b: -70, name: "x" })).toEqual([{ field: "a1", base: 20, theirs: 25, mine: 30 }]);
  });
});

describe("the formula of a device", () => {
  test("each kind is read back from what it stores", () => {
    const polynomial = { ...LINEAR, kind: "polynomial" as const, factors: ["-3.5", "0.2", "1e-7"] };
    const table = { ...LINEAR, kind: "table" as const, points: [["0", "0"], ["100", "-5.5"]] as [string, string][] };
    for (const formula of [polynomial, table]) {
      const stored = formulaText(formula);
      expect(readFormula(stored)).toEqual({ ...formula, text: stored });
    }
    expect(formulaText(readFormula(null))).toBeNull();
    expect(readFormula("k * v_raw ** 2").kind).toBe("expression");
    expect(readFormula("0.2 * v_raw + 3 + t_coef * (temp - 25)").kind).toBe("expression");
  });

  test("what is no number makes no formula of another meaning", () => {
    expect(formulaText({ ...LINEAR, kind: "table", points: [["a", "1"], ["", "2"]] })).toContain("interpolate(v_raw, a, 1, ?, 2)");
  });
});
