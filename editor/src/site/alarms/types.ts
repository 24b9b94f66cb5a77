/** What /api/alarms and the live channel `alarms` say. Times are Unix seconds. */
export type { AlarmEvent, AlarmRecord, Figures as AlarmMetrics, Story } from "../../platform/api/generated";
