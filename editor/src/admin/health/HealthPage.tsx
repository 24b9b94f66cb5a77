/** How the site is: services, flows, and what is in trouble. Kept current over the socket. */
import { useEffect } from "react";
import { segment } from "../../platform/api/client";
import { socket } from "../../platform/api/socket";
import type { Health } from "../../platform/api/types";
import { declaredTitle, useWords } from "../../platform/i18n";
import { type Level, State } from "../../platform/kit/State";
import { Table } from "../../platform/kit/Table";
import { useLoaded } from "../../platform/kit/useLoaded";
import { Link } from "../../platform/router/Link";
import { factsText } from "./facts";
import "./health.css";

const levels: Record<string, Level> = { ok: "ok", degraded: "warning", locked: "error", stopped: "error" };

export default function HealthPage() {
  const { t } = useWords();
  const { value: health, reload } = useLoaded<Health>("/health");
  useEffect(() => socket.subscribe("health", () => void reload()), [reload]);
  const state = (status: string) => <State level={levels[status] ?? "info"} text={t(`health.state.${status}`)} />;
  if (!health) return <div className="page"><header className="page-head"><h1>{t("page.health")}</h1></header></div>;
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t("page.health")}</h1>
        <span className="badge">{t("health.version", { version: health.version })}</span>
      </header>
      <div className={`card health-sum health-${health.status}`} role="status">
        <State level={levels[health.status] ?? "info"} text={health.starting ? t("health.starting", { what: health.starting }) : t(`health.${health.status}`)} />
        <Link href="/quarantine">{t("health.quarantined", { count: health.quarantined })}</Link>
      </div>
      <h2>{t("health.services")}</h2>
      <Table label={t("health.services")} rows={Object.entries(health.services)} keyOf={([name]) => name} columns={[
        { id: "name", label: t("health.service"), cell: ([name]) => <strong>{declaredTitle("service", name)}</strong> },
        { id: "state", label: t("health.state"), cell: ([, service]) => state(service.status) },
        { id: "facts", label: t("health.facts"), cell: ([, service]) => <span className="health-facts">{service.problem || factsText(service)}</span> },
      ]} />
      <h2>{t("health.flows")}</h2>
      <Table label={t("health.flows")} rows={Object.entries(health.flows)} keyOf={([name]) => name} columns={[
        { id: "name", label: t("health.flow"), cell: ([name]) => <Link href={`/flows/${segment(name)}`}><strong>{name}</strong></Link> },
        { id: "state", label: t("health.state"), cell: ([, flow]) => state(flow.status) },
        { id: "way", label: t("health.under_way"), cell: ([, flow]) => <span className="number">{flow.under_way}</span> },
        { id: "problems", label: t("health.problems"), cell: ([, flow]) => (
          <ul className="health-problems">
            {flow.refused && <li>{flow.refused}</li>}
            {flow.file && <li>{flow.file}</li>}
            {flow.problems?.map((problem) => <li key={problem}>{problem}</li>)}
            {Object.entries(flow.nodes).map(([node, problem]) => <li key={node}><code>{node}</code> {problem}</li>)}
          </ul>
        ) },
      ]} />
    </div>
  );
}
