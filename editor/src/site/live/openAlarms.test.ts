// @vitest-environment happy-dom
import { afterEach, describe, expect, test } from "vitest";
import { alarmsIn, withEvents } from "./alarms";
import { openAlarms, useOpenAlarms } from "./openAlarms";
import type { AlarmBoard, AlarmState, OpenAlarm } from "./types";

const alarm = (sn: string, state: AlarmState = "unacknowledged", type = "A1"): OpenAlarm => ({
  sn, type, state, priority: "high", active: true, raised_at: 1, returned_at: null, value: 25, peak: 25, threshold: 20, unit: "ppm", side: "high", gas: "", name: "", location: "", by: "", reason: "", until: null,
});
const shown = (): [string, string][] => alarmsIn(useOpenAlarms.getState().bySn).map(({ sn, state }) => [sn, state]);

/** The server's answers to /api/alarms, given when the test says so. */
function answers(): ((alarms: OpenAlarm[]) => void)[] {
  const given: ((alarms: OpenAlarm[]) => void)[] = [];
  globalThis.fetch = () => new Promise((resolve) => {
    given.push((alarms) => resolve(Response.json({ now: 1, alarms } satisfies AlarmBoard)));
  });
  return given;
}

const fetchBefore = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = fetchBefore;
  useOpenAlarms.setState({ bySn: null });
});

describe("what events make of the alarms", () => {
  test("one that is normal again is gone, and the ones before stay as they were", () => {
    const before = withEvents(new Map(), [alarm("a"), alarm("b"), alarm("d")]);
    const after = withEvents(before, [alarm("a", "normal"), alarm("b", "acknowledged"), alarm("c")]);
    expect(alarmsIn(after).map(({ sn, state }) => [sn, state])).toEqual([["b", "acknowledged"], ["d", "unacknowledged"], ["c", "unacknowledged"]]);
    expect(alarmsIn(before).length).toBe(3);
    expect(after.get("d")).toBe(before.get("d"));
  });

  test("the types of one device are alarms of their own", () => {
    expect(alarmsIn(withEvents(new Map(), [alarm("a", "unacknowledged", "A1"), alarm("a", "unacknowledged", "A2")])).length).toBe(2);
  });
});

describe("following", () => {
  test("a reading that came late leaves the alarm that is on as it is", () => {
    useOpenAlarms.setState({ bySn: withEvents(new Map(), [alarm("a")]) });
    openAlarms.hear([{ ...alarm("a", "normal"), kind: "late" }]);
    expect(shown()).toEqual([["a", "unacknowledged"]]);
    openAlarms.hear([{ ...alarm("a", "normal"), kind: "acknowledged" }]);
    expect(shown()).toEqual([]);
  });
});

describe("loading", () => {
  test("an alarm that is raised while the question is on its way is not lost in an older answer", async () => {
    const answer = answers();
    const loaded = openAlarms.load();
    openAlarms.take([alarm("new")]);
    answer[0]?.([alarm("old")]);
    await loaded;
    expect(shown()).toEqual([["old", "unacknowledged"], ["new", "unacknowledged"]]);
  });

  test("of two questions the later one counts", async () => {
    const answer = answers();
    const [first, second] = [openAlarms.load(), openAlarms.load()];
    answer[1]?.([alarm("now")]);
    answer[0]?.([alarm("before")]);
    await Promise.all([first, second]);
    expect(shown()).toEqual([["now", "unacknowledged"]]);
  });
});
