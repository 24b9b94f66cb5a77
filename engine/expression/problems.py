"""What can be wrong with an expression: in its text, found once, or in the values of one evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.core.failure import PermanentError
from engine.texts.text import Text

__all__ = ["EvaluationError", "ExpressionError", "Problem"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in the text. `column` counts characters from 1 at the start of the text, line breaks included."""

    text: Text
    column: int

    @property
    def placed(self) -> Text:
        """What is wrong, where, and what to do, as one text."""
        return Text("expression.at-column", column=self.column, text=self.text)

    def __str__(self) -> str:
        return str(self.placed)


class ExpressionError(ValueError):
    """The text is no expression of the language. `problems` holds every mistake found, in the order of their columns;
    `text` and `column` are those of the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.column))
        super().__init__(self.problems[0].placed)
        self.text = self.problems[0].text
        self.column = self.problems[0].column

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


class EvaluationError(PermanentError):
    """These values give no result: one is missing or no finite number, or the arithmetic has no answer for them.

    `name` is the name at fault, None where no single one is; `column` (from 1) is where in the text it happened.
    """

    def __init__(self, text: Text, *, name: str | None = None, column: int | None = None) -> None:
        super().__init__(text if column is None else Text("expression.at-column", column=column, text=text))
        self.text = text
        self.name = name
        self.column = column
