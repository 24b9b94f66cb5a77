import { expect, test } from "vitest";
import { Backoff } from "./backoff";

test("each wait is twice the one before, up to the longest, and the first again after a success", () => {
  const backoff = new Backoff(500, 3000, () => 1);
  expect([1, 2, 3, 4, 5].map(() => backoff.next_ms())).toEqual([500, 1000, 2000, 3000, 3000]);
  backoff.reset();
  expect(backoff.next_ms()).toBe(500);
});

test("jitter shortens a wait by two fifths at most", () => {
  expect(new Backoff(500, 3000, () => 0).next_ms()).toBe(300);
});
