import { describe, expect, test } from "vitest";
import { waitsForAcknowledgement } from "../live/alarms";
import type { AlarmState, OpenAlarm, Priority } from "../live/types";
import { canReset, canShelve, inOrder } from "./order";

const alarm = (sn: string, state: AlarmState, priority: Priority = "high", raised_at = 0, type = "A1"): OpenAlarm => ({
  sn, type, priority, state, active: true, raised_at, returned_at: null, value: 25, peak: 25, threshold: 20, unit: "ppm", side: "high", gas: "", name: "", location: "", by: "", reason: "", until: null,
});

describe("the list of alarms", () => {
  test("begins with what nobody has acknowledged, the most urgent and the latest first", () => {
    const given = [
      alarm("shelved", "shelved", "critical"), alarm("returned", "returned", "critical"), alarm("acked", "acknowledged", "critical"),
      alarm("low", "unacknowledged", "low", 9), alarm("old", "unacknowledged", "critical", 1), alarm("new", "unacknowledged", "critical", 5),
    ];
    expect(inOrder(given).map(({ sn }) => sn)).toEqual(["new", "old", "low", "acked", "returned", "shelved"]);
  });

  test("offers only what the state allows", () => {
    const states: AlarmState[] = ["unacknowledged", "acknowledged", "returned", "latched", "latched-acknowledged", "shelved", "suppressed", "out-of-service"];
    const those = (may: (of: { state: AlarmState }) => boolean) => states.filter((state) => may({ state }));
    expect(those(waitsForAcknowledgement)).toEqual(["unacknowledged", "returned", "latched"]);
    expect(those(canReset)).toEqual(["latched", "latched-acknowledged"]);
    expect(those(canShelve)).toEqual(["unacknowledged", "acknowledged", "returned", "latched", "latched-acknowledged"]);
  });
});
