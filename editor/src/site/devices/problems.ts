/** What the server found wrong, in the reader's words and at its field. */
import { useState } from "react";
import { ApiError } from "../../platform/api/problem";
import { translateOr } from "../../platform/i18n";
import { toastError } from "../../platform/kit/toasts";
import type { FieldProblem } from "../live/types";

export const problemText = ({ code, message }: { code: string; message: string }): string => translateOr(`deviceproblem.${code}`, message);

export function useProblems() {
  const [problems, setProblems] = useState<FieldProblem[]>([]);
  const problemOf = (field: string): string | undefined => {
    const found = problems.find((problem) => problem.field === field);
    return found && problemText(found);
  };
  /** Fields go to their places; what has no field is told at the corner. */
  const tell = (error: unknown) => {
    const fields = error instanceof ApiError ? (error.body["fields"] as FieldProblem[] | undefined) : undefined;
    if (fields) setProblems(fields);
    else toastError(error);
  };
  return { problems, setProblems, problemOf, tell };
}
