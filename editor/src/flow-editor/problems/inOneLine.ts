/** A problem with what to do next, as the server has said it in the language of the page. */
import type { Problem } from "../../platform/api/types";

export const inOneLine = ({ message, hint }: Pick<Problem, "message" | "hint">): string => (hint ? `${message} — ${hint}` : message);
