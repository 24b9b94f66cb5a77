/** One quarantined message, whole, with what can be done about it. */
import { useState } from "react";
import { api } from "../../platform/api/client";
import type { Quarantined } from "../../platform/api/types";
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { formatBytes } from "../../platform/kit/byteSize";
import { Confirm } from "../../platform/kit/Confirm";
import { Dialog } from "../../platform/kit/Dialog";
import { dateTime } from "../../platform/kit/time";
import { toast, toastError } from "../../platform/kit/toasts";

const SHOWN_BYTES = 16_384;

export function MessageDialog({ message, onClose, onDone }: { message: Quarantined; onClose: () => void; onDone: () => void }) {
  const { t } = useWords();
  const [asking, setAsking] = useState(false);
  const act = async (call: () => Promise<unknown>, done?: string) => {
    try {
      await call();
      if (done) toast("ok", done);
      onDone();
      onClose();
    } catch (error) {
      toastError(error);
    }
  };
  const reprocess = () => act(() => api.post(`/quarantine/${message.id}/reprocess`), t("quarantine.again", { node: message.node }));
  const facts: [string, string][] = [
    [t("quarantine.at"), dateTime(message.at)],
    [t("quarantine.node"), `${message.flow}/${message.node}`],
    [t("quarantine.topic"), message.topic],
    [t("quarantine.size"), formatBytes(message.size_bytes)],
  ];
  if (asking) {
    return <Confirm title={t("quarantine.discard")} text={t("quarantine.discard.ask")} action={t("quarantine.discard")}
      onYes={() => void act(() => api.delete(`/quarantine/${message.id}`))} onClose={() => setAsking(false)} />;
  }
  return (
    <Dialog title={t("quarantine.message", { id: message.id })} onClose={onClose} wide foot={<>
      <Button icon="trash-2" kind="danger" needs="admin" onClick={() => setAsking(true)}>{t("quarantine.discard")}</Button>
      <Button icon="repeat" kind="primary" needs="operator" disabledReason={message.cut && t("quarantine.cut")} onClick={() => void reprocess()}>{t("quarantine.reprocess")}</Button>
    </>}>
      <p className="quarantine-why">{message.reason}</p>
      <dl className="facts">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
      <h3>{t("quarantine.payload")}{message.size_bytes > SHOWN_BYTES && <span className="badge">{t("quarantine.shown")}</span>}</h3>
      <pre className="quarantine-payload" tabIndex={0}>{message.payload || t("quarantine.empty")}</pre>
      {message.cut && <p>{t("quarantine.cut")}</p>}
      {Object.keys(message.props).length > 0 && <>
        <h3>{t("quarantine.props")}</h3>
        <pre className="quarantine-payload" tabIndex={0}>{JSON.stringify(message.props, null, 2)}</pre>
      </>}
    </Dialog>
  );
}
