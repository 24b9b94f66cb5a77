/** What the device API answers. */
import type { DebugRun, Device, DeviceHealth, FieldProblem } from "../live/types";

export interface DeviceList {
  now: number;
  devices: (Partial<Device> & { sn: string })[];
  figures: DeviceHealth[];
  debugging: DebugRun[];
}

export interface DeviceView {
  now: number;
  device: Device;
  missing: string[];
  figures: DeviceHealth | null;
  debugging: DebugRun | null;
}

export interface Planned {
  sn: string;
  changes: Record<string, [unknown, unknown]>;
  problems: FieldProblem[];
  new: boolean;
}

export interface LineProblem {
  line: number;
  field: string;
  code: string;
  message: string;
}

export interface Outcome {
  stored: boolean;
  added: number;
  changed: number;
  unchanged: number;
  planned: Planned[];
  problems: LineProblem[];
}

export interface TrialResult {
  conc: number | null;
  raw: number | null;
  problems: FieldProblem[];
}

/** start (Unix s), then mean, least, greatest of the old and of the new parameters */
export type Bucket = [number, number | null, number | null, number | null, number | null, number | null, number | null];

export interface Comparison {
  readings: number;
  bucket_s: number;
  curve: Bucket[];
  lost: { type: string; at: number; until: number | null; peak: number | null }[];
  gained: { type: string; at: number; until: number | null; peak: number | null }[];
  kept: number;
  lost_count: number;
  gained_count: number;
}
