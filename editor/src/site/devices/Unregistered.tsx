/** Detectors that publish and that nobody registered: what they sent last, and the way to register each. */
import { useMemo } from "react";
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { dateTime } from "../../platform/kit/time";
import { alarmsIn } from "../live/alarms";
import { formatValue } from "../live/format";
import { useOpenAlarms } from "../live/openAlarms";
import { siteData, useSiteFrame } from "../live/siteData";

export function Unregistered({ onRegister }: { onRegister: (sn: string) => void }) {
  const { t } = useWords();
  useSiteFrame(({ tick }) => tick);
  const bySn = useOpenAlarms((state) => state.bySn);
  const alarms = useMemo(() => alarmsIn(bySn).filter(({ type, active }) => type === "unregistered" && active), [bySn]);
  if (alarms.length === 0) return null;
  return (
    <section className="card unregistered" role="alert">
      <h2>{t("devices.unregistered", { count: alarms.length })}</h2>
      <p>{t("devices.unregistered.why")}</p>
      <ul>
        {alarms.map(({ sn, value, raised_at }) => {
          const reading = siteData.readings.get(sn);
          return (
            <li key={sn}>
              <b className="number">{sn}</b>
              <span className="number">{t("device.raw")} {formatValue(reading?.v_raw ?? value)}</span>
              <span className="number">{dateTime(reading?.received_at ?? raised_at ?? 0)}</span>
              <Button icon="plus" needs="admin" onClick={() => onRegister(sn)}>{t("devices.register")}</Button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
