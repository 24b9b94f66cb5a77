/** The curve of the last hour: mean per minute, the band between least and greatest, the alarm levels and the alarms. */
import type { AlarmSpan, Minute, MinutesView as Minutes } from "../../platform/api/generated";
import { translate } from "../../platform/i18n";
import { formatValue } from "../live/format";
import type { Device } from "../live/types";
import type { Colors } from "./colors";
import type { Options } from "./echarts";

export type { AlarmSpan, Minute, Minutes };

const GAP_S = 90;

export const clock = (ms: number): string => {
  const date = new Date(ms);
  return `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;
};

/** Minutes without readings become gaps, not straight lines. */
export function withGaps(minutes: Minute[]): Minute[] {
  const all: Minute[] = [];
  for (const minute of minutes) {
    const last = all.at(-1);
    if (last && minute[0] - last[0] > GAP_S) all.push([last[0] + 60, null, null, null, 0, null]);
    all.push(minute);
  }
  return all;
}

export function axes(colors: Colors, unit: string, since: number, until: number, top: (highest: number) => number) {
  return {
    grid: { left: 48, right: 50, top: 28, bottom: 26 },
    xAxis: {
      type: "time", min: since * 1000, max: until * 1000, axisLine: { lineStyle: { color: colors.line } }, splitLine: { show: false },
      splitNumber: 4, axisLabel: { color: colors.pale, fontSize: 11, formatter: clock, hideOverlap: true },
    },
    yAxis: {
      type: "value", name: unit, nameTextStyle: { color: colors.pale, fontSize: 11, align: "right" }, splitLine: { lineStyle: { color: colors.line, opacity: 0.7 } },
      axisLabel: { color: colors.pale, fontSize: 11 }, min: (value: { min: number }) => Math.min(0, value.min), max: (value: { max: number }) => top(value.max),
    },
    tooltip: {
      trigger: "axis", renderMode: "richText", backgroundColor: colors.panel, borderColor: colors.line, textStyle: { color: colors.ink, fontSize: 12 }, confine: true,
    },
  };
}

export function levels(colors: Colors, device: Pick<Device, "a1" | "a2">): object {
  const line = (name: string, at: number | null, color: string) =>
    at === null ? [] : [{ name, yAxis: at, lineStyle: { color, type: "dashed", width: 1.5 }, label: { formatter: `${name} ${formatValue(at)}`, color, fontSize: 11, position: "end", distance: 3 } }];
  return { silent: true, symbol: "none", data: [...line("A1", device.a1, colors.a1), ...line("A2", device.a2, colors.a2)] };
}

export function alarmAreas(colors: Colors, alarms: AlarmSpan[], until: number): object {
  const severe = (type: string) => type === "A2" || type === "over-range";
  return {
    silent: true,
    data: alarms.filter(({ type }) => type === "A1" || severe(type)).map((alarm) => [
      { xAxis: alarm.at * 1000, itemStyle: { color: severe(alarm.type) ? colors.a2 : colors.a1, opacity: 0.14 } },
      { xAxis: Math.max((alarm.until ?? until) * 1000, alarm.at * 1000 + 10_000) },
    ]),
  };
}

/** The next number at or above that an axis ends on well. */
export function niceCeiling(value: number): number {
  if (!(value > 0)) return 1;
  const step = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((factor) => factor * step).find((nice) => nice >= value) ?? value;
}

export function hourOptions(data: Minutes, device: Device, colors: Colors): Options {
  const minutes = withGaps(data.minutes);
  const highest = Math.max(device.a1 ?? 0, ...minutes.map((minute) => minute[3] ?? 0));
  const base = axes(colors, device.unit, data.since, data.until, (top) => niceCeiling(Math.max(top, highest) * 1.12));
  return {
    ...base,
    tooltip: {
      ...base.tooltip,
      formatter: (points: { dataIndex: number }[]) => {
        const minute = minutes[points[0]?.dataIndex ?? -1];
        if (!minute) return "";
        const [at, mean, low, high, count] = minute;
        return [clock(at * 1000), `${translate("chart.mean")} ${formatValue(mean, 2)} ${device.unit}`, `${translate("chart.range")} ${formatValue(low, 2)} – ${formatValue(high, 2)}`, `${translate("chart.count")} ${count}`].join("\n");
      },
    },
    series: [
      { type: "line", name: "low", data: minutes.map((minute) => [minute[0] * 1000, minute[2]]), stack: "band", symbol: "none", lineStyle: { opacity: 0 }, silent: true },
      {
        type: "line", name: "band", stack: "band", symbol: "none", lineStyle: { opacity: 0 }, areaStyle: { color: colors.accent, opacity: 0.16 }, silent: true,
        data: minutes.map((minute) => [minute[0] * 1000, minute[3] === null || minute[2] === null ? null : minute[3] - minute[2]]),
      },
      {
        type: "line", name: "mean", data: minutes.map((minute) => [minute[0] * 1000, minute[1]]), symbol: "circle", symbolSize: 4, showSymbol: minutes.length < 20,
        lineStyle: { color: colors.accent, width: 2 }, itemStyle: { color: colors.accent }, markLine: levels(colors, device), markArea: alarmAreas(colors, data.alarms, data.until),
      },
    ],
  };
}
