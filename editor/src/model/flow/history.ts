/** One stack of steps for canvas, forms, YAML and subflows. */
import { applyOperations } from "./apply";
import type { Operation } from "./operations";
import type { FlowModel } from "./types";

export interface Draft {
  model: FlowModel;
  /** The file that this draft is; null until the server has written it. */
  text: string | null;
  /** What the server writes it from. */
  from: { text: string; operations: Operation[] };
}

export interface Step {
  label: string;
  /** What led here from the step before; null for a text that was typed. */
  operations: Operation[] | null;
  draft: Draft;
  /** Steps with one key made right after each other count as one. */
  key: string | null;
}

export interface History {
  steps: Step[];
  at: number;
}

export const MAX_STEPS = 200;

export const draftOf = (model: FlowModel, text: string): Draft => ({ model, text, from: { text, operations: [] } });

export function newHistory(model: FlowModel, text: string): History {
  return { steps: [{ label: "", operations: null, draft: draftOf(model, text), key: null }], at: 0 };
}

export const current = (history: History): Draft => (history.steps[history.at] as Step).draft;

export function withEdit(history: History, label: string, operations: Operation[], key: string | null = null): History {
  const here = history.steps[history.at] as Step;
  const model = applyOperations(here.draft.model, operations);
  const from = here.draft.text === null
    ? { text: here.draft.from.text, operations: [...here.draft.from.operations, ...operations] }
    : { text: here.draft.text, operations };
  const draft: Draft = { model, text: null, from };
  const joins = key !== null && here.key === key && here.operations !== null && history.at === history.steps.length - 1;
  if (joins) {
    const step: Step = { label, operations: [...(here.operations ?? []), ...operations], draft, key };
    return { steps: [...history.steps.slice(0, history.at), step], at: history.at };
  }
  return pushed(history, { label, operations, draft, key });
}

export function withText(history: History, label: string, model: FlowModel, text: string, key: string | null = null): History {
  const here = history.steps[history.at] as Step;
  const step: Step = { label, operations: null, draft: draftOf(model, text), key };
  if (key !== null && here.key === key && history.at === history.steps.length - 1) return { steps: [...history.steps.slice(0, history.at), step], at: history.at };
  return pushed(history, step);
}

function pushed(history: History, step: Step): History {
  const steps = [...history.steps.slice(0, history.at + 1), step].slice(-(MAX_STEPS + 1));
  return { steps, at: steps.length - 1 };
}

export const canUndo = (history: History): boolean => history.at > 0;
export const canRedo = (history: History): boolean => history.at < history.steps.length - 1;

export function stepped(history: History, by: -1 | 1): History {
  const at = history.at + by;
  return at < 0 || at >= history.steps.length ? history : { ...history, at };
}

/** The server has written the file of a draft. */
export function withFileText(history: History, draft: Draft, text: string): History {
  return { ...history, steps: history.steps.map((step) => (step.draft === draft ? { ...step, draft: { ...draft, text } } : step)) };
}

export interface StoredHistory {
  at: number;
  steps: ({ label: string; operations: Operation[] } | { label: string; text: string; model: FlowModel })[];
}

export function toStored(history: History): StoredHistory | null {
  const first = history.steps[0] as Step;
  // The oldest step left is the ground of the others: without its file they can't be told apart from nothing.
  if (first.draft.text === null) return null;
  return {
    at: history.at,
    steps: history.steps.map(({ label, operations, draft }, index) =>
      index > 0 && operations ? { label, operations } : { label, text: draft.text ?? draft.from.text, model: draft.model }),
  };
}

export function fromStored(saved: StoredHistory): History | null {
  let history: History | null = null;
  for (const step of saved.steps) {
    if ("model" in step) history = history ? withText(history, step.label, step.model, step.text) : newHistory(step.model, step.text);
    else if (history) history = withEdit(history, step.label, step.operations);
  }
  return history && { ...history, at: Math.min(saved.at, history.steps.length - 1) };
}
