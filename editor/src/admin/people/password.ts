/** A first password that is easy to read out: letters and digits that are not taken for one another. */
const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";

export function oneTimePassword(groups = 4): string {
  const random = crypto.getRandomValues(new Uint32Array(groups * 4));
  const letters = [...random].map((value) => LETTERS[value % LETTERS.length] ?? "x");
  return Array.from({ length: groups }, (_, group) => letters.slice(group * 4, group * 4 + 4).join("")).join("-");
}
