/** The bar at the head of the wall: plans, how many devices are in which state, the clock, sound and window. */
import { useEffect, useState } from "react";
import { useWords } from "../../platform/i18n";
import { Button, IconButton } from "../../platform/kit/Button";
import { LanguageSwitch, ThemeSwitch } from "../../platform/kit/Switches";
import { dateTime } from "../../platform/kit/time";
import { Link } from "../../platform/router/Link";
import { countdown } from "../live/format";
import { serverClock } from "../live/serverClock";
import { type StateCode, WORST_FIRST } from "../live/state";
import { StateShape } from "../live/StateShape";
import type { Plan } from "../live/types";
import { type Horn, useHorn } from "./Horn";

interface Props {
  plans: Plan[];
  shown: number | undefined;
  worst: Record<number, StateCode>;
  counts: Partial<Record<StateCode, number>>;
  live: boolean;
  onPlan: (id: number) => void;
  horn: Horn;
}

export function WallBar({ plans, shown, worst, counts, live, onPlan, horn }: Props) {
  const { t } = useWords();
  return (
    <header className="wall-bar">
      <Link className="wall-home" href="/devices" title={t("wall.leave")} aria-label={t("wall.leave")}><img src="/icon.svg" alt="" width="26" height="26" /></Link>
      <h1>{t("wall.title")}</h1>
      {plans.length > 1 && (
        <nav className="wall-plans" aria-label={t("page.plans")}>
          {plans.map((plan) => (
            <button key={plan.id} type="button" aria-pressed={plan.id === shown} onClick={() => onPlan(plan.id)}>
              {plan.name}{worst[plan.id] && worst[plan.id] !== "ok" && <StateShape code={worst[plan.id] ?? "ok"} size={14} />}
            </button>
          ))}
        </nav>
      )}
      <ul className="wall-counts" aria-label={t("wall.counts")}>
        {WORST_FIRST.filter((code) => counts[code]).map((code) => (
          <li key={code}><StateShape code={code} size={16} />{t(`state.${code}`)} <b className="number">{counts[code]}</b></li>
        ))}
      </ul>
      <span className={`wall-live ${live ? "" : "wall-dead"}`} role="status"><span aria-hidden="true" />{t(live ? "wall.live" : "wall.dead")}</span>
      <time className="wall-clock number">{dateTime(serverClock.now())}</time>
      <Sound horn={horn} />
      <ThemeSwitch />
      <LanguageSwitch />
      <FullScreen />
    </header>
  );
}

function FullScreen() {
  const { t } = useWords();
  const [full, setFull] = useState(document.fullscreenElement !== null);
  useEffect(() => {
    const changed = () => setFull(document.fullscreenElement !== null);
    document.addEventListener("fullscreenchange", changed);
    return () => document.removeEventListener("fullscreenchange", changed);
  }, []);
  return (
    <IconButton icon="maximize" label={t(full ? "wall.window" : "wall.full")} aria-pressed={full}
      onClick={() => void (full ? document.exitFullscreen() : document.documentElement.requestFullscreen())} />
  );
}

function Sound({ horn }: { horn: Horn }) {
  const { t } = useWords();
  const { on, blocked, sounding, mutedUntil } = useHorn(horn);
  if (!on) return <Button icon="volume-x" kind="quiet" onClick={() => horn.turn(true)}>{t("wall.soundoff")}</Button>;
  if (blocked) return <Button icon="volume-x" kind="danger" onClick={() => horn.turn(true)}>{t("wall.touch")}</Button>;
  if (mutedUntil !== null) {
    return <Button icon="bell-off" onClick={() => horn.unmute()} title={t("wall.unmute")}>{t("wall.muted", { left: countdown((mutedUntil - Date.now()) / 1000) })}</Button>;
  }
  if (sounding) return <Button icon="bell-ring" kind="danger" className="wall-mute" onClick={() => horn.mute()}>{t("wall.mute")}</Button>;
  return <Button icon="volume-2" kind="quiet" onClick={() => horn.turn(false)}>{t("wall.soundon")}</Button>;
}
