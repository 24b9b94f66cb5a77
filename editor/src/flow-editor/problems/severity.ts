/** Errors before warnings, each in the order of the file. */
import type { Problem } from "../../platform/api/types";

export const bySeverity = (problems: readonly Problem[]): Problem[] =>
  problems.toSorted((one, other) => Number(one.severity === "warning") - Number(other.severity === "warning") || one.line - other.line);

export const errorsIn = (problems: readonly Problem[]): Problem[] => problems.filter(({ severity }) => severity === "error");
