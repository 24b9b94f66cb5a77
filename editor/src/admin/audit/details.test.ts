import { expect, test } from "vitest";
import { detailsText } from "./details";

test("what is empty is left out", () => {
  expect(detailsText({ role: "viewer", language: null, password: false, note: "" })).toBe("role: viewer");
});

test("a long text is cut and says so", () => {
  const text = detailsText({ note: "x".repeat(500) });
  expect(text).toHaveLength(160);
  expect(text.endsWith("…")).toBe(true);
});
