/** The next messages on the wire that is selected: rate, samples, the value of each. Nothing is deployed for it. */
import { useEffect, useReducer, useRef, useState } from "react";
import { nodesByAddress } from "../../model/flow/sheet";
import { socket } from "../../platform/api/socket";
import { useWords } from "../../platform/i18n";
import { Button, IconButton } from "../../platform/kit/Button";
import { formatBytes } from "../../platform/kit/byteSize";
import { clockTime } from "../../platform/kit/time";
import { throttled } from "../../platform/kit/timing";
import { oneLine } from "../../platform/kit/values";
import { ValueTree } from "../../platform/kit/ValueTree";
import { formatRate } from "../../platform/live/telemetry";
import { useCanvasController } from "../canvas/CanvasController";
import { useDocument } from "../editing/context";
import { modelIn } from "../editing/FlowDocument";
import { openPanel } from "../editing/panelLayout";
import { useTestBench } from "../testing/TestBench";
import { Facts } from "./DebugPanel";
import { useInspectedWire } from "./inspectedWire";
import { useTracing } from "./Tracing";
import "./debug.css";

interface Tapped {
  at: number;
  time: number;
  topic: string;
  key: string;
  id: string;
  value: unknown;
  size_bytes: number;
  count: number;
}

const KEPT = 200;
const DRAW_MS = 200;

export default function TapPanel() {
  const { t } = useWords();
  const looked = useInspectedWire();
  if (!looked) return <p className="data-panel-none">{t("tap.none")}</p>;
  return <Wire key={`${looked.node}.${looked.port}`} address={looked.address} node={looked.node} port={looked.port} />;
}

function Wire({ address, node, port }: { address: string; node: string; port: string }) {
  const canvas = useCanvasController();
  const { t, localize } = useWords();
  const { name: flow } = canvas.doc;
  const tracing = useTracing();
  const bench = useTestBench();
  const title = useDocument((state) => nodesByAddress(modelIn(state)).get(address)?.title);
  const kept = useRef<Tapped[]>([]);
  const paused = useRef(false);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const [open, setOpen] = useState<Tapped | null>(null);
  const [problem, setProblem] = useState("");
  const [missed, setMissed] = useState(0);
  useEffect(() => {
    const { soon, stop } = throttled(redraw, DRAW_MS);
    const end = socket.subscribe<Tapped>(`tap:${flow}/${node}/${port}`, ({ items, error }) => {
      if (error) {
        setProblem(typeof error === "string" ? error : error.message ?? "");
        return;
      }
      setProblem("");
      if (paused.current) return setMissed((count) => count + items.length);
      kept.current = [...items.toReversed(), ...kept.current].slice(0, KEPT);
      soon();
    });
    return () => {
      end();
      stop();
    };
  }, [flow, node, port]);
  const rows = kept.current;
  const shown = open ?? rows[0] ?? null;
  const rate = canvas.telemetry.wires[`${node}.${port}`]?.perSecond ?? 0;
  return (
    <div className="data-panel">
      <div className="debug-bar">
        <strong>{localize(title) || node}</strong><code>{port}</code>
        <span className="tap-rate number">{formatRate(rate) || "0/s"}</span>
        <span className="debug-count number">{t("tap.count", { count: rows[0]?.count ?? 0 })}</span>
        {missed > 0 && paused.current && <span className="badge badge-warning">{t("debug.skipped", { count: missed })}</span>}
        <Button icon={paused.current ? "play" : "pause"} aria-pressed={paused.current} onClick={() => {
          paused.current = !paused.current;
          setMissed(0);
          redraw();
        }}>{t(paused.current ? "debug.resume" : "debug.pause")}</Button>
      </div>
      {problem && <p className="notice notice-warning">{problem}</p>}
      <div className="debug-split">
        <div className="debug-list" role="log" aria-live="off" aria-label={t("tap.title")} tabIndex={0}>
          {rows.length === 0 && !problem && <p className="data-panel-none" role="status">{t("tap.waiting")}</p>}
          {rows.map((row) => (
            <div key={row.count} className="debug-row" data-open={shown === row || undefined}>
              <time className="number">{clockTime(new Date(row.at * 1000))}</time>
              <span className="debug-topic">{row.key || row.topic}</span>
              <button type="button" className="debug-value" title={t("tap.open", { number: row.count })} onClick={() => setOpen(row)}>{oneLine(row.value)}</button>
              {row.size_bytes > 16_384 && <span className="badge badge-warning">{formatBytes(row.size_bytes)}</span>}
            </div>
          ))}
        </div>
        {shown && (
          <aside className="debug-detail" aria-label={t("debug.detail")}>
            <div className="debug-detail-head">
              <strong>{t("tap.message", { number: shown.count })}</strong>
              <span>
                <IconButton icon="route" label={t("tap.trace")} needs="operator" onClick={() => { tracing.set({ wanted: { key: shown.key, node: "" } }); openPanel("trace"); }} />
                <IconButton icon="flask-conical" label={t("tap.sample")} needs="admin" onClick={() => { bench.sampleFrom(address, port, { payload: shown.value, topic: shown.topic, key: shown.key }); openPanel("test"); }} />
              </span>
            </div>
            <Facts of={[["topic", shown.topic], ["key", shown.key], [t("debug.size"), formatBytes(shown.size_bytes)]]} />
            {shown.size_bytes > 16_384 && typeof shown.value === "string" && <p className="notice notice-warning">{t("debug.cut", { size: formatBytes(shown.size_bytes) })}</p>}
            <ValueTree key={shown.count} value={shown.value} root="payload" open={2} />
          </aside>
        )}
      </div>
    </div>
  );
}
