"""Reducing a sequence to one value: a formula is applied to each message in turn, with what came out before."""

from __future__ import annotations

from typing import Any

from engine.api import EvaluationError, Expression, Message, PermanentError, Text, reason_of
from nodes.support.scope import Scope
from nodes.support.sequence import parts_of

__all__ = ["Reduction"]


class Reduction:
    """Formulas over the payload's fields and A (what came out so far), I (index) and N (count); `finish` over A and N
    alone."""

    def __init__(self, expression: str, start_value: Any, finish: str, from_end: bool) -> None:
        """ExpressionError says what is wrong with a formula."""
        self._each = Expression(expression, strings=True)
        self._finish = Expression(finish, strings=True) if finish else None
        self._scope = Scope(self._each.names)
        self._start_value = start_value
        self._from_end = from_end

    def value(self, messages: list[Message]) -> tuple[Message, Any]:
        """(the message handled last, what came out). PermanentError when a formula can't be calculated."""
        ordered = sorted(messages, key=lambda one: int((parts_of(one) or {}).get("index") or 0), reverse=self._from_end)
        result = self._start_value
        try:
            for one in ordered:
                index = (parts_of(one) or {}).get("index")
                result = self._each(self._scope.values(one, {"A": result, "I": index, "N": len(ordered)}))
            if self._finish is not None:
                result = self._finish({"A": result, "N": len(ordered)})
        except EvaluationError as wrong:
            raise PermanentError(Text("sequence.calculation", reason=reason_of(wrong))) from wrong
        return ordered[-1], result
