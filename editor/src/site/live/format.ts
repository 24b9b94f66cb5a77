/** Numbers and ages as people here read them. */

/** A value with as many digits as mean something: 3 before the point at most, then as many decimals as fit. */
export function formatValue(value: number | null | undefined, digits = 1): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "—";
  const size = Math.abs(value);
  if (size >= 100_000) return value.toExponential(2);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? Math.min(1, digits) : digits);
}

/** Seconds as m:ss. */
export function countdown(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** [number, unit] of an age: the key of its words, and how many. */
export function age(seconds: number): ["age.seconds" | "age.minutes" | "age.hours" | "age.days", number] {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 100) return ["age.seconds", whole];
  if (whole < 6000) return ["age.minutes", Math.round(whole / 60)];
  if (whole < 200_000) return ["age.hours", Math.round(whole / 3600)];
  return ["age.days", Math.round(whole / 86_400)];
}
