/** Deploying the draft: what it would do, doing it, taking it back, and what happens when somebody else was quicker. */
import { create } from "zustand";
import type { FlowView } from "../../model/flow/server";
import type { FlowModel } from "../../model/flow/types";
import { api, segment } from "../../platform/api/client";
import type { Json } from "../../platform/api/json";
import { ApiError } from "../../platform/api/problem";
import type { Problem } from "../../platform/api/types";
import { translate } from "../../platform/i18n";
import { toast, toastError } from "../../platform/kit/toasts";
import { fetchView, replaceText, setView, useDocument } from "../editing/document";
import { checkNow } from "../editing/draftCheck";
import { draftText } from "../editing/draftText";
import { openPanel } from "../editing/panelLayout";

/** The server's difference; `restarts` and `stops` are ids as they run. */
export interface ServerDiff {
  added: string[];
  removed: string[];
  changed: Record<string, FieldChange[]>;
  rewired: Record<string, FieldChange[]>;
  moved: string[];
  flow: FieldChange[];
}

export interface FieldChange {
  field: string;
  old?: Json;
  new?: Json;
}

export interface DeployPreview {
  diff: ServerDiff | null;
  problems: Problem[];
  restarts: string[];
  added: string[];
  removed: string[];
}

export interface Report {
  added: string[];
  changed: string[];
  removed: string[];
  kept: string[];
  came_in: number;
  went_out: number;
  held_before: number;
  held_after: number;
  quarantined: number;
  seconds: number;
}

export interface DeployResult {
  number: number;
  report: Report;
  balanced: boolean;
  /** What ran before it, to go back to; null for a flow's first deploy. */
  before: number | null;
}

export interface TestCase {
  name: string;
  passed: boolean;
  differences: string[];
}

export interface Clash {
  node: string;
  field: string;
  base?: Json;
  mine?: Json;
  theirs?: Json;
}

export interface Conflict {
  base: string;
  mine: string;
  theirs: string;
  who: string;
  clashes: Clash[];
}

interface DeployState {
  busy: boolean;
  done: DeployResult | null;
  /** The cases that fail with the draft; they are why it was not deployed. */
  red: TestCase[] | null;
  conflict: Conflict | null;
  refused: { message: string; hint: string } | null;
}

export const useDeploy = create<DeployState>(() => ({ busy: false, done: null, red: null, conflict: null, refused: null }));
const { setState: set } = useDeploy;

export async function previewDeploy(): Promise<DeployPreview> {
  const { name } = useDocument.getState();
  return api.post<DeployPreview>(`/flows/${segment(name)}/preview`, { text: await draftText() });
}

/** Resolves to true when it runs. */
export async function deploy(note: string, overrideReason = ""): Promise<boolean> {
  const { name, view } = useDocument.getState();
  if (!view || useDeploy.getState().busy) return false;
  set({ busy: true, refused: null });
  try {
    const text = await draftText();
    const before = view.deployed?.number ?? null;
    const made = await api.post<Omit<DeployResult, "before">>(`/flows/${segment(name)}/deploy`, {
      base: view.revision, text, note, require_tests: true, override_reason: overrideReason, base_text: view.text,
    });
    set({ done: { ...made, before }, red: null });
    setView(await fetchView(name));
    set({ busy: false });
    return true;
  } catch (error) {
    set({ busy: false });
    await handleRefusal(error);
    return false;
  }
}

async function handleRefusal(error: unknown): Promise<void> {
  if (!(error instanceof ApiError)) return toastError(error);
  if (error.code === "tests") {
    const files = error.body["tests"] as { cases: TestCase[]; problem?: string }[];
    set({ red: files.flatMap((file) => file.problem ? [{ name: file.problem, passed: false, differences: [] }] : file.cases.filter((one) => !one.passed)) });
  } else if (error.code === "conflict") await handleConflict(error);
  else if (error.problems.length) {
    useDocument.setState({ problems: error.problems });
    set({ refused: { message: error.message, hint: error.hint } });
  } else set({ refused: { message: error.message, hint: error.hint } });
}

interface MergeAnswer {
  text: string;
  flow: FlowModel | null;
  conflicts: Clash[];
}

/** Somebody else was quicker: what does not touch comes together by itself, about the rest one is asked. */
async function handleConflict(error: ApiError): Promise<void> {
  const { base, mine, theirs } = error.body as { base: string | null; mine: string | null; theirs: string };
  const who = String((error.body["current"] as { who?: string } | undefined)?.who ?? "");
  if (base === null || mine === null) {
    set({ refused: { message: error.message, hint: error.hint } });
    return;
  }
  await mergeDraft({ base, mine, theirs, who, clashes: [] });
}

/** My draft onto what the file says now. */
export async function mergeWithFile(who: string): Promise<void> {
  const { name, view } = useDocument.getState();
  if (!view) return;
  try {
    const now = await fetchView(name);
    await mergeDraft({ base: view.text, mine: await draftText(), theirs: now.text, who, clashes: [] });
  } catch (error) {
    toastError(error);
  }
}

const merge = (conflict: Conflict, choices: { node: string; field: string; side: "mine" | "theirs" }[]): Promise<MergeAnswer> =>
  api.post<MergeAnswer>(`/flows/${segment(useDocument.getState().name)}/merge`, { base: conflict.base, mine: conflict.mine, theirs: conflict.theirs, choices });

async function mergeDraft(conflict: Conflict): Promise<void> {
  try {
    const answer = await merge(conflict, []);
    if (answer.conflicts.length) {
      set({ conflict: { ...conflict, clashes: answer.conflicts } });
      openPanel("conflict");
    } else await followMerge(answer, conflict.who);
  } catch (error) {
    toastError(error);
  }
}

export async function resolveConflict(conflict: Conflict, sides: ReadonlyMap<Clash, "mine" | "theirs">): Promise<void> {
  try {
    const choices = conflict.clashes.map((clash) => ({ node: clash.node, field: clash.field, side: sides.get(clash) ?? ("theirs" as const) }));
    await followMerge(await merge(conflict, choices), conflict.who);
    set({ conflict: null });
  } catch (error) {
    toastError(error);
  }
}

/** The draft is now both, and stands on the file as it is; deployed it is not yet. */
async function followMerge(answer: MergeAnswer, who: string): Promise<void> {
  const { name } = useDocument.getState();
  if (!answer.flow) throw new ApiError(422, "unmerged", translate("deploy.unmerged"));
  setView(await fetchView(name));
  replaceText(translate("step.merge"), answer.flow, answer.text);
  await checkNow();
  toast("warning", translate("deploy.merged", { who: who === "disk" ? translate("deploy.disk") : who }), { hint: translate("deploy.merged.hint") });
}

/** What ran before a deploy runs again; the draft goes back with it. */
export async function revert({ number, before }: DeployResult): Promise<void> {
  const { name, view } = useDocument.getState();
  if (!view || before === null || useDeploy.getState().busy) return;
  set({ busy: true });
  try {
    const old = await api.get<{ text: string; flow: FlowModel | null }>(`/flows/${segment(name)}/revisions/${before}`);
    const made = await api.post<Omit<DeployResult, "before">>(`/flows/${segment(name)}/deploy`, { base: view.revision, text: old.text, note: translate("deploy.undo.note", { number }) });
    const now: FlowView = await fetchView(name);
    setView(now);
    if (now.flow) replaceText(translate("deploy.undo", { number }), now.flow, now.text);
    set({ busy: false, done: { ...made, before: null } });
  } catch (error) {
    set({ busy: false });
    await handleRefusal(error);
  }
}

export const closeReport = (): void => set({ done: null });
