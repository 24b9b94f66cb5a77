/** The red button: one reading a second for ten minutes, counted down by the server's clock on every page that looks. */
import { useState } from "react";
import { api, segment } from "../../platform/api/client";
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { Confirm } from "../../platform/kit/Confirm";
import { useInterval } from "../../platform/kit/timing";
import { toastError } from "../../platform/kit/toasts";
import { countdown } from "../live/format";
import { serverClock } from "../live/serverClock";
import { useSiteFrame } from "../live/siteData";

const TICK_MS = 250;

export function DebugButton({ sn }: { sn: string }) {
  const { t } = useWords();
  const run = useSiteFrame((frame) => frame.debugging[sn]);
  const [asking, setAsking] = useState(false);
  const [, setTick] = useState(0);
  useInterval(() => setTick((tick) => tick + 1), run ? TICK_MS : null);
  const ask = (call: Promise<unknown>) => void call.catch(toastError);
  const left = (run?.ends_at ?? 0) - serverClock.now();
  if (run && run.ends_at !== null && left > 0) {
    return (
      <div className="debugging" role="timer" aria-label={t("debug.running")}>
        <span>{t("debug.running")}</span>
        <b className="number" data-testid="countdown">{countdown(left)}</b>
        <span className="debugging-bar"><i style={{ width: `${(100 * left) / (run.ends_at - run.started_at)}%` }} /></span>
        <Button needs="operator" onClick={() => ask(api.delete(`/devices/${segment(sn)}/debugging`))}>{t("debug.end")}</Button>
      </div>
    );
  }
  return (
    <>
      <Button className="debug-button" icon="zap" needs="operator" onClick={() => setAsking(true)}>{t("debug.begin")}</Button>
      {asking && (
        <Confirm title={t("debug.begin")} text={t("debug.ask", { sn })} action={t("debug.yes")} onClose={() => setAsking(false)}
          onYes={() => ask(api.post(`/devices/${segment(sn)}/debugging`))} />
      )}
    </>
  );
}
