"""What can be wrong with an expression: in its text, found once, or in the values of one evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.core.failure import PermanentError

__all__ = ["EvaluationError", "ExpressionError", "Problem"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in the text. `column` counts characters from 1 at the start of the text, line breaks included."""

    message: str
    column: int
    hint: str = ""

    def __str__(self) -> str:
        return f"column {self.column}: {self.message}" + (f"; {self.hint}" if self.hint else "")


class ExpressionError(ValueError):
    """The text is no expression of the language. `problems` holds every mistake found, in the order of their columns;
    `message`, `column` and `hint` are those of the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.column))
        super().__init__("\n".join(map(str, self.problems)))
        self.message = self.problems[0].message
        self.column = self.problems[0].column
        self.hint = self.problems[0].hint


class EvaluationError(PermanentError):
    """These values give no result: one is missing or no finite number, or the arithmetic has no answer for them.

    `name` is the name at fault, None where no single one is; `column` (from 1) is where in the text it happened.
    """

    def __init__(self, message: str, *, name: str | None = None, column: int | None = None, hint: str = "") -> None:
        place = f"column {column}: " if column is not None else ""
        super().__init__(f"{place}{message}" + (f"; {hint}" if hint else ""))
        self.message = message
        self.name = name
        self.column = column
        self.hint = hint
