/** The concentration of the last reading by the saved parameters and by those that are typed, while they are typed. */
import { useEffect, useEffectEvent, useState } from "react";
import { api, segment } from "../../platform/api/client";
import { useWords } from "../../platform/i18n";
import { Icon } from "../../platform/kit/Icon";
import { useDebounced } from "../../platform/kit/timing";
import { formatValue } from "../live/format";
import type { Device, Reading } from "../live/types";
import type { Draft } from "./fields";
import type { TrialResult } from "./types";
import type { DeviceDraft } from "./useDeviceDraft";

const PAUSE_MS = 90;

/** What the formula gives; asked of the server, so that it is the very same formula. */
function useTrial(sn: string, fields: object, v_raw: number, temp: number, onProblems: (result: TrialResult) => void): TrialResult | null {
  const [result, setResult] = useState<TrialResult | null>(null);
  const report = useEffectEvent(onProblems);
  const asked = useDebounced(JSON.stringify({ fields, v_raw, temp }), PAUSE_MS);
  useEffect(() => {
    const gone = new AbortController();
    api.post<TrialResult>(`/devices/${segment(sn)}/try`, JSON.parse(asked), gone.signal).then((found) => {
      setResult(found);
      report(found);
    }, () => undefined); // a trial that does not arrive is tried again with the next reading
    return () => gone.abort();
  }, [asked, sn]);
  return result;
}

export function LiveTrial({ device, base, draft, reading }: { device: DeviceDraft; base: Device; draft: Draft; reading: Reading | undefined }) {
  const { t } = useWords();
  const [typed, setTyped] = useState("");
  const own = typed.trim() === "" ? null : Number(typed);
  const raw = own !== null && Number.isFinite(own) ? own : (reading?.v_raw ?? null);
  const temp = reading?.temp ?? 25;
  const fields = { ...without(base), ...device.changes };
  // Without a raw value there is no result to show, but still something to find wrong.
  const tried = useTrial(base.sn, fields, raw ?? 0, temp, ({ problems }) => device.setProblems(problems));
  const result = raw === null ? null : tried;
  const dirty = Object.keys(device.changes).length > 0;
  return (
    <div className="trial" aria-live="polite">
      <label className="trial-part">
        <span>{t("device.raw")}</span>
        <input className="input number" inputMode="decimal" value={typed} placeholder={reading ? formatValue(reading.v_raw) : "—"} onChange={(event) => setTyped(event.target.value)} />
      </label>
      <Icon name="arrow-right" />
      {dirty && own === null && <div className="trial-part"><span>{t("device.asnow")}</span><b className="number trial-old">{formatValue(reading?.conc, 2)}</b></div>}
      <div className="trial-part"><span>{t(dirty ? "device.astyped" : "device.value")}</span><b className="number trial-new" data-testid="trial">{formatValue(result?.conc, 2)} <small>{draft.unit}</small></b></div>
      {result && result.raw !== null && result.raw < 0 && <small className="trial-note">{t("device.floor", { raw: formatValue(result.raw, 2) })}</small>}
    </div>
  );
}

function without({ sn: _sn, revision: _revision, ...fields }: Device): Omit<Device, "sn" | "revision"> {
  return fields;
}
