import { describe, expect, test } from "vitest";
import type { Problem } from "../../platform/api/types";
import { bySeverity } from "./severity";

const problem = (line: number, severity: Problem["severity"]): Problem => ({ line, severity, column: 0, node: "", field: "", message: "", hint: "", path: "", code: "", params: {} });

describe("problems", () => {
  test("errors stand before warnings, each in the order of the file", () => {
    expect(bySeverity([problem(9, "warning"), problem(7, "error"), problem(2, "error")]).map(({ line }) => line)).toEqual([2, 7, 9]);
  });
});
