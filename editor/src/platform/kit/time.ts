/** Points of time as people here write them: 24 h, YYYY-MM-DD. */
const two = (value: number) => String(value).padStart(2, "0");

export function clockTime(date: Date): string {
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

export function dateTime(when: string | number | Date): string {
  // Seconds since 1970 from the engine, ISO 8601 from rows of the database.
  const date = new Date(typeof when === "number" && when < 1e11 ? when * 1000 : when);
  if (Number.isNaN(date.getTime())) return String(when);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clockTime(date)}`;
}
