import { describe, expect, test } from "vitest";
import { canReset, canShelve, inOrder, keyOf, merged, waitsForAcknowledgement } from "./order";
import type { ActiveAlarm, AlarmState, Priority } from "./types";

const alarm = (sn: string, state: AlarmState, priority: Priority = "high", raised_at = 0, type = "A1"): ActiveAlarm => ({
  sn, type, priority, state, active: true, raised_at, returned_at: null, value: 25, peak: 25, threshold: 20, unit: "ppm", name: "", location: "", by: "", reason: "", until: null,
});

describe("the list of alarms", () => {
  test("begins with what nobody has acknowledged, the most urgent and the latest first", () => {
    const given = [
      alarm("shelved", "shelved", "critical"), alarm("returned", "returned", "critical"), alarm("acked", "acknowledged", "critical"),
      alarm("low", "unacknowledged", "low", 9), alarm("old", "unacknowledged", "critical", 1), alarm("new", "unacknowledged", "critical", 5),
    ];
    expect(inOrder(given).map(({ sn }) => sn)).toEqual(["new", "old", "low", "acked", "returned", "shelved"]);
  });

  test("takes events in and lets go of what is normal again", () => {
    const before = new Map([alarm("a", "unacknowledged"), alarm("b", "unacknowledged")].map((one) => [keyOf(one), one]));
    const after = merged(before, [alarm("a", "normal"), alarm("b", "acknowledged"), alarm("c", "unacknowledged")]);
    expect([...after.values()].map(({ sn, state }) => [sn, state])).toEqual([["b", "acknowledged"], ["c", "unacknowledged"]]);
    expect(before.size).toBe(2);
  });

  test("keeps the types of one device apart", () => {
    const after = merged(new Map(), [alarm("a", "unacknowledged", "high", 0, "A1"), alarm("a", "unacknowledged", "critical", 0, "A2")]);
    expect(after.size).toBe(2);
  });

  test("offers only what the state allows", () => {
    const states: AlarmState[] = ["unacknowledged", "acknowledged", "returned", "latched", "latched-acknowledged", "shelved", "suppressed", "out-of-service"];
    const those = (may: (of: { state: AlarmState }) => boolean) => states.filter((state) => may({ state }));
    expect(those(waitsForAcknowledgement)).toEqual(["unacknowledged", "returned", "latched"]);
    expect(those(canReset)).toEqual(["latched", "latched-acknowledged"]);
    expect(those(canShelve)).toEqual(["unacknowledged", "acknowledged", "returned", "latched", "latched-acknowledged"]);
  });
});
