/** The tests of one flow: the case that is being written, and the cases that are stored beside the flow. */
import { createContext } from "react";
import { createStore, useStore } from "zustand";
import { splitAddress } from "../../model/flow/sheet";
import { api, segment } from "../../platform/api/client";
import type { Json } from "../../platform/api/json";
import { useRequired } from "../../platform/kit/useRequired";
import type { TestCase } from "../deploy/Deployment";
import type { DraftCheck } from "../editing/DraftCheck";
import type { FlowDocument } from "../editing/FlowDocument";
import { type Case, compact, EMPTY_CASE, type Tests, type TriedCase } from "./draftCase";

interface TestState {
  draft: Case;
  tried: TriedCase | null;
  tests: Tests | null;
  results: ReadonlyMap<string, TestCase>;
}

export class TestBench {
  readonly store = createStore<TestState>(() => ({ draft: EMPTY_CASE, tried: null, tests: null, results: new Map() }));

  constructor(private readonly doc: FlowDocument, private readonly check: DraftCheck) {}

  get state(): TestState {
    return this.store.getState();
  }

  setCase(draft: Case): void {
    this.set({ draft });
  }

  /** Another case to work on; what the one before it came to is no longer shown. */
  openCase(draft: Case): void {
    this.set({ draft, tried: null });
  }

  newCase(node = this.doc.selectedNodes()[0] ?? ""): void {
    this.openCase({ ...EMPTY_CASE, given: [{ node, payload: "" }] });
  }

  /** A message that left a port is a sample for the nodes behind it; for a source the source itself is told to send it. */
  sampleFrom(address: string, port: string, { payload, topic, key }: { payload: unknown; topic: string; key: string }): void {
    const { name } = splitAddress(address);
    const next = this.doc.sheet.nodes[name]?.to;
    const node = (next?.[port] ?? next?.[""] ?? [])[0]?.node ?? name;
    this.openCase({ ...EMPTY_CASE, given: [{ node, payload: payload as Json, ...(topic && { topic }), ...(key && { key }) }] });
  }

  async try(draft: Case): Promise<void> {
    this.set({ tried: await api.post<TriedCase>(`${this.path}/try`, { text: await this.check.text(), case: { ...draft, name: draft.name || "try" } }) });
  }

  async load(): Promise<void> {
    this.set({ tests: null, results: new Map() });
    this.set({ tests: await api.get<Tests>(`${this.path}/tests`) });
  }

  async run(): Promise<void> {
    const files = await api.post<{ cases: TestCase[]; problem: string }[]>(`${this.path}/tests/run`, { text: await this.check.text() });
    this.set({ results: new Map(files.flatMap((file) => file.cases).map((one) => [one.name, one])) });
  }

  async save(draft: Case): Promise<void> {
    this.set({ tests: await api.put<Tests>(`${this.path}/tests`, { base: this.revision, case: compact(draft) }) });
  }

  async remove(name: string): Promise<void> {
    this.set({ tests: await api.delete<Tests>(`${this.path}/tests`, { base: this.revision, name }) });
  }

  private get path(): string {
    return `/flows/${segment(this.doc.name)}`;
  }

  private get revision(): string {
    return this.state.tests?.revision ?? "";
  }

  private set(change: Partial<TestState>): void {
    this.store.setState(change);
  }
}

export const TestBenchContext = createContext<TestBench | null>(null);
export const useTestBench = (): TestBench => useRequired(TestBenchContext);
export const useTestState = (): TestState => useStore(useTestBench().store);
