/** Alarms: what is not normal now, what was, and how good the alarms are. */
import { useEffect, useState } from "react";
import { useWords } from "../../platform/i18n";
import { Tabs } from "../../platform/kit/Tabs";
import { alarmKey } from "../live/alarms";
import { openAlarms, useOpenAlarms } from "../live/openAlarms";
import { ActiveAlarms } from "./ActiveAlarms";
import { AlarmFigures } from "./AlarmFigures";
import { AlarmHistory } from "./AlarmHistory";
import { type AlarmRef, StoryDrawer } from "./StoryDrawer";
import "./alarms.css";

type Tab = "active" | "history" | "figures";

export default function AlarmsPage() {
  const { t } = useWords();
  useEffect(() => openAlarms.follow(), []);
  const [tab, setTab] = useState<Tab>("active");
  const [story, setStory] = useState<AlarmRef | null>(null);
  useEffect(() => {
    if (!story) return;
    const close = (event: KeyboardEvent) => event.key === "Escape" && !document.querySelector("dialog[open]") && setStory(null);
    addEventListener("keydown", close);
    return () => removeEventListener("keydown", close);
  }, [story]);
  const open = (alarm: { sn: string; type: string; raised_at: number | null }) =>
    alarm.raised_at !== null && setStory({ sn: alarm.sn, type: alarm.type, raised_at: alarm.raised_at });
  const now = useOpenAlarms(({ bySn }) => (story && bySn?.get(story.sn)?.get(story.type)) ?? null);
  return (
    <div className={story ? "alarms alarms-with-story" : "alarms"}>
      <div className="alarms-main">
        <div className="page">
          <header className="page-head"><h1>{t("page.alarms")}</h1></header>
          <Tabs label={t("page.alarms")} open={tab} onOpen={setTab} tabs={[{ id: "active", label: t("alarms.active") }, { id: "history", label: t("alarms.history") }, { id: "figures", label: t("alarms.figures") }]} />
          {tab === "active" && <ActiveAlarms chosen={story ? alarmKey(story) : ""} onOpen={open} />}
          {tab === "history" && <AlarmHistory onOpen={open} />}
          {tab === "figures" && <AlarmFigures />}
        </div>
      </div>
      {story && <StoryDrawer key={`${alarmKey(story)} ${story.raised_at}`} which={story} now={now?.raised_at === story.raised_at ? now : null} onClose={() => setStory(null)} />}
    </div>
  );
}
