/** The way of one message: what every node was given and sent, what it changed, how long it took. Its way lights up on the canvas. */
import { useEffect, useState } from "react";
import { addressOfRunning, runningIds } from "../../model/flow/runtimeIds";
import { addressOf, nodesByAddress } from "../../model/flow/sheet";
import { api, segment } from "../../platform/api/client";
import { sameJson } from "../../platform/api/json";
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { StateMark } from "../../platform/kit/State";
import { clockTime } from "../../platform/kit/time";
import { toastError } from "../../platform/kit/toasts";
import { changesBetween } from "../../platform/kit/values";
import { ValueTree } from "../../platform/kit/ValueTree";
import { useCanvasController } from "../canvas/CanvasController";
import { revealNode } from "../canvas/revealNode";
import { useDocument } from "../editing/context";
import { modelIn } from "../editing/FlowDocument";
import { type Hop, shortTime, useTraceState, useTracing } from "./Tracing";
import "./debug.css";

const LOOK_MS = 700;
const NONE: ReadonlySet<string> = new Set();

export default function TracePanel() {
  const canvas = useCanvasController();
  const { doc } = canvas;
  const { t, localize } = useWords();
  const { name: flow } = doc;
  const tracing = useTracing();
  const model = useDocument(modelIn);
  const { rows, until, wanted, open } = useTraceState();
  const [key, setKey] = useState("");
  const [hops, setHops] = useState<Hop[] | null>(null);
  const [now, setNow] = useState(Date.now());
  const waiting = until > now;
  const nodes = nodesByAddress(model);
  const titleOf = (id: string): string => localize(nodes.get(addressOfRunning(model, id))?.title) || id;

  useEffect(() => {
    tracing.load().catch(() => undefined);
    return () => {
      tracing.set({ open: null });
      canvas.set({ traced: NONE });
    };
  }, [tracing, canvas]);
  useEffect(() => {
    if (!wanted) return;
    setKey(wanted.key);
    void tracing.begin(1, wanted);
  }, [wanted, tracing]);
  useEffect(() => {
    if (!until) return;
    const known = tracing.state.rows[0]?.id;
    const timer = setInterval(() => {
      setNow(Date.now());
      tracing.load().then(() => {
        const first = tracing.state.rows[0];
        if (first && first.id !== known && first.hops > 0) {
          tracing.set({ open: first.id, until: 0 });
          clearInterval(timer);
        }
      }, () => undefined);
      if (Date.now() > until) clearInterval(timer);
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [until, tracing]);
  useEffect(() => {
    setHops(null);
    if (!open) return canvas.set({ traced: NONE });
    const stop = new AbortController();
    api.get<{ hops: Hop[] }>(`/flows/${segment(flow)}/traces/${open}`, stop.signal).then((answer) => {
      setHops(answer.hops);
      canvas.set({ traced: new Set(answer.hops.flatMap((hop) => [hop.node, ...hop.outputs.map(([port]) => `${hop.node}.${port}`)])) });
    }, toastError);
    return () => stop.abort();
  }, [open, flow, canvas]);

  const selected = doc.selectedNodes();
  const node = selected.length === 1 ? runningIds(model, addressOf(doc.scope, selected[0] ?? ""))[0] ?? "" : "";
  const longest = Math.max(...(hops ?? []).map((hop) => hop.seconds), 1e-9);
  return (
    <div className="data-panel">
      <div className="debug-bar">
        <input className="input debug-filter" value={key} placeholder={t("trace.key")} aria-label={t("trace.key")} onChange={(event) => setKey(event.target.value)} />
        <Button icon="route" needs="operator" disabledReason={waiting && t("trace.waiting", { seconds: Math.ceil((until - now) / 1000) })} onClick={() => void tracing.begin(1, { key, node: "" })}>{t("trace.next")}</Button>
        <Button kind="quiet" needs="operator" onClick={() => void tracing.begin(10, { key, node: "" })}>{t("trace.ten")}</Button>
        <Button kind="quiet" needs="operator" disabledReason={!node && t("trace.choose")} onClick={() => void tracing.begin(1, { key, node })}>{t("trace.through")}</Button>
        {waiting && <span className="badge badge-info" role="status">{t("trace.waiting", { seconds: Math.ceil((until - now) / 1000) })}</span>}
      </div>
      <div className="debug-split">
        <ul className="trace-list" aria-label={t("trace.list")}>
          {rows.length === 0 && <li className="data-panel-none">{t("trace.none")}</li>}
          {rows.map((row) => (
            <li key={row.id}>
              <button type="button" className="trace-row" aria-pressed={row.id === open} onClick={() => tracing.set({ open: row.id === open ? null : row.id })}>
                <StateMark level={row.failed ? "error" : "ok"} />
                <span><time className="number">{clockTime(new Date(row.at * 1000))}</time> {titleOf(row.nodes[0] ?? "")}</span>
                <span className="number">{t("trace.hops", { count: row.hops })} · {shortTime(row.seconds)}</span>
              </button>
            </li>
          ))}
        </ul>
        <div className="trace-main" tabIndex={0} role="region" aria-label={t("trace.way")}>
          {hops && (
            <ol className="trace-hops">
              {hops.map((hop, index) => (
                <li key={index} className="trace-hop" data-failed={hop.error || undefined}>
                  <span className="trace-dot" aria-hidden="true" />
                  <div>
                    <div className="trace-head">
                      <button type="button" onClick={() => { const address = addressOfRunning(model, hop.node); if (address) revealNode(canvas, address); }}>{titleOf(hop.node)}</button>
                      <code>{hop.node}</code>
                      <span className="trace-ms number">{index === 0 && hop.seconds === 0 ? clockTime(new Date(hop.at * 1000)) : shortTime(hop.seconds)}</span>
                    </div>
                    <div className="trace-bar" style={{ width: `${Math.max(1, (hop.seconds / longest) * 100)}%` }} aria-hidden="true" />
                    {hop.error && <p className="field-problem">{hop.error}</p>}
                    <div className="trace-sides">
                      {!(index === 0 && hop.seconds === 0 && sameJson(hop.given, hop.outputs[0]?.[1])) && <div className="trace-side"><h4>{t("trace.in")}</h4><ValueTree value={hop.given} root="payload" /></div>}
                      {hop.outputs.map(([port, value], at) => (
                        <div key={at} className="trace-side"><h4>{t("trace.out", { port })}</h4><ValueTree value={value} root="payload" marks={changesBetween(hop.given, value, ["payload"])} /></div>
                      ))}
                      {hop.outputs.length === 0 && !hop.error && <div className="trace-side"><h4>{t("trace.ends")}</h4></div>}
                    </div>
                  </div>
                </li>
              ))}
            </ol>
          )}
          {!hops && <p className="data-panel-none">{t(open ? "kit.loading" : "trace.hint")}</p>}
        </div>
      </div>
    </div>
  );
}
