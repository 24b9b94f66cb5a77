/** Traces of single messages: asked for, awaited, and the one that is looked at. */
import { create } from "zustand";
import { api, segment } from "../../platform/api/client";
import type { Json } from "../../platform/api/json";
import { toastError } from "../../platform/kit/toasts";

export interface TraceRow {
  id: string;
  at: number;
  hops: number;
  seconds: number;
  nodes: string[];
  failed: boolean;
}

export interface Hop {
  node: string;
  at: number;
  seconds: number;
  given: Json;
  outputs: [port: string, value: Json][];
  error: string;
}

interface Tracing {
  rows: TraceRow[];
  /** Until when messages are awaited, ms since 1970; 0: not. */
  until: number;
  wanted: { key: string; node: string } | null;
  open: string | null;
}

export const useTracing = create<Tracing>(() => ({ rows: [], until: 0, wanted: null, open: null }));

/** Asked for from another panel; the trace panel begins it when it opens. */
export const requestTrace = (wanted: { key: string; node: string }): void => useTracing.setState({ wanted });

export async function beginTrace(flow: string, count: number, { key, node }: { key: string; node: string }): Promise<void> {
  try {
    const answer = await api.post<{ within_s: number }>(`/flows/${segment(flow)}/trace`, { count, ...(key && { key }), ...(node && { node }) });
    useTracing.setState({ until: Date.now() + answer.within_s * 1000, wanted: null });
  } catch (error) {
    toastError(error);
  }
}

export async function findTraces(flow: string): Promise<void> {
  const rows = await api.get<TraceRow[]>(`/flows/${segment(flow)}/traces`);
  useTracing.setState({ rows });
}

export const shortTime = (seconds: number): string => (seconds < 0.001 ? `${(seconds * 1e6).toFixed(0)} µs` : seconds < 1 ? `${(seconds * 1000).toFixed(seconds < 0.01 ? 2 : 1)} ms` : `${seconds.toFixed(2)} s`);
