/** The test case that is being written: what is given, what is expected; and the flow's cases that are stored. */
import { create } from "zustand";
import { splitAddress } from "../../model/flow/sheet";
import { api, segment } from "../../platform/api/client";
import type { Json } from "../../platform/api/json";
import type { TestCase } from "../deploy/deploy";
import { sheetIn, useDocument } from "../editing/document";
import { draftText } from "../editing/draftText";

export interface Given {
  node: string;
  at?: number;
  payload?: Json;
  topic?: string;
  key?: string;
  props?: Record<string, Json>;
}

export interface Expected {
  node: string;
  at?: number;
  payload?: Json;
  count?: number;
}

export interface Case {
  name: string;
  given: Given[];
  expect: Expected[];
  never?: string[];
  until?: number;
  site?: Record<string, Json>;
}

export interface Sent {
  at: number;
  topic: string;
  payload: Json;
  props: Record<string, Json>;
}

export interface TriedCase {
  differences: string[];
  sent: Record<string, Sent[]>;
}

export interface Tests {
  text: string;
  revision: string;
  cases: Case[];
  problem: string;
}

const empty: Case = { name: "", given: [{ node: "", payload: "" }], expect: [] };

interface State {
  draft: Case;
  tried: TriedCase | null;
  tests: Tests | null;
  results: ReadonlyMap<string, TestCase>;
}

export const useTesting = create<State>(() => ({ draft: empty, tried: null, tests: null, results: new Map() }));
const { setState: set, getState: get } = useTesting;

export const setCase = (draft: Case): void => set({ draft });
export const newCase = (node = ""): void => set({ draft: { ...empty, given: [{ node, payload: "" }] }, tried: null });

/** A message that left a port is a sample for the nodes behind it; for a source the source itself is told to send it. */
export function sampleFor(address: string, port: string, message: { payload: unknown; topic: string; key: string }): void {
  const { name } = splitAddress(address);
  const next = sheetIn(useDocument.getState()).nodes[name]?.to;
  const target = (next?.[port] ?? next?.[""] ?? [])[0]?.node ?? name;
  set({
    draft: { ...empty, given: [{ node: target, payload: message.payload as Json, ...(message.topic && { topic: message.topic }), ...(message.key && { key: message.key }) }] },
    tried: null,
  });
}

export async function tryCase(draft: Case): Promise<void> {
  const { name } = useDocument.getState();
  const tried = await api.post<TriedCase>(`/flows/${segment(name)}/try`, { text: await draftText(), case: { ...draft, name: draft.name || "try" } });
  set({ tried });
}

export async function loadTests(): Promise<void> {
  set({ tests: await api.get<Tests>(`/flows/${segment(useDocument.getState().name)}/tests`) });
}

export async function runTests(): Promise<void> {
  const { name } = useDocument.getState();
  const files = await api.post<{ cases: TestCase[]; problem: string }[]>(`/flows/${segment(name)}/tests/run`, { text: await draftText() });
  set({ results: new Map(files.flatMap((file) => file.cases).map((one) => [one.name, one])) });
}

export async function saveCase(draft: Case): Promise<void> {
  const { name } = useDocument.getState();
  set({ tests: await api.put<Tests>(`/flows/${segment(name)}/tests`, { base: get().tests?.revision ?? "", case: compact(draft) }) });
}

export async function removeCase(caseName: string): Promise<void> {
  const { name } = useDocument.getState();
  set({ tests: await api.delete<Tests>(`/flows/${segment(name)}/tests`, { base: get().tests?.revision ?? "", name: caseName }) });
}

/** What says nothing, or what is so anyhow, is not written. */
export function compact(draft: Case): Case {
  const { given, expect, ...rest } = draft;
  return {
    ...filled({ ...rest, until: rest.until || undefined }),
    given: given.map((one) => ({ ...filled({ ...one, at: one.at || undefined }), ...("payload" in one && { payload: one.payload }) })),
    expect: expect.map((one) => ({ ...filled({ ...one, within_s: (one as { within_s?: number }).within_s === 0.001 ? undefined : (one as { within_s?: number }).within_s }), ...("payload" in one && { payload: one.payload }) })),
  } as Case;
}

function filled<T extends object>(entries: T): Partial<T> {
  const says = (value: unknown): boolean => value !== undefined && value !== null && value !== "" && !(typeof value === "object" && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => says(value))) as Partial<T>;
}
