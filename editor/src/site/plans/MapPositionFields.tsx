/** The place of the chosen device in numbers, to be typed. */
import { useEffect, useState } from "react";
import { useWords } from "../../platform/i18n";
import { IconButton } from "../../platform/kit/Button";
import { siteData } from "../live/siteData";
import { type MapPosition, positionAt } from "./mapPositions";

export function MapPositionFields({ sn, spot, onSpot, onRemove }: { sn: string; spot: MapPosition; onSpot: (spot: MapPosition) => void; onRemove: () => void }) {
  const { t } = useWords();
  return (
    <div className="spot-fields">
      <b>{siteData.devices.get(sn)?.name || sn}</b>
      <Percent label={t("plans.left")} value={spot.left} onValue={(left) => onSpot(positionAt(left, spot.top))} />
      <Percent label={t("plans.top")} value={spot.top} onValue={(top) => onSpot(positionAt(spot.left, top))} />
      <IconButton icon="trash-2" label={t("plans.take")} keys="Delete" onClick={onRemove} />
    </div>
  );
}

/** Taken over when it is left or Enter is pressed; what is no number goes back to what it was. */
function Percent({ label, value, onValue }: { label: string; value: number; onValue: (value: number) => void }) {
  const [text, setText] = useState(String(value));
  useEffect(() => setText(String(value)), [value]);
  const commit = () => {
    const typed = Number(text);
    if (text.trim() === "" || !Number.isFinite(typed)) setText(String(value));
    else if (typed !== value) onValue(typed);
  };
  return (
    <label className="spot-field">{label}
      <input className="input number" type="text" inputMode="decimal" value={text} onChange={(event) => setText(event.target.value)} onBlur={commit} onKeyDown={(event) => event.key === "Enter" && commit()} /> %
    </label>
  );
}
