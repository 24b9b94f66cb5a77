/** The wall: the plan over the whole window, every device at its place, live. */
import { useCallback, useEffect, useMemo, useState } from "react";
import { useWords } from "../../platform/i18n";
import { Icon } from "../../platform/kit/Icon";
import { lazyComponent } from "../../platform/kit/lazyComponent";
import { Link } from "../../platform/router/Link";
import { navigate } from "../../platform/router/location";
import { allowed } from "../../platform/session/session";
import { alarmId, alarmsIn, latestFirst } from "../live/alarms";
import { useOpenAlarms } from "../live/openAlarms";
import { PlanPicture } from "../live/PlanPicture";
import { siteData, useSiteFrame } from "../live/siteData";
import { isUnacknowledged } from "../live/state";
import { useSite } from "../live/useSite";
import { Dot } from "./Dot";
import { useFreshness } from "./freshness";
import { Horn } from "./Horn";
import { StaleBanner } from "./StaleBanner";
import { summary } from "./summary";
import { Ticker } from "./Ticker";
import { WallBar } from "./WallBar";
import "./wall.css";

const DeviceDrawer = lazyComponent(async () => (await import("./DeviceDrawer")).default);

/** More devices than this on a plan: smaller marks, names only of the one that is looked at. */
const DENSE = 45;

export default function Wall() {
  const { t } = useWords();
  useSite();
  const { loaded, plans, shape, tick } = useSiteFrame();
  const freshness = useFreshness();
  const [chosen, setChosen] = useState<number | undefined>(undefined);
  const [open, setOpen] = useState<string | null>(null);
  const plan = plans.find(({ id }) => id === chosen) ?? plans[0];
  const on = useMemo(() => {
    const placed = [...siteData.devices.values()].filter((device) => !plan || (device.plan_id === plan.id && device.left_pct !== null && device.top_pct !== null));
    return placed.map(({ sn }) => sn);
  }, [plan?.id, shape]);
  const bySn = useOpenAlarms((state) => state.bySn);
  const alarms = useMemo(() => bySn && latestFirst(alarmsIn(bySn).filter(({ type }) => type !== "warm-up")), [bySn]);
  const urgent = (alarms ?? []).filter(isUnacknowledged).map(alarmId).join("\n");
  const horn = useMemo(() => new Horn(), []);
  useEffect(() => horn.soundFor(urgent ? urgent.split("\n") : []), [horn, urgent, tick]);
  useEffect(() => () => horn.close(), [horn]);
  const toggle = useCallback((sn: string) => {
    const device = siteData.devices.get(sn);
    // One that nobody registered has no place here: it is registered among the devices.
    if (!device) return void (siteData.readings.has(sn) && navigate("/devices"));
    setOpen((was) => (was === sn ? null : sn));
    if (device.plan_id !== null) setChosen(device.plan_id);
  }, []);
  useEffect(() => {
    const key = (event: KeyboardEvent) => event.key === "Escape" && setOpen(null);
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, []);
  const { counts, worst } = summary();
  const dots = on.map((sn) => <Dot key={sn} sn={sn} selected={sn === open} onOpen={toggle} />);
  return (
    <div className={`wall${freshness.frozen ? " wall-frozen" : ""}`} data-loaded={(loaded && alarms !== null) || undefined}>
      <WallBar plans={plans} shown={plan?.id} counts={counts} worst={worst} live={!freshness.frozen && freshness.dataAge !== null} onPlan={setChosen} horn={horn} />
      <StaleBanner freshness={freshness} />
      <div className="wall-body">
        {plan ? <PlanPicture plan={plan} className={on.length > DENSE ? "plan-dense" : ""}>{dots}</PlanPicture> : loaded && (
          <div className="wall-tiles">
            <p className="empty"><Icon name="map" size={28} />{t("wall.noplan")} {allowed("admin") && <Link href="/plans">{t("wall.toplans")}</Link>}</p>
            <div className="tiles">{dots}</div>
          </div>
        )}
        {open !== null && <DeviceDrawer key={open} sn={open} onClose={() => setOpen(null)} />}
      </div>
      {alarms && <Ticker alarms={alarms} onOpen={toggle} />}
    </div>
  );
}
