import { describe, expect, test } from "vitest";
import { stateOf } from "./state";
import { type OpenAlarm, type Reading, withDefaults } from "./types";

const NOW = 1_700_000_000;
const device = withDefaults({ sn: "GS001", a1: 20, a2: 50, range_high: 500 });
const reading = (more: Partial<Reading> = {}): Reading => ({
  sn: "GS001", ts: NOW, seq: 1, v_raw: 1, temp: 25, err: 0, humi: null, bat: null, rssi: null, net: null, time: NOW, received_at: NOW, conc: 5, conc_raw: 5, flags: 0, extra: null, ...more,
});
const alarm = (more: Partial<OpenAlarm> = {}): OpenAlarm => ({
  sn: "GS001", type: "A1", state: "unacknowledged", active: true, raised_at: NOW, value: 21, threshold: 20, unit: "ppm", side: "high", gas: "", peak: 21, name: "", location: "", priority: "high", returned_at: null, by: "", reason: "", until: null, ...more,
});
const code = (given: Reading | undefined, alarms: OpenAlarm[] = [], now = NOW, of = device) => stateOf(of, given, alarms, now).code;

describe("the state of a device", () => {
  test("the worst comes first", () => {
    expect(code(reading())).toBe("ok");
    expect(code(reading({ conc: 21 }))).toBe("a1");
    expect(code(reading({ conc: 51 }))).toBe("a2");
    expect(code(reading({ conc: 501 }))).toBe("a2");
    expect(code(reading({ conc: 20 }))).toBe("ok");
  });

  test("low-side levels count downwards", () => {
    const oxygen = withDefaults({ sn: "GS001", a1: 19.5, a1_direction: "low", a2: 23.5 });
    expect(code(reading({ conc: 19 }), [], NOW, oxygen)).toBe("a1");
    expect(code(reading({ conc: 24 }), [], NOW, oxygen)).toBe("a2");
    expect(code(reading({ conc: 20.9 }), [], NOW, oxygen)).toBe("ok");
  });

  test("no value is never well", () => {
    expect(code(reading({ conc: null, flags: 16 }))).toBe("fault");
    expect(code(reading({ conc: null, flags: 32 }))).toBe("warming");
    expect(code(reading({ conc: null, flags: 64 }))).toBe("uncalibrated");
    expect(code(reading({ conc: null }))).toBe("fault");
    expect(code(undefined)).toBe("silent");
  });

  test("an old value is off-line, and an alarm that stood then still stands", () => {
    expect(code(reading(), [], NOW + 31)).toBe("offline");
    expect(code(reading({ conc: 60 }), [], NOW + 31)).toBe("offline");
    expect(code(reading({ conc: 60 }), [alarm({ type: "A2" })], NOW + 31)).toBe("a2");
  });

  test("an alarm that holds by its deadband is shown though the value is back", () => {
    expect(code(reading({ conc: 19.5 }), [alarm()])).toBe("a1");
  });

  test("ripples only while nobody has taken note of something urgent", () => {
    const unacknowledged = (...alarms: OpenAlarm[]) => stateOf(device, reading(), alarms, NOW).unacknowledged;
    expect(unacknowledged(alarm())).toBe(true);
    expect(unacknowledged(alarm({ state: "returned", active: false }))).toBe(true);
    expect(unacknowledged(alarm({ state: "acknowledged" }))).toBe(false);
    expect(unacknowledged(alarm({ state: "shelved" }))).toBe(false);
    expect(unacknowledged(alarm({ type: "battery" }))).toBe(false);
  });
});
