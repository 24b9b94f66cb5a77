import { expect, test } from "vitest";
import { formatBytes } from "./byteSize";

test("a size has the unit that keeps it short", () => {
  expect([812, 4100, 999_999, 10_000_000, 3.2e12].map(formatBytes)).toEqual(["812 B", "4.1 kB", "1000 kB", "10 MB", "3.2 TB"]);
});
