/** One device on the wall: colour, shape and text of its state, its value, and a ripple while nobody has taken note. */
import { memo } from "react";
import { useWords } from "../../platform/i18n";
import { formatValue } from "../live/format";
import { StateShape } from "../live/StateShape";
import { useLiveDevice } from "../live/useSite";

export const Dot = memo(function Dot({ sn, selected, onOpen }: { sn: string; selected: boolean; onOpen: (sn: string) => void }) {
  const { t } = useWords();
  const { device, reading, state } = useLiveDevice(sn);
  if (!device || !state) return null;
  const { code, stale, unacknowledged } = state;
  const value = formatValue(reading?.conc);
  const name = device.name || sn;
  const spoken = `${name}: ${t(`state.${code}`)}, ${value} ${device.unit}${unacknowledged ? `, ${t("wall.unacknowledged")}` : ""}`;
  return (
    <button
      type="button"
      className={`dot dot-${code}${stale ? " dot-stale" : ""}${unacknowledged ? " dot-ripple" : ""}${selected ? " dot-open" : ""}`}
      style={{ left: `${device.left_pct}%`, top: `${device.top_pct}%` }}
      data-sn={sn}
      data-state={code}
      aria-label={spoken}
      aria-pressed={selected}
      onClick={() => onOpen(sn)}
    >
      <span className="dot-mark"><StateShape code={code} /></span>
      <span className="dot-label">
        <span className="dot-name">{name}</span>
        <span className="dot-value"><b className="number" data-seq={reading?.seq}>{value}</b>{" "}<small>{device.unit}</small></span>
        {code !== "ok" && <span className="dot-state">{t(`state.${code}`)}</span>}
      </span>
    </button>
  );
});
