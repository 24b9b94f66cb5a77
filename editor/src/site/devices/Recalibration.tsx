/** What the typed parameters would have made of the last day: both curves, and the alarms that would have come or gone. */
import { useCallback, useEffect, useState } from "react";
import { api, segment } from "../../platform/api/client";
import { translate, useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { Loading } from "../../platform/kit/Loading";
import { dateTime } from "../../platform/kit/time";
import { useDebounced } from "../../platform/kit/timing";
import { toastError } from "../../platform/kit/toasts";
import { Chart } from "../chart/Chart";
import type { Colors } from "../chart/colors";
import type { Options } from "../chart/echarts";
import { axes, clock, levels, niceCeiling } from "../chart/hour";
import { formatValue } from "../live/format";
import { valueOf } from "./fields";
import type { Comparison } from "./types";
import type { DeviceDraft } from "./useDeviceDraft";

const HOURS = 24;
const PAUSE_MS = 400;
const SHOWN = 8;

export function Recalibration({ sn, device, unit }: { sn: string; device: DeviceDraft; unit: string }) {
  const { t, language } = useWords();
  const [found, setFound] = useState<Comparison | null>(null);
  const [busy, setBusy] = useState(false);
  const fields = useDebounced(JSON.stringify(device.changes), PAUSE_MS);
  useEffect(() => {
    setBusy(true);
    const gone = new AbortController();
    api.post<Comparison>(`/devices/${segment(sn)}/recalibration`, { fields: JSON.parse(fields), hours: HOURS }, gone.signal)
      .then(setFound, toastError)
      .finally(() => gone.signal.aborted || setBusy(false));
    return () => gone.abort();
  }, [fields, sn]);
  const a1 = device.draft ? valueOf("a1", device.draft.a1) : null;
  const a2 = device.draft ? valueOf("a2", device.draft.a2) : null;
  const options = useCallback(
    (colors: Colors): Options => (found ? curves(found, colors, unit, typeof a1 === "number" ? a1 : null, typeof a2 === "number" ? a2 : null) : {}),
    [found, unit, a1, a2, language],
  );
  if (!found) return <Loading />;
  if (found.readings === 0) return <p className="empty chart-none">{t("recal.none")}</p>;
  const changed = Object.keys(device.changes).length > 0;
  return (
    <div className="recal" aria-busy={busy}>
      <Chart label={t("device.preview")} options={options} height={250} />
      <p className="hour-key"><span className="key-old" />{t("recal.old")}<span className="key-mean" />{t("recal.new")} · {t("recal.readings", { count: found.readings })}</p>
      <p className="recal-verdict" data-testid="verdict">
        <span className="badge badge-error">{t("recal.gained", { count: found.gained_count })}</span>
        <span className="badge badge-warning">{t("recal.lost", { count: found.lost_count })}</span>
        <span className="badge">{t("recal.kept", { count: found.kept })}</span>
        {!changed && <span className="recal-hint">{t("recal.hint")}</span>}
      </p>
      <Alarms title={t("recal.gainedlist")} alarms={found.gained} unit={unit} />
      <Alarms title={t("recal.lostlist")} alarms={found.lost} unit={unit} />
      {changed && <Button kind="primary" icon="check" needs="admin" onClick={() => void device.save()}>{t("recal.apply")}</Button>}
    </div>
  );
}

function Alarms({ title, alarms, unit }: { title: string; alarms: Comparison["lost"]; unit: string }) {
  const { t } = useWords();
  if (alarms.length === 0) return null;
  return (
    <div className="recal-alarms">
      <h3>{title}</h3>
      <ul>
        {alarms.slice(0, SHOWN).map((alarm) => (
          <li key={`${alarm.type} ${alarm.at}`} className="number">{dateTime(alarm.at)} – {alarm.until === null ? "…" : dateTime(alarm.until).slice(11)} <b>{t(`alarm.${alarm.type}`)}</b>{alarm.peak !== null && alarm.type !== "fault" && ` ${formatValue(alarm.peak)} ${unit}`}</li>
        ))}
        {alarms.length > SHOWN && <li>+{alarms.length - SHOWN}</li>}
      </ul>
    </div>
  );
}

function curves(found: Comparison, colors: Colors, unit: string, a1: number | null, a2: number | null): Options {
  const [old, fresh] = [translate("recal.old"), translate("recal.new")];
  const first = found.curve[0]?.[0] ?? 0;
  const last = (found.curve.at(-1)?.[0] ?? 1) + found.bucket_s;
  const highest = Math.max(a1 ?? 0, ...found.curve.map((bucket) => Math.max(bucket[3] ?? 0, bucket[6] ?? 0)));
  const base = axes(colors, unit, first, last, (top) => niceCeiling(Math.max(top, highest) * 1.1));
  // The greatest of each stretch: an alarm that lasted seconds must not vanish in a mean.
  const line = (name: string, at: 3 | 6, color: string, width: number) => ({
    type: "line", name, symbol: "none", data: found.curve.map((bucket) => [bucket[0] * 1000, bucket[at]]), lineStyle: { color, width }, itemStyle: { color },
  });
  return {
    ...base,
    tooltip: {
      ...base.tooltip,
      formatter: (points: { dataIndex: number }[]) => {
        const bucket = found.curve[points[0]?.dataIndex ?? -1];
        return bucket ? `${clock(bucket[0] * 1000)}\n${old} ${formatValue(bucket[3], 2)} ${unit}\n${fresh} ${formatValue(bucket[6], 2)} ${unit}` : "";
      },
    },
    series: [line(old, 3, colors.old, 1.5), { ...line(fresh, 6, colors.accent, 2), markLine: levels(colors, { a1, a2 }) }],
  };
}
