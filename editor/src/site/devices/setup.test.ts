import { describe, expect, it } from "vitest";
import { withDefaults } from "../live/types";
import { lacking, proposalFor } from "./setup";

describe("what a device lacks", () => {
  it("is its range, its rails and a level", () => {
    expect(lacking(withDefaults({ sn: "A" }))).toEqual(["range_high", "raw_low", "raw_high", "level"]);
    expect(lacking(withDefaults({ sn: "A", range_high: 100, raw_low: 1, raw_high: 2, a2: 50 }))).toEqual([]);
  });
  it("is proposed by gas, unit and calibration", () => {
    expect(proposalFor(withDefaults({ sn: "A", gas: "CH4", unit: "%LEL", k: 0.05, b: -20 }))).toEqual({ range_high: 100, raw_low: -100, raw_high: 2900 });
    expect(proposalFor(withDefaults({ sn: "A", gas: "o2", unit: "%VOL" }))).toEqual({ range_high: 30 });
    expect(proposalFor(withDefaults({ sn: "A", gas: "H2S", unit: "ppm", k: -1, b: 100, range_high: 100 }))).toEqual({ raw_low: -25, raw_high: 125 });
    expect(proposalFor(withDefaults({ sn: "A", gas: "H2S", unit: "mg/m3" }))).toEqual({});
  });
});
