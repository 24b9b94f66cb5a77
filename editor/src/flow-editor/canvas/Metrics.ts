/** The running flow's metrics for what is on the open sheet: inside a subflow those of all nodes that use it, together. */
import { countersOf, prefixesOf } from "../../model/flow/counters";
import { type FlowModel, SUBFLOW_PREFIX } from "../../model/flow/types";
import type { NodeMetrics } from "../../platform/api/types";
import type { Telemetry, WireMetrics } from "../../platform/live/telemetry";
import { type FlowDocument, modelIn, sheetIn } from "../editing/FlowDocument";

export class Metrics {
  private known: { model: FlowModel; scope: string; prefixes: string[] } | null = null;

  constructor(private readonly doc: FlowDocument, private readonly telemetry: Telemetry) {}

  ofWire(id: string, port: string): WireMetrics | undefined {
    const { state } = this.doc;
    const { wires } = this.telemetry;
    const sheet = sheetIn(state);
    const type = sheet.nodes[id]?.type ?? "";
    if (!state.scope && !type.startsWith(SUBFLOW_PREFIX)) return wires[`${id}.${port}`];
    const model = modelIn(state);
    const first = (name: string): string => state.catalogue.get(name)?.outputs[0]?.name ?? "out";
    const all = this.prefixes(model, state.scope).flatMap((prefix) => countersOf(model, sheet, prefix, id, port, first)).flatMap((counter) => wires[counter] ?? []);
    if (all.length < 2) return all[0];
    return { count: sum(all, ({ count }) => count), perSecond: sum(all, ({ perSecond }) => perSecond), last: all.find(({ last }) => last)?.last ?? "" };
  }

  ofNode(id: string): NodeMetrics | undefined {
    const { state } = this.doc;
    const { nodes } = this.telemetry;
    const used = (sheetIn(state).nodes[id]?.type ?? "").startsWith(SUBFLOW_PREFIX);
    if (!state.scope && !used) return nodes[id];
    const names = this.prefixes(modelIn(state), state.scope).map((prefix) => prefix + id);
    const all = used
      ? Object.entries(nodes).filter(([name]) => names.some((own) => name.startsWith(`${own}/`))).map(([, metrics]) => metrics)
      : names.map((name) => nodes[name]).filter((metrics) => metrics !== undefined);
    return all.length < 2 && !used ? all[0] : together(all, used);
  }

  private prefixes(model: FlowModel, scope: string): string[] {
    if (this.known?.model !== model || this.known.scope !== scope) this.known = { model, scope, prefixes: prefixesOf(model, scope) };
    return this.known.prefixes;
  }
}

const RANK = { error: 4, warning: 3, info: 2, ok: 1, "": 0 };

/** Of several nodes: sums, the slowest times, and the status that most asks to be looked at. What goes in and out of a subflow stands on its wires. */
function together(all: NodeMetrics[], subflow: boolean): NodeMetrics | undefined {
  if (all.length === 0) return undefined;
  const most = (of: (figures: NodeMetrics) => number | null): number | null => Math.max(-1, ...all.map((figures) => of(figures) ?? -1));
  const slow = (of: (figures: NodeMetrics) => number | null): number | null => (most(of) === -1 ? null : most(of));
  const worst = all.toSorted((one, other) => RANK[other[7] || ""] - RANK[one[7] || ""])[0] as NodeMetrics;
  const [received, sent] = subflow ? [all[0]?.[0] ?? 0, all.at(-1)?.[1] ?? 0] : [sum(all, (one) => one[0]), sum(all, (one) => one[1])];
  return [received, sent, sum(all, (one) => one[2]), slow((one) => one[3]), slow((one) => one[4]), sum(all, (one) => one[5]), worst[6], worst[7]];
}

const sum = <T,>(all: readonly T[], of: (one: T) => number): number => all.reduce((total, one) => total + of(one), 0);
