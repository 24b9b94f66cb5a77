/** What the device API answers. */
import type { DeviceList as AnsweredList } from "../../platform/api/generated";
import type { Device } from "../live/types";

export type { Bucket, Comparison, CsvProblem as LineProblem, DeviceView, Outcome, PlannedChange as Planned, TrialResult } from "../../platform/api/generated";

/** What is at its default is left out of the list. */
export type DeviceList = Omit<AnsweredList, "devices"> & { devices: (Partial<Device> & { sn: string })[] };
