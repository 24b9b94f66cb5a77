/** What all cards have: a name, a switch, the last result, saving, undoing, and a test with the real answer. */
import type { ReactNode } from "react";
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { SelectField, SwitchField, TextField } from "../../platform/kit/Field";
import { Icon } from "../../platform/kit/Icon";
import { State } from "../../platform/kit/State";
import { dateTime } from "../../platform/kit/time";
import { TestResult } from "./TestResult";
import type { Card, Settings } from "./types";
import type { Editing } from "./useCard";

const icons = { email: "mail", robot: "message-square", sms: "smartphone" };
const levels = { sent: "ok", again: "warning", refused: "error" } as const;

export function CardFrame<S extends Settings>({ card, editing, children }: { card: Card<S>; editing: Editing<S>; children: ReactNode }) {
  const { t } = useWords();
  const { last } = card;
  const { settings, set, problem, dirty, busy, other } = editing;
  const title = t(`channels.${card.kind}`);
  return (
    <section className="card channel" aria-label={title}>
      <header className="channel-head">
        <Icon name={icons[card.kind]} size={20} />
        <h2>{title}</h2>
        <SwitchField label={t(editing.enabled ? "channels.on" : "channels.off")} checked={editing.enabled} onChange={editing.setEnabled} />
      </header>
      <p className="channel-last">
        {last ? <><State level={levels[last.result]} text={t(last.test ? `channels.test.${last.result}` : `channels.result.${last.result}`)} /> <time className="number">{dateTime(last.at)}</time></> : <State level="off" text={t("channels.never")} />}
      </p>
      {other && (
        <div className="channel-other" role="alert">
          <Icon name="triangle-alert" />
          <span>{t("channels.other", { who: other.changed_by })}</span>
          <Button onClick={editing.takeOther}>{t("channels.takeother")}</Button>
        </div>
      )}
      <form className="channel-fields" onSubmit={(event) => { event.preventDefault(); if (dirty && !busy) void editing.save(); }}>
        {children}
        <details className="channel-more">
          <summary>{t("channels.more")}</summary>
          <div className="channel-fields">
            <SelectField label={t("channels.language")} value={settings.language} onChange={(event) => set({ language: event.target.value as "zh" | "en" } as Partial<S>)}
              choices={[{ value: "zh", label: "中文" }, { value: "en", label: "English" }]} />
            <TextField label={t("channels.zone")} value={settings.time_zone} problem={problem("time_zone")} onChange={(event) => set({ time_zone: event.target.value } as Partial<S>)} />
          </div>
        </details>
        <div className="channel-foot">
          <Button icon="save" kind="primary" needs="admin" disabledReason={busy !== "" ? t("channels.busy") : !dirty && t("channels.nochange")} onClick={() => void editing.save()}>{t("kit.save")}</Button>
          {dirty && <Button kind="quiet" onClick={editing.undo}>{t("channels.undo")}</Button>}
          <Button icon="send" needs="admin" disabledReason={busy !== "" && t("channels.busy")} onClick={() => void editing.test()} title={t("channels.test.title")}>
            {t(busy === "testing" ? "channels.testing" : "channels.test")}
          </Button>
        </div>
      </form>
      {editing.answer && <TestResult answer={editing.answer} />}
      {card.changed_at !== null && <p className="channel-changed">{t("channels.changed", { who: card.changed_by, at: dateTime(card.changed_at) })}</p>}
    </section>
  );
}
