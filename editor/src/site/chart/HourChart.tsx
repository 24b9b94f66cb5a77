/** The last hour of a device by the minute, from the database; asked for again while it is looked at. */
import { useCallback, useEffect, useState } from "react";
import { api, segment } from "../../platform/api/client";
import { useWords } from "../../platform/i18n";
import { toastError } from "../../platform/kit/toasts";
import { setServerTime } from "../live/serverTime";
import type { Device } from "../live/types";
import { Chart, loadCharts } from "./Chart";
import type { Colors } from "./colors";
import { hourOptions, type Minutes } from "./hour";

const AGAIN_MS = 15_000;

export function HourChart({ device, height }: { device: Device; height?: number }) {
  const { t, language } = useWords();
  const [data, setData] = useState<Minutes | null>(null);
  const { sn } = device;
  useEffect(() => {
    const gone = new AbortController();
    const load = async () => {
      try {
        const found = await api.get<Minutes>(`/devices/${segment(sn)}/minutes`, gone.signal);
        setServerTime(found.now);
        setData(found);
      } catch (error) {
        toastError(error);
      }
    };
    void loadCharts();
    void load();
    const timer = setInterval(() => void load(), AGAIN_MS);
    return () => {
      gone.abort();
      clearInterval(timer);
    };
  }, [sn]);
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
