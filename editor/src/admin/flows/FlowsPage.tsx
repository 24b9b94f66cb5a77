/** The flows of the site: what runs, what has problems, and where a new one begins. */
import { useEffect, useState } from "react";
import { api, segment } from "../../platform/api/client";
import { socket } from "../../platform/api/socket";
import type { FlowSummary } from "../../platform/api/types";
import { useWords } from "../../platform/i18n";
import { Button, IconButton } from "../../platform/kit/Button";
import { Confirm } from "../../platform/kit/Confirm";
import { ConfirmDelete } from "../../platform/kit/ConfirmDelete";
import { Icon } from "../../platform/kit/Icon";
import { type Level, State } from "../../platform/kit/State";
import { Table } from "../../platform/kit/Table";
import { toastError } from "../../platform/kit/toasts";
import { useLoaded } from "../../platform/kit/useLoaded";
import { Link } from "../../platform/router/Link";
import { NewFlow } from "./NewFlow";

const levels: Record<FlowSummary["status"], Level> = { running: "ok", degraded: "warning", stopped: "off" };

export default function FlowsPage() {
  const { t, localize } = useWords();
  const { value: flows, reload } = useLoaded<FlowSummary[]>("/flows");
  const [making, setMaking] = useState<"empty" | "import" | null>(null);
  const [stopping, setStopping] = useState<FlowSummary | null>(null);
  const [deleting, setDeleting] = useState<FlowSummary | null>(null);
  useEffect(() => socket.subscribe("flows", () => void reload()), [reload]);

  const turn = async (flow: FlowSummary) => {
    try {
      const disabled = !flow.disabled;
      await api.post(`/flows/${segment(flow.name)}/deploy`, { base: flow.revision, operations: [{ op: "set_flow", disabled }], note: t(disabled ? "flows.turned-off" : "flows.turned-on") });
      await reload();
    } catch (error) {
      toastError(error);
    }
  };

  return (
    <div className="page">
      <header className="page-head">
        <h1>{t("page.flows")}</h1>
        <Button icon="upload" needs="admin" onClick={() => setMaking("import")}>{t("flows.import")}</Button>
        <Button icon="plus" kind="primary" needs="admin" onClick={() => setMaking("empty")}>{t("flows.new")}</Button>
      </header>
      {flows?.length === 0 ? <div className="card empty"><Icon name="workflow" size={32} /><p>{t("flows.none")}</p></div> : flows && (
        <Table
          label={t("page.flows")}
          rows={flows}
          keyOf={(flow) => flow.name}
          columns={[
            { id: "name", label: t("flows.title"), cell: (flow) => <Link href={`/flows/${segment(flow.name)}`}><strong>{localize(flow.title) || flow.name}</strong></Link> },
            { id: "file", label: t("flows.name"), cell: (flow) => <code>{flow.name}</code> },
            { id: "process", label: t("flows.process"), cell: (flow) => flow.process },
            { id: "status", label: t("flows.status"), cell: (flow) => <State level={flow.disabled ? "off" : levels[flow.status]} text={t(flow.disabled ? "flows.disabled" : `flows.${flow.status}`)} /> },
            { id: "disk", label: t("flows.file"), cell: (flow) => (flow.file_note ? <span className="badge badge-warning" title={flow.file_note}>{flow.file_note}</span> : flow.changed_on_disk ? <span className="badge badge-warning">{t("flows.changed")}</span> : <span className="flows-same">{t("flows.same")}</span>) },
            { id: "problems", label: t("flows.problems"), cell: (flow) => (flow.problems ? <span className="badge badge-error">{flow.problems}</span> : <span className="badge">0</span>) },
            { id: "nodes", label: t("flows.nodes"), cell: (flow) => <span className="number">{flow.nodes}</span> },
            { id: "delete", label: "", className: "actions", cell: (flow) => <>
              <IconButton icon="power" needs="admin" aria-pressed={!flow.disabled} label={t(flow.disabled ? "flows.turn-on" : "flows.turn-off", { name: flow.name })} disabledReason={flow.changed_on_disk && t("flows.open-first")} onClick={() => (flow.disabled ? void turn(flow) : setStopping(flow))} />
              <IconButton icon="trash-2" needs="admin" label={t("flows.delete", { name: flow.name })} onClick={() => setDeleting(flow)} />
            </> },
          ]}
        />
      )}
      {making && <NewFlow importing={making === "import"} onClose={() => setMaking(null)} />}
      {stopping && (
        <Confirm title={t("flows.turn-off", { name: stopping.name })} text={t("flows.turn-off.ask", { name: localize(stopping.title) || stopping.name, count: stopping.nodes })}
          action={t("flows.turned-off")} onYes={() => void turn(stopping)} onClose={() => setStopping(null)} />
      )}
      {deleting && (
        <ConfirmDelete title={t("flows.delete", { name: deleting.name })} text={t("flows.delete.ask", { name: deleting.name })}
          path={`/flows/${segment(deleting.name)}`} body={{ base: deleting.revision }} onGone={reload} onClose={() => setDeleting(null)} />
      )}
    </div>
  );
}
