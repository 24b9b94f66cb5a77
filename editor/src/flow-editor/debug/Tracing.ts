/** Traces of single messages of one flow: asked for, awaited, and the one that is looked at. */
import { createContext } from "react";
import { createStore, useStore } from "zustand";
import { api, segment } from "../../platform/api/client";
import type { Hop, TraceRow } from "../../platform/api/generated";
import { toastError } from "../../platform/kit/toasts";
import { useRequired } from "../../platform/kit/useRequired";
import type { FlowDocument } from "../editing/FlowDocument";

export type { Hop, TraceRow };

interface TraceState {
  rows: TraceRow[];
  /** Until when messages are awaited, ms since 1970; 0: not. */
  until: number;
  /** Asked for from another panel; the trace panel begins it when it opens. */
  wanted: { key: string; node: string } | null;
  open: string | null;
}

export class Tracing {
  readonly store = createStore<TraceState>(() => ({ rows: [], until: 0, wanted: null, open: null }));

  constructor(private readonly doc: FlowDocument) {}

  get state(): TraceState {
    return this.store.getState();
  }

  set(change: Partial<TraceState>): void {
    this.store.setState(change);
  }

  async begin(count: number, { key, node }: { key: string; node: string }): Promise<void> {
    try {
      const answer = await api.post<{ within_s: number }>(`/flows/${segment(this.doc.name)}/trace`, { count, ...(key && { key }), ...(node && { node }) });
      this.set({ until: Date.now() + answer.within_s * 1000, wanted: null });
    } catch (error) {
      toastError(error);
    }
  }

  async load(): Promise<void> {
    this.set({ rows: await api.get<TraceRow[]>(`/flows/${segment(this.doc.name)}/traces`) });
  }
}

export const TracingContext = createContext<Tracing | null>(null);
export const useTracing = (): Tracing => useRequired(TracingContext);
export const useTraceState = (): TraceState => useStore(useTracing().store);

export const shortTime = (seconds: number): string => (seconds < 0.001 ? `${(seconds * 1e6).toFixed(0)} µs` : seconds < 1 ? `${(seconds * 1000).toFixed(seconds < 0.01 ? 2 : 1)} ms` : `${seconds.toFixed(2)} s`);
