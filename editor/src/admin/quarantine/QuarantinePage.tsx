/** The messages that no node could handle: why, what was in them, reprocess and discard. */
import { useState } from "react";
import type { Quarantined } from "../../platform/api/types";
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { formatBytes } from "../../platform/kit/byteSize";
import { Icon } from "../../platform/kit/Icon";
import { State } from "../../platform/kit/State";
import { Table } from "../../platform/kit/Table";
import { dateTime } from "../../platform/kit/time";
import { usePaged } from "../../platform/kit/usePaged";
import { MessageDialog } from "./MessageDialog";
import { ReprocessAll } from "./ReprocessAll";
import "./quarantine.css";

const NOTHING: { flow?: string; node?: string } = {};

export default function QuarantinePage() {
  const { t } = useWords();
  const [open, setOpen] = useState<Quarantined | null>(null);
  const [place, setPlace] = useState("");
  const wanted = place ? { flow: place.slice(0, place.indexOf("/")), node: place.slice(place.indexOf("/") + 1) } : NOTHING;
  const { rows: messages, older, reload } = usePaged<Quarantined>("/quarantine", wanted);
  // With a filter the others are not loaded, and are to stay in the list.
  const [places, setPlaces] = useState<string[]>([]);
  const fresh = (messages ?? []).map(({ flow, node }) => `${flow}/${node}`).filter((one) => !places.includes(one));
  if (fresh.length) setPlaces([...new Set([...places, ...fresh])].toSorted());
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t("page.quarantine")}</h1>
        {places.length > 1 && (
          <select className="input quarantine-filter" aria-label={t("quarantine.filter")} value={place} onChange={(event) => setPlace(event.target.value)}>
            <option value="">{t("quarantine.everywhere")}</option>
            {places.map((one) => <option key={one} value={one}>{one}</option>)}
          </select>
        )}
        <ReprocessAll wanted={wanted} onDone={reload} />
        <Button icon="refresh-cw" onClick={reload}>{t("shell.reload")}</Button>
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
          { id: "size", label: t("quarantine.size"), cell: (message) => <span className="number">{formatBytes(message.size_bytes)}</span> },
          { id: "state", label: t("quarantine.state"), cell: (message) => (
            <State level={message.reprocessed ? "off" : "warning"} text={message.reprocessed ? t("quarantine.reprocessed", { when: dateTime(message.reprocessed) }) : t("quarantine.waits")} />
          ) },
        ]} />
      )}
      {older && <div><Button onClick={older}>{t("quarantine.more")}</Button></div>}
      {open && <MessageDialog message={open} onClose={() => setOpen(null)} onDone={reload} />}
    </div>
  );
}
