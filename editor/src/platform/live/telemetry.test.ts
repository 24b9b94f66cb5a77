import { describe, expect, test } from "vitest";
import { formatRate, truncate, wireLabelText } from "./telemetry";

const figures = (perSecond: number, last: string, count = 1) => ({ perSecond, last, count });

describe("figures on a wire", () => {
  test("rates take few characters at any size", () => {
    expect([0, 0.2, 4, 2300, 50_000].map(formatRate)).toEqual(["", "0.2/s", "4/s", "2.3k/s", "50k/s"]);
  });

  test("a text of exactly the length is not cut", () => {
    expect(truncate("x".repeat(24))).toBe("x".repeat(24));
    expect(truncate("x".repeat(25))).toBe(`${"x".repeat(23)}…`);
  });

  test("a short wire shows its rate alone", () => {
    expect(wireLabelText(figures(4, "{\"sn\": 1}"), 34)).toBe("4/s");
  });

  test("a long wire shows at most 24 characters of the last value", () => {
    expect(wireLabelText(figures(4, "x".repeat(50)), 900)).toBe(`4/s · ${"x".repeat(23)}…`);
  });

  test("nothing is said of a wire that nothing has passed", () => {
    expect(wireLabelText(figures(0, "", 0), 900)).toBe("");
  });
});
