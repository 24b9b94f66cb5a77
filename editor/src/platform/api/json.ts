/** JSON values: what they may be, and whether two of them say the same. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** The order of keys does not count. */
export function sameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every((key) => key in other && sameJson((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key]));
}
