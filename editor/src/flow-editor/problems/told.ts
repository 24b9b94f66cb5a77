/** A problem in the language of the page. */
import type { Problem } from "../../platform/api/types";
import { currentLanguage } from "../../platform/i18n";
import { hintInChinese, messageInChinese } from "./inChinese";

export function told({ message, hint }: Pick<Problem, "message" | "hint">): { message: string; hint: string } {
  return currentLanguage() === "zh" ? { message: messageInChinese(message), hint: hintInChinese(hint) } : { message, hint };
}

export function inOneLine(problem: Pick<Problem, "message" | "hint">): string {
  const { message, hint } = told(problem);
  return hint ? `${message} — ${hint}` : message;
}
