/** The last hour of a device by the minute, from the database; asked for again while it is looked at. */
import { useCallback, useEffect } from "react";
import { segment } from "../../platform/api/client";
import { useWords } from "../../platform/i18n";
import { useInterval } from "../../platform/kit/timing";
import { useLoaded } from "../../platform/kit/useLoaded";
import { serverClock } from "../live/serverClock";
import type { Device } from "../live/types";
import { Chart, loadCharts } from "./Chart";
import type { Colors } from "./colors";
import { hourOptions, type Minutes } from "./hour";

const AGAIN_MS = 15_000;

export function HourChart({ device, height }: { device: Device; height?: number }) {
  const { t, language } = useWords();
  const { sn } = device;
  const { value: data, reload } = useLoaded<Minutes>(`/devices/${segment(sn)}/minutes`);
  useEffect(() => void loadCharts(), []);
  useEffect(() => {
    if (data) serverClock.set(data.now);
  }, [data]);
  useInterval(() => void reload(), AGAIN_MS);
  const { a1, a2, unit } = device;
  // The language is one of its inputs: the words of the tooltip.
  const options = useCallback(
    (colors: Colors) => (data ? hourOptions(data, { ...device, a1, a2, unit }, colors) : {}),
    [data, a1, a2, unit, language],
  );
  if (data?.minutes.length === 0) return <p className="empty chart-none">{t("chart.none")}</p>;
  return (
    <figure className="hour" data-minutes={data?.minutes.length}>
      <Chart label={t("chart.hour", { sn })} options={options} height={height} />
      <figcaption className="hour-key"><span className="key-mean" />{t("chart.mean")}<span className="key-band" />{t("chart.range")}</figcaption>
    </figure>
  );
}
