/** The list of all devices beside the plan, those without a place first; dragged from here, or put in the middle with Enter. */
import { useState } from "react";
import { useWords } from "../../platform/i18n";
import { siteData } from "../live/siteData";
import { StateShape } from "../live/StateShape";
import type { Plan } from "../live/types";
import type { MapPosition } from "./mapPositions";

const SHOWN = 300;

interface Props {
  plan: Plan;
  spotOf: (sn: string) => MapPosition | null;
  onGrab: (sn: string, event: React.PointerEvent) => void;
  onPut: (sn: string) => void;
  onSelect: (sn: string) => void;
  selected: string | null;
}

export function DeviceShelf({ plan, spotOf, onGrab, onPut, onSelect, selected }: Props) {
  const { t } = useWords();
  const [text, setText] = useState("");
  const wanted = text.trim().toLowerCase();
  const devices = [...siteData.devices.values()]
    .filter(({ sn, name, location }) => !wanted || `${sn} ${name} ${location}`.toLowerCase().includes(wanted))
    .sort((one, other) => Number(spotOf(one.sn) !== null) - Number(spotOf(other.sn) !== null) || one.sn.localeCompare(other.sn));
  return (
    <aside className="shelf" aria-label={t("plans.shelf")}>
      <input className="input" type="search" placeholder={t("devices.search")} aria-label={t("devices.search")} value={text} onChange={(event) => setText(event.target.value)} />
      <ul>
        {devices.slice(0, SHOWN).map(({ sn, name, plan_id }) => {
          const here = spotOf(sn) !== null;
          const elsewhere = !here && plan_id !== null && plan_id !== plan.id;
          return (
            <li key={sn}>
              <button type="button" className={`shelf-item${sn === selected ? " shelf-chosen" : ""}`} data-sn={sn} aria-label={t(here ? "plans.onplan" : "plans.put", { name: name || sn })}
                onPointerDown={(event) => !here && onGrab(sn, event)} onClick={(event) => (here ? onSelect(sn) : event.detail === 0 && onPut(sn))} onDoubleClick={() => !here && onPut(sn)}>
                <StateShape code={siteData.state(sn)?.code ?? "silent"} size={20} />
                <span className="shelf-name">{name || sn}<small>{sn}</small></span>
                <span className="shelf-note">{here ? "✓" : elsewhere ? t("plans.elsewhere") : ""}</span>
              </button>
            </li>
          );
        })}
        {devices.length > SHOWN && <li className="shelf-more">{t("plans.more", { count: devices.length - SHOWN })}</li>}
      </ul>
    </aside>
  );
}
