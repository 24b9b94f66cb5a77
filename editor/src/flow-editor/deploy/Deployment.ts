/** Deploying the draft of one flow: what it would do, doing it, reverting it, and what happens when somebody else was quicker. */
import { createContext } from "react";
import { createStore, useStore } from "zustand";
import { renamesSince } from "../../model/flow/renames";
import type { FlowView } from "../../model/flow/server";
import type { FlowModel } from "../../model/flow/types";
import { api, segment } from "../../platform/api/client";
import type { DeployReport, Previewed } from "../../platform/api/generated";
import type { Json } from "../../platform/api/json";
import { ApiError } from "../../platform/api/problem";
import { translate } from "../../platform/i18n";
import { toast, toastError } from "../../platform/kit/toasts";
import { useRequired } from "../../platform/kit/useRequired";
import type { DraftCheck } from "../editing/DraftCheck";
import { fetchView, type FlowDocument } from "../editing/FlowDocument";
import { openPanel } from "../editing/panelLayout";

export type DeployPreview = Pick<Previewed, "diff" | "problems" | "restarts" | "added" | "removed" | "renamed">;

export interface DeployResult {
  number: number;
  report: DeployReport;
  balanced: boolean;
  /** What ran before it, to go back to; null for a flow's first deploy. */
  before: number | null;
}

export interface TestCase {
  name: string;
  passed: boolean;
  differences: string[];
}

export interface FieldConflict {
  node: string;
  field: string;
  base?: Json;
  mine?: Json;
  theirs?: Json;
}

export interface MergeConflict {
  base: string;
  mine: string;
  theirs: string;
  who: string;
  clashes: FieldConflict[];
}

interface DeployState {
  busy: boolean;
  done: DeployResult | null;
  /** The cases that fail with the draft; they are why it was not deployed. */
  red: TestCase[] | null;
  conflict: MergeConflict | null;
  refused: { message: string; hint: string } | null;
}

interface MergeAnswer {
  text: string;
  flow: FlowModel | null;
  conflicts: FieldConflict[];
}

type Side = "mine" | "theirs";

export class Deployment {
  readonly store = createStore<DeployState>(() => ({ busy: false, done: null, red: null, conflict: null, refused: null }));

  constructor(private readonly doc: FlowDocument, private readonly check: DraftCheck) {}

  get busy(): boolean {
    return this.store.getState().busy;
  }

  set(change: Partial<DeployState>): void {
    this.store.setState(change);
  }

  /** What a deploy of the draft would do. */
  async preview(): Promise<DeployPreview> {
    return api.post<DeployPreview>(`${this.path}/preview`, { text: await this.check.text(), renames: this.renames });
  }

  /** Resolves to true when it runs. `strangers` are nodes now gone that no other goes on for, whatever their content says. */
  async deploy(note: string, overrideReason = "", strangers: readonly string[] = []): Promise<boolean> {
    const { view } = this.doc.state;
    if (!view || this.busy) return false;
    this.set({ busy: true, refused: null });
    try {
      const text = await this.check.text();
      const before = view.deployed?.number ?? null;
      const made = await api.post<Omit<DeployResult, "before">>(`${this.path}/deploy`, {
        base: view.revision, text, note, require_tests: true, override_reason: overrideReason, base_text: view.text,
        renames: { ...this.renames, ...Object.fromEntries(strangers.map((id) => [id, ""])) },
      });
      this.set({ done: { ...made, before }, red: null });
      this.doc.setView(await fetchView(this.doc.name));
      this.set({ busy: false });
      return true;
    } catch (error) {
      this.set({ busy: false });
      await this.handleRefusal(error);
      return false;
    }
  }

  /** What ran before a deploy runs again; the draft goes back with it. */
  async revert({ number, before }: DeployResult): Promise<void> {
    const { view } = this.doc.state;
    if (!view || before === null || this.busy) return;
    this.set({ busy: true });
    try {
      const old = await api.get<{ text: string; flow: FlowModel | null }>(`${this.path}/revisions/${before}`);
      const made = await api.post<Omit<DeployResult, "before">>(`${this.path}/deploy`, { base: view.revision, text: old.text, note: translate("deploy.undo.note", { number }) });
      const now: FlowView = await fetchView(this.doc.name);
      this.doc.setView(now);
      if (now.flow) this.doc.replaceText(translate("deploy.undo", { number }), now.flow, now.text);
      this.set({ busy: false, done: { ...made, before: null } });
    } catch (error) {
      this.set({ busy: false });
      await this.handleRefusal(error);
    }
  }

  /** My draft onto what the file says now. */
  async mergeWithFile(who: string): Promise<void> {
    const { view } = this.doc.state;
    if (!view) return;
    try {
      const now = await fetchView(this.doc.name);
      await this.merge({ base: view.text, mine: await this.check.text(), theirs: now.text, who, clashes: [] });
    } catch (error) {
      toastError(error);
    }
  }

  async resolveConflict(conflict: MergeConflict, sides: ReadonlyMap<FieldConflict, Side>): Promise<void> {
    try {
      const choices = conflict.clashes.map((clash) => ({ node: clash.node, field: clash.field, side: sides.get(clash) ?? ("theirs" as const) }));
      await this.followMerge(await this.ask(conflict, choices), conflict.who);
      this.set({ conflict: null });
    } catch (error) {
      toastError(error);
    }
  }

  private get renames(): Record<string, string> {
    const { history, view } = this.doc.state;
    return history && view ? renamesSince(history, view.text) : {};
  }

  private get path(): string {
    return `/flows/${segment(this.doc.name)}`;
  }

  private async handleRefusal(error: unknown): Promise<void> {
    if (!(error instanceof ApiError)) return toastError(error);
    if (error.code === "tests") {
      const files = error.body["tests"] as { cases: TestCase[]; problem?: string }[];
      this.set({ red: files.flatMap((file) => file.problem ? [{ name: file.problem, passed: false, differences: [] }] : file.cases.filter((one) => !one.passed)) });
      return;
    }
    if (error.code === "conflict" && await this.handleConflict(error)) return;
    if (error.problems.length) this.doc.set({ problems: error.problems });
    this.set({ refused: { message: error.message, hint: error.hint } });
  }

  /** Somebody else was quicker: what does not touch comes together by itself, about the rest one is asked. False when there is nothing to merge on. */
  private async handleConflict(error: ApiError): Promise<boolean> {
    const { base, mine, theirs } = error.body as { base: string | null; mine: string | null; theirs: string };
    if (base === null || mine === null) return false;
    const who = String((error.body["current"] as { who?: string } | undefined)?.who ?? "");
    await this.merge({ base, mine, theirs, who, clashes: [] });
    return true;
  }

  private async merge(conflict: MergeConflict): Promise<void> {
    try {
      const answer = await this.ask(conflict, []);
      if (answer.conflicts.length) {
        this.set({ conflict: { ...conflict, clashes: answer.conflicts } });
        openPanel("conflict");
      } else await this.followMerge(answer, conflict.who);
    } catch (error) {
      toastError(error);
    }
  }

  private ask({ base, mine, theirs }: MergeConflict, choices: { node: string; field: string; side: Side }[]): Promise<MergeAnswer> {
    return api.post<MergeAnswer>(`${this.path}/merge`, { base, mine, theirs, choices });
  }

  /** The draft is now both, and stands on the file as it is; deployed it is not yet. */
  private async followMerge(answer: MergeAnswer, who: string): Promise<void> {
    if (!answer.flow) throw new ApiError(422, "unmerged", translate("deploy.unmerged"));
    this.doc.setView(await fetchView(this.doc.name));
    this.doc.replaceText(translate("step.merge"), answer.flow, answer.text);
    await this.check.now();
    toast("warning", translate("deploy.merged", { who: who === "disk" ? translate("deploy.disk") : who }), { hint: translate("deploy.merged.hint") });
  }
}

export const DeploymentContext = createContext<Deployment | null>(null);
export const useDeployment = (): Deployment => useRequired(DeploymentContext);

/** A part of the deployment's state; the component is drawn again when it changes. */
export const useDeployState = <T,>(select: (state: DeployState) => T): T => useStore(useDeployment().store, select);
