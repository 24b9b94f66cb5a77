/** A test case as it is written: what is given, what is expected; and what came when it was tried. */
import type { Json } from "../../platform/api/json";

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

export const EMPTY_CASE: Case = { name: "", given: [{ node: "", payload: "" }], expect: [] };

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
