/** Deploying the draft: what it would do, doing it, taking it back, and what happens when somebody else was quicker. */
import { create } from "zustand";
import { api, segment } from "../../platform/api/client";
import { ApiError } from "../../platform/api/problem";
import type { Problem } from "../../platform/api/types";
import { checkNow } from "../editing/draftCheck";
import { fetchView, rebase, useDocument, write } from "../editing/document";
import type { FlowModel } from "../../model/flow/types";
import { openPanel } from "../editing/panelLayout";
import { say } from "../../platform/i18n";
import { tellFailure, toast } from "../../platform/kit/toasts";
import type { FlowView } from "../../model/flow/server";
import type { Json } from "../../platform/api/json";
import { draftText } from "../editing/draftText";

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

export interface Outlook {
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

export interface Done {
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

interface Deploying {
  busy: boolean;
  done: Done | null;
  /** The cases that fail with the draft; they are why it was not deployed. */
  red: TestCase[] | null;
  conflict: Conflict | null;
  refused: { message: string; hint: string } | null;
}

export const useDeploying = create<Deploying>(() => ({ busy: false, done: null, red: null, conflict: null, refused: null }));
const { setState: set } = useDeploying;

export async function outlook(): Promise<Outlook> {
  const { name } = useDocument.getState();
  return api.post<Outlook>(`/flows/${segment(name)}/preview`, { text: await draftText() });
}

/** Resolves to true when it runs. */
export async function deploy(note: string, overrideReason = ""): Promise<boolean> {
  const { name, view } = useDocument.getState();
  if (!view || useDeploying.getState().busy) return false;
  set({ busy: true, refused: null });
  try {
    const text = await draftText();
    const before = view.deployed?.number ?? null;
    const made = await api.post<Omit<Done, "before">>(`/flows/${segment(name)}/deploy`, {
      base: view.revision, text, note, require_tests: true, override_reason: overrideReason, base_text: view.text,
    });
    set({ done: { ...made, before }, red: null });
    rebase(await fetchView(name));
    set({ busy: false });
    return true;
  } catch (error) {
    set({ busy: false });
    await turnedDown(error);
    return false;
  }
}

async function turnedDown(error: unknown): Promise<void> {
  if (!(error instanceof ApiError)) return tellFailure(error);
  if (error.code === "tests") {
    const files = error.body["tests"] as { cases: TestCase[]; problem?: string }[];
    set({ red: files.flatMap((file) => file.problem ? [{ name: file.problem, passed: false, differences: [] }] : file.cases.filter((one) => !one.passed)) });
  } else if (error.code === "conflict") await meet(error);
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
async function meet(error: ApiError): Promise<void> {
  const { base, mine, theirs } = error.body as { base: string | null; mine: string | null; theirs: string };
  const who = String((error.body["current"] as { who?: string } | undefined)?.who ?? "");
  if (base === null || mine === null) {
    set({ refused: { message: error.message, hint: error.hint } });
    return;
  }
  await bringTogether({ base, mine, theirs, who, clashes: [] });
}

/** My draft onto what the file says now. */
export async function mergeWithFile(who: string): Promise<void> {
  const { name, view } = useDocument.getState();
  if (!view) return;
  try {
    const now = await fetchView(name);
    await bringTogether({ base: view.text, mine: await draftText(), theirs: now.text, who, clashes: [] });
  } catch (error) {
    tellFailure(error);
  }
}

const merge = (conflict: Conflict, choices: { node: string; field: string; side: "mine" | "theirs" }[]): Promise<MergeAnswer> =>
  api.post<MergeAnswer>(`/flows/${segment(useDocument.getState().name)}/merge`, { base: conflict.base, mine: conflict.mine, theirs: conflict.theirs, choices });

async function bringTogether(conflict: Conflict): Promise<void> {
  try {
    const answer = await merge(conflict, []);
    if (answer.conflicts.length) {
      set({ conflict: { ...conflict, clashes: answer.conflicts } });
      openPanel("conflict");
    } else await take(answer, conflict.who);
  } catch (error) {
    tellFailure(error);
  }
}

export async function settle(conflict: Conflict, sides: ReadonlyMap<Clash, "mine" | "theirs">): Promise<void> {
  try {
    const choices = conflict.clashes.map((clash) => ({ node: clash.node, field: clash.field, side: sides.get(clash) ?? ("theirs" as const) }));
    await take(await merge(conflict, choices), conflict.who);
    set({ conflict: null });
  } catch (error) {
    tellFailure(error);
  }
}

/** The draft is now both, and stands on the file as it is; deployed it is not yet. */
async function take(answer: MergeAnswer, who: string): Promise<void> {
  const { name } = useDocument.getState();
  if (!answer.flow) throw new ApiError(422, "unmerged", say("deploy.unmerged"));
  rebase(await fetchView(name));
  write(say("step.merge"), answer.flow, answer.text);
  await checkNow();
  toast("warning", say("deploy.merged", { who: who === "disk" ? say("deploy.disk") : who }), { hint: say("deploy.merged.hint") });
}

/** What ran before a deploy runs again; the draft goes back with it. */
export async function takeBack({ number, before }: Done): Promise<void> {
  const { name, view } = useDocument.getState();
  if (!view || before === null || useDeploying.getState().busy) return;
  set({ busy: true });
  try {
    const old = await api.get<{ text: string; flow: FlowModel | null }>(`/flows/${segment(name)}/revisions/${before}`);
    const made = await api.post<Omit<Done, "before">>(`/flows/${segment(name)}/deploy`, { base: view.revision, text: old.text, note: say("deploy.undo.note", { number }) });
    const now: FlowView = await fetchView(name);
    rebase(now);
    if (now.flow) write(say("deploy.undo", { number }), now.flow, now.text);
    set({ busy: false, done: { ...made, before: null } });
  } catch (error) {
    set({ busy: false });
    await turnedDown(error);
  }
}

export const closeReport = (): void => set({ done: null });
