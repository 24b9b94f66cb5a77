/** Reading a value that came: its path in a message, its children, what two of them differ in. */
import { sameJson } from "../api/json";

export const MAX_CHILDREN = 200;

export type Step = string | number;

/** As a node's field names it: `payload.rooms[2].temp`, a name that is no plain word in quotes. */
export function pathOf(steps: readonly Step[]): string {
  return steps.reduce<string>((path, step) => {
    if (typeof step === "number") return `${path}[${step}]`;
    if (/^[\p{L}_][\p{L}\p{N}_]*$/u.test(step)) return path ? `${path}.${step}` : step;
    return `${path}[${JSON.stringify(step)}]`;
  }, "");
}

export function childrenOf(value: unknown): [Step, unknown][] {
  if (Array.isArray(value)) return value.map((item, index) => [index, item]);
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

/** A value in a line: what a row of the debug list shows. */
export function oneLine(value: unknown, most = 160): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value.length > most ? `${value.slice(0, most)}…` : value;
  if (typeof value !== "object" || value === null) return String(value);
  let text = "";
  const room = (): number => most - text.length;
  const write = (part: unknown): void => {
    if (room() <= 0) return;
    if (typeof part !== "object" || part === null) text += typeof part === "string" ? JSON.stringify(part.length > most ? part.slice(0, most) : part) : String(part);
    else {
      const list = Array.isArray(part);
      text += list ? "[" : "{";
      childrenOf(part).some(([key, child], index) => {
        if (index) text += ", ";
        if (!list) text += `${key}: `;
        write(child);
        return room() <= 0;
      });
      text += list ? "]" : "}";
    }
  };
  write(value);
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

export type ValueChange = "added" | "changed" | "removed";

/** What a node did to a payload, by the path of each value. */
export function changesBetween(before: unknown, after: unknown, steps: Step[] = [], depth = 0): Map<string, ValueChange> {
  const marks = new Map<string, ValueChange>();
  if (sameJson(before, after)) return marks;
  const plain = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
  if (!plain(before) || !plain(after) || depth > 6) return marks.set(pathOf(steps), "changed");
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (!(name in before)) marks.set(pathOf([...steps, name]), "added");
    else if (!(name in after)) marks.set(pathOf([...steps, name]), "removed");
    else for (const [path, mark] of changesBetween(before[name], after[name], [...steps, name], depth + 1)) marks.set(path, mark);
  }
  return marks;
}
