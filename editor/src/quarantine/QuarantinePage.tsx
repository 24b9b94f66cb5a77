/** The messages that no node could handle: why, what was in them, replay and discard. */
import { useCallback, useEffect, useState } from "react";
import { api } from "../api/client";
import type { Quarantined } from "../api/types";
import { useWords } from "../i18n";
import { Button } from "../kit/Button";
import { Icon } from "../kit/Icon";
import { State } from "../kit/State";
import { Table } from "../kit/Table";
import { dateTime } from "../kit/time";
import { tellFailure } from "../kit/toasts";
import { MessageDialog } from "./MessageDialog";
import { sizeText } from "../kit/size";
import "./quarantine.css";

const PAGE = 100;

export default function QuarantinePage() {
  const { t } = useWords();
  const [messages, setMessages] = useState<Quarantined[] | null>(null);
  const [more, setMore] = useState(false);
  const [open, setOpen] = useState<Quarantined | null>(null);
  const load = useCallback(async (before?: number) => {
    try {
      const found = await api.get<Quarantined[]>(`/quarantine?limit=${PAGE}${before === undefined ? "" : `&before=${before}`}`);
      setMessages((was) => (before === undefined ? found : [...(was ?? []), ...found]));
      setMore(found.length === PAGE);
    } catch (error) {
      tellFailure(error);
    }
  }, []);
  useEffect(() => void load(), [load]);
  const last = messages?.at(-1);
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t("page.quarantine")}</h1>
        <Button icon="refresh-cw" onClick={() => void load()}>{t("shell.reload")}</Button>
      </header>
      <p className="page-intro">{t("quarantine.intro")}</p>
      {messages?.length === 0 && <div className="card empty"><Icon name="inbox" size={32} /><p>{t("quarantine.none")}</p></div>}
      {messages && messages.length > 0 && (
        <Table label={t("page.quarantine")} rows={messages} keyOf={(message) => String(message.id)} columns={[
          { id: "at", label: t("quarantine.at"), cell: (message) => (
            <button type="button" className="link-button number" onClick={() => setOpen(message)}>{dateTime(message.at)}</button>
          ) },
          { id: "node", label: t("quarantine.node"), cell: (message) => <code>{message.flow}/{message.node}</code> },
          { id: "reason", label: t("quarantine.reason"), cell: (message) => <span className="quarantine-reason">{message.reason}</span> },
          { id: "topic", label: t("quarantine.topic"), cell: (message) => <code>{message.topic}</code> },
          { id: "size", label: t("quarantine.size"), cell: (message) => <span className="number">{sizeText(message.size_bytes)}</span> },
          { id: "state", label: t("quarantine.state"), cell: (message) => (
            <State level={message.replayed ? "off" : "warning"} text={message.replayed ? t("quarantine.replayed", { when: dateTime(message.replayed) }) : t("quarantine.kept")} />
          ) },
        ]} />
      )}
      {more && last && <div><Button onClick={() => void load(last.id)}>{t("quarantine.more")}</Button></div>}
      {open && <MessageDialog message={open} onClose={() => setOpen(null)} onDone={() => void load()} />}
    </div>
  );
}
