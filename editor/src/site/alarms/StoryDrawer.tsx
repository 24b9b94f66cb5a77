/** The whole story of one alarm: what it was judged by, what happened, and what each channel answered. */
import { useEffect, useState } from "react";
import { api } from "../../platform/api/client";
import { ApiError } from "../../platform/api/problem";
import { useWords } from "../../platform/i18n";
import { Drawer } from "../../platform/kit/Drawer";
import { State } from "../../platform/kit/State";
import { clockTime, dateTime } from "../../platform/kit/time";
import { toastError } from "../../platform/kit/toasts";
import { alarmSubject } from "../live/alarmSubject";
import { formatValue } from "../live/format";
import type { OpenAlarm } from "../live/types";
import { duration } from "./duration";
import { levelOf, priorityBadge } from "./order";
import type { AlarmEvent, Story } from "./types";

export interface AlarmRef {
  sn: string;
  type: string;
  raised_at: number;
}

const RETRY_MS = 1500;
/** A state that is not stored by then waits longer than is worth asking: the next event asks again. */
const MAX_ATTEMPTS = 6;
const JUDGED: [string, string][] = [
  ["v_raw", ""], ["temp", "°C"], ["k", ""], ["b", ""], ["t_coef", ""], ["formula", ""], ["conc", "unit"], ["conc_raw", "unit"], ["limit", "unit"], ["deadband", "unit"], ["delay_s", "s"],
  ["seq", ""], ["err", ""], ["last_reading", "time"], ["missed", ""], ["answer", ""], ["devices", ""], ["problem", ""],
];

/** `now` is the alarm as it is: with every change of it the story goes on while it is read. */
export function StoryDrawer({ which, now, onClose }: { which: AlarmRef; now: OpenAlarm | null; onClose: () => void }) {
  const { t } = useWords();
  const [story, setStory] = useState<Story | null>(null);
  const [missing, setMissing] = useState(false);
  const { sn, type, raised_at } = which;
  useEffect(() => {
    const gone = new AbortController();
    let timer = 0;
    let attempts = 0;
    // An alarm is shown before it is stored, and so is what happens to it: it will be there in a moment.
    const again = () => void (timer = window.setTimeout(() => void load(), RETRY_MS));
    const load = async () => {
      try {
        const query = new URLSearchParams({ sn, type, raised_at: String(raised_at) });
        const stored = await api.get<Story>(`/alarms/story?${query}`, gone.signal);
        setStory(stored);
        setMissing(false);
        if (stored.alarm.state !== (now?.state ?? "normal") && ++attempts < MAX_ATTEMPTS) again();
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) {
          setMissing(true);
          again();
        } else toastError(error);
      }
    };
    void load();
    return () => {
      gone.abort();
      clearTimeout(timer);
    };
  }, [sn, type, raised_at, now]);

  const title = `${alarmSubject({ sn, type })} ${t(`alarm.${type}`)}`;
  if (!story) return <Drawer title={title} onClose={onClose}><p role="status">{t(missing ? "alarms.notstored" : "kit.loading")}</p></Drawer>;
  const { alarm, first, events, notifications } = story;
  const valueOf = (name: string, kind: string) => {
    const value = first[name];
    if (kind === "time" && typeof value === "number") return dateTime(value);
    if (typeof value === "number") return `${Number(value.toPrecision(8))} ${kind === "unit" ? alarm.unit : kind}`.trim();
    return String(value);
  };
  const judged = JUDGED.filter(([name]) => first[name] !== undefined && first[name] !== null && first[name] !== "");
  return (
    <Drawer title={title} onClose={onClose}>
      <div className="story">
        <p className="story-state"><State level={levelOf(alarm)} text={t(`alarmstate.${alarm.state}`)} /> <span className={`badge ${priorityBadge[alarm.priority]}`}>{t(`alarms.priority.${alarm.priority}`)}</span></p>
        <dl className="facts">
          <Fact name={t("alarms.raised")}>{dateTime(alarm.raised_at)}</Fact>
          <Fact name={t("alarms.lasted")}>{alarm.returned_at === null ? t("alarms.goeson") : duration(alarm.returned_at - alarm.raised_at)}</Fact>
          {alarm.peak !== null && <Fact name={t("alarms.peakvalue")}>{formatValue(alarm.peak)} {alarm.unit}</Fact>}
          {(alarm.name || alarm.location) && <Fact name={t("alarms.place")}>{[alarm.name, alarm.location].filter(Boolean).join(" · ")}</Fact>}
          {alarm.acknowledged_by && <Fact name={t("alarms.acknowledgedby")}>{alarm.acknowledged_by} {alarm.acknowledged_at !== null && dateTime(alarm.acknowledged_at)}</Fact>}
        </dl>
        <h3>{t("story.judged")}</h3>
        <dl className="facts">{judged.map(([name, kind]) => <Fact key={name} name={t(`story.${name}`)}><span className="number">{valueOf(name, kind)}</span></Fact>)}</dl>
        <h3>{t("story.happened")}</h3>
        <ol className="story-events">{foldContinued(events.map(({ event }) => event)).map(({ event, count }) => <EventLine key={event.id} event={event} count={count} />)}</ol>
        <h3>{t("story.notifications")}</h3>
        {notifications.length === 0 ? <p className="muted">{t("story.nobody")}</p> : (
          <ol className="story-events">
            {notifications.map((one) => (
              <li key={one.id}>
                <time className="number">{clockTime(new Date(one.at * 1000))}</time>
                <div>
                  <State level={one.result === "sent" ? "ok" : one.result === "again" ? "warning" : "error"} text={`${t(`channels.${one.channel}`)} · ${t(`channels.result.${one.result}`)}`} />
                  {one.count > 1 && <span className="muted"> {t("story.group", { count: one.count })}</span>}
                  <code className="answer">{one.answer}</code>
                </div>
              </li>
            ))}
          </ol>
        )}
      </div>
    </Drawer>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return <div><dt>{name}</dt><dd>{children}</dd></div>;
}

/** Readings that only went on beyond the limit are one line, with the last of them. */
function foldContinued(events: AlarmEvent[]): { event: AlarmEvent; count: number }[] {
  const lines: { event: AlarmEvent; count: number }[] = [];
  for (const event of events) {
    const before = lines.at(-1);
    if (event.kind === "continued" && before?.event.kind === "continued") lines[lines.length - 1] = { event, count: before.count + 1 };
    else lines.push({ event, count: 1 });
  }
  return lines;
}

function EventLine({ event, count }: { event: AlarmEvent; count: number }) {
  const { t } = useWords();
  const why = event.notified ? t("story.notified") : t(`story.${event.not_notified_reason}`, { until: event.quiet_until === null ? "" : dateTime(event.quiet_until) });
  return (
    <li>
      <time className="number">{clockTime(new Date(event.at * 1000))}</time>
      <div>
        <strong>{t(`event.${event.kind}`)}{count > 1 && ` × ${count}`}</strong>
        {event.value !== null && <span className="number"> {formatValue(event.value)} {event.unit}</span>}
        <div className="muted">{[event.by && t("alarms.by", { who: event.by }), event.reason, event.until !== null && t("alarms.until", { at: dateTime(event.until) }), why].filter(Boolean).join(" · ")}</div>
      </div>
    </li>
  );
}
