/** What debug nodes and failing nodes show, as it comes: 10,000 rows of which only those in sight are drawn. */
import { useEffect, useMemo, useReducer, useRef, useState } from "react";
import { addressOfRunning, runningIds } from "../../model/flow/runtimeIds";
import { addressOf, nodesByAddress } from "../../model/flow/sheet";
import { api } from "../../platform/api/client";
import { socket } from "../../platform/api/socket";
import { useWords } from "../../platform/i18n";
import { Button, IconButton } from "../../platform/kit/Button";
import { formatBytes } from "../../platform/kit/byteSize";
import { Icon } from "../../platform/kit/Icon";
import { onPress } from "../../platform/kit/onPress";
import { clockTime } from "../../platform/kit/time";
import { throttled, useDebounced } from "../../platform/kit/timing";
import { toastError } from "../../platform/kit/toasts";
import { oneLine } from "../../platform/kit/values";
import { ValueTree } from "../../platform/kit/ValueTree";
import { useVirtualRows } from "../../platform/kit/virtualRows";
import { useCanvasController } from "../canvas/CanvasController";
import { revealNode } from "../canvas/revealNode";
import { useDocument } from "../editing/context";
import { modelIn } from "../editing/FlowDocument";
import { type DebugRow, DebugRows } from "./DebugRows";
import "./debug.css";

const ROW = 26;
const DRAW_MS = 250;
const TYPING_MS = 250;
type Where = "flow" | "node" | "site";

export default function DebugPanel() {
  const canvas = useCanvasController();
  const { doc } = canvas;
  const { t, localize } = useWords();
  const { name: flow } = doc;
  const model = useDocument(modelIn);
  const scope = useDocument((state) => state.scope);
  const selected = useDocument((state) => state.selected);
  const rows = useRef(new DebugRows()).current;
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const [where, setWhere] = useState<Where>("flow");
  const [typed, setTyped] = useState("");
  const text = useDebounced(typed, TYPING_MS);
  const [open, setOpen] = useState<DebugRow | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const nodes = useMemo(() => (where === "node" ? doc.selectedNodes().flatMap((id) => runningIds(model, addressOf(scope, id))) : []), [where, selected, scope, model]);
  const nodesKey = nodes.join(" ");
  const titles = useMemo(() => nodesByAddress(model), [model]);

  useEffect(() => {
    let ended = false;
    const { soon, stop } = throttled(redraw, DRAW_MS);
    const filter = { flow: where === "site" ? "" : flow, nodes, text };
    const fits = (row: DebugRow): boolean => (!filter.flow || row.flow === filter.flow) && (nodes.length === 0 || nodes.includes(row.node)) && (!text || JSON.stringify(row).toLowerCase().includes(text.toLowerCase()));
    const early: DebugRow[] = [];
    let loaded = false;
    const end = socket.subscribe<DebugRow>("debug", ({ items, skipped }) => {
      if (!loaded) early.push(...items);
      else rows.add(items, skipped ?? 0);
      soon();
    }, filter);
    api.get<DebugRow[]>("/debug?limit=1000").then((before) => {
      if (ended) return;
      loaded = true;
      const last = before.at(-1)?.number ?? 0;
      rows.fill([...before.filter(fits), ...early.filter(({ number }) => number > last)]);
      soon();
    }, (error: unknown) => {
      if (ended) return;
      loaded = true;
      rows.fill(early);
      soon();
      toastError(error);
    });
    return () => {
      ended = true;
      end();
      stop();
    };
  }, [flow, where, nodesKey, text, rows]);

  useEffect(() => {
    const box = list.current;
    if (box && follows.current && !rows.paused) box.scrollTop = box.scrollHeight;
  });
  const window_ = useVirtualRows(list, rows.count, ROW);
  const shown: DebugRow[] = [];
  for (let index = window_.first; index < Math.min(window_.last, rows.count); index += 1) {
    const row = rows.at(index);
    if (row) shown.push(row);
  }
  const goTo = (row: DebugRow): void => {
    const address = row.flow === flow ? addressOfRunning(model, row.node) : "";
    if (address) revealNode(canvas, address);
  };
  const titleOf = (row: DebugRow): string => (row.flow === flow ? localize(titles.get(addressOfRunning(model, row.node))?.title) || row.node : `${row.flow}/${row.node}`);

  return (
    <div className="debug">
      <div className="debug-bar">
        <input className="input debug-filter" type="search" value={typed} placeholder={t("debug.filter")} aria-label={t("debug.filter")} onChange={(event) => setTyped(event.target.value)} />
        <select className="input debug-where" aria-label={t("debug.where")} value={where} onChange={(event) => setWhere(event.target.value as Where)}>
          <option value="flow">{t("debug.where.flow")}</option>
          <option value="node">{t("debug.where.node")}</option>
          <option value="site">{t("debug.where.site")}</option>
        </select>
        <Button icon={rows.paused ? "play" : "pause"} aria-pressed={rows.paused} onClick={() => {
          if (rows.paused) rows.resume();
          else rows.paused = true;
          redraw();
        }}>{t(rows.paused ? "debug.resume" : "debug.pause")}</Button>
        {rows.paused && <span className="badge badge-warning" role="status">{t("debug.skipped", { count: rows.skipped })}</span>}
        {rows.lost > 0 && <span className="badge badge-warning" title={t("debug.lost.help")}>{t("debug.lost", { count: rows.lost })}</span>}
        <span className="debug-count number">{t("debug.count", { count: rows.count })}</span>
        <IconButton icon="trash-2" label={t("debug.clear")} onClick={() => { rows.clear(); setOpen(null); redraw(); }} />
      </div>
      <div className="debug-split">
        <div ref={list} className="debug-list" role="log" aria-label={t("debug.title")} aria-live="off" tabIndex={0} onScroll={(event) => {
          const box = event.currentTarget;
          follows.current = box.scrollTop + box.clientHeight >= box.scrollHeight - ROW;
        }}>
          {rows.count === 0 && <div className="empty"><Icon name="bug" size={24} /><p>{t("debug.empty")}</p></div>}
          <div style={{ height: window_.above }} />
          {/* Keyed by place: a thousand new rows a second change texts in the rows that are there instead of making new ones. */}
          {shown.map((row, place) => (
            <div key={place} className="debug-row" data-level={row.level} data-open={open?.number === row.number || undefined}>
              <time className="number">{clockTime(new Date(row.time * 1000))}</time>
              <button type="button" className="debug-node" title={t("debug.goto", { node: row.node })} {...onPress(() => goTo(row))}>{titleOf(row)}</button>
              <button type="button" className="debug-value" title={t("debug.open", { number: row.number })} {...onPress(() => setOpen(open?.number === row.number ? null : row))}>
                {row.topic && <span className="debug-topic">{row.topic}</span>}
                <span>{oneLine(row.value)}</span>
              </button>
              {row.size_bytes > 16_384 && <span className="badge badge-warning">{formatBytes(row.size_bytes)}</span>}
            </div>
          ))}
          <div style={{ height: window_.below }} />
        </div>
        {open && (
          <aside className="debug-detail" aria-label={t("debug.detail")}>
            <div className="debug-detail-head">
              <strong>{titleOf(open)}</strong>
              <IconButton icon="x" label={t("kit.close")} onClick={() => setOpen(null)} />
            </div>
            <Facts of={[["topic", open.topic], ["key", open.key], [t("debug.size"), formatBytes(open.size_bytes)], ["id", open.id]]} />
            {open.size_bytes > 16_384 && typeof open.value === "string" && <p className="notice notice-warning">{t("debug.cut", { size: formatBytes(open.size_bytes) })}</p>}
            <ValueTree key={open.number} value={open.value} root="payload" open={2} />
          </aside>
        )}
      </div>
    </div>
  );
}

/** Names with a short text each; what is empty is left out. */
export function Facts({ of }: { of: [string, string][] }) {
  return <dl className="facts">{of.filter(([, text]) => text !== "").map(([name, text]) => <div key={name}><dt>{name}</dt><dd title={text}>{text}</dd></div>)}</dl>;
}
