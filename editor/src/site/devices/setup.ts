/** What a device still lacks to be judged safely, and what may be proposed for it by its gas and its calibration. */
import type { Device } from "../live/types";

type Setup = Pick<Device, "gas" | "unit" | "k" | "b" | "formula" | "range_low" | "range_high" | "raw_low" | "raw_high" | "a1" | "a2">;
export type Proposal = Partial<Record<"range_low" | "range_high" | "raw_low" | "raw_high", number>>;

/** Usual ends of the range of a fixed detector, in the unit that it is made in; flammable gases are 0 to 100 %LEL. */
const RANGES: Record<string, [unit: string, high: number]> = {
  O2: ["%vol", 30], CO: ["ppm", 500], H2S: ["ppm", 100], NH3: ["ppm", 100], SO2: ["ppm", 20], NO: ["ppm", 250], NO2: ["ppm", 20], CL2: ["ppm", 20], O3: ["ppm", 5],
  CO2: ["ppm", 5000],
};
/** How far beyond its range, in parts of it, a sensor still gives a signal: further out the wire is broken, or the amplifier at its end. */
const BELOW = 0.25;
const ABOVE = 0.25;

/** Fields without which a broken or saturated sensor can't be told from clean air; "level": it has no alarm level at all. */
export function lacking(device: Setup): string[] {
  const rails = (["range_high", "raw_low", "raw_high"] as const).filter((field) => device[field] === null);
  return device.a1 === null && device.a2 === null ? [...rails, "level"] : rails;
}

/** Values for what is empty; nothing where nobody can know. */
export function proposalFor(device: Setup): Proposal {
  const known = RANGES[device.gas.trim().toUpperCase()];
  const unit = device.unit.trim().toLowerCase();
  const usual = unit === "%lel" ? 100 : known && known[0] === unit ? known[1] : null;
  const high = device.range_high ?? usual;
  const proposed: Proposal = device.range_high === null && high !== null ? { range_high: high } : {};
  if (high === null || device.formula || device.k === null || device.k === 0 || device.b === null) return proposed;
  const span = high - device.range_low;
  const ends = [device.range_low - BELOW * span, high + ABOVE * span].map((conc) => Number(((conc - device.b!) / device.k!).toPrecision(4))).toSorted((a, b) => a - b);
  if (device.raw_low === null) proposed.raw_low = ends[0];
  if (device.raw_high === null) proposed.raw_high = ends[1];
  return proposed;
}
