// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PersistentLoad } from "./persistentLoad";
import { ApiError } from "./problem";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A load whose answers are given in order; how often it was asked, what came and what failed. */
function loadOf(...answers: (number | Error)[]) {
  const seen = { asked: 0, came: [] as number[], failed: [] as unknown[] };
  const load = new PersistentLoad(async () => {
    const answer = answers[seen.asked++];
    if (typeof answer === "number") return answer;
    throw answer;
  }, (value) => seen.came.push(value), (error) => seen.failed.push(error));
  return { seen, load };
}

test("a server that can't be reached is asked again until it answers", async () => {
  const { seen, load } = loadOf(new ApiError(0, "unreachable", ""), new ApiError(503, "database", ""), 7);
  await load.run();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(seen.came).toEqual([7]);
  expect(seen.failed.length).toBe(2);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(seen.asked).toBe(3);
});

test("a refusal is final", async () => {
  const { seen, load } = loadOf(new ApiError(403, "role", ""), 7);
  await load.run();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(seen.asked).toBe(1);
});

test("nothing is asked any more once it is stopped", async () => {
  const { seen, load } = loadOf(new ApiError(0, "unreachable", ""), 7);
  await load.run();
  load.stop();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(seen.asked).toBe(1);
});
