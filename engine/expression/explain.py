"""Says why an evaluation failed, in the words of the person who wrote the expression: which name, where, what to do."""

from __future__ import annotations

import ast
import difflib
import math
from collections.abc import Mapping

from engine.expression.accessors import Accessor
from engine.expression.functions import failure_of
from engine.expression.problems import EvaluationError
from engine.expression.source import Source
from engine.texts.text import Readable, Text

__all__ = ["FAILURES", "Explanation", "NotFinite"]

FAILURES = (ArithmeticError, TypeError, ValueError, LookupError, AttributeError)
"""What an evaluation can raise. Anything else is a fault of the engine and goes up as it is."""


class NotFinite(ArithmeticError):
    """A guard met infinity or NaN."""


class Explanation:
    """Turns what the compiled function raised, with its arguments, into an EvaluationError."""

    def __init__(
        self, source: Source, names: Mapping[str, int], accessors: Mapping[str, Accessor], roots: tuple[str, ...]
    ) -> None:
        self._source = source
        self._names = names
        self._accessors = accessors
        self._roots = roots

    def __call__(self, error: Exception, arguments: tuple[object, ...]) -> EvaluationError:
        roots = dict(zip(self._roots, arguments, strict=True))
        values: dict[str, object] = {}
        for name, offset in self._names.items():
            try:
                values[name] = self._accessors[name].read(roots)
            except FAILURES:
                return self._missing(name, offset, roots)
        start, end = self._place(error)
        place = self._source.column(start)
        excerpt = _short(self._source.extract(start, end))
        used = self._used(start, end, values)
        return self._culprit(error, used) or self._arithmetic(error, excerpt, place, used)

    def _missing(self, name: str, offset: int, roots: Mapping[str, object]) -> EvaluationError:
        container = self._accessors[name].container(roots)
        known = [key for key in container if isinstance(key, str)] if isinstance(container, Mapping) else []
        near = difflib.get_close_matches(name, known, n=1)
        hint = Text("expression.did-you-mean", name=near[0]) if near else None
        missing = Text("expression.missing", name=name).with_hint(hint)
        return EvaluationError(missing, name=name, column=self._source.column(offset))

    def _place(self, error: Exception) -> tuple[int, int]:
        """The piece of the expression that was being evaluated, which the interpreter keeps for every instruction."""
        traceback = error.__traceback__
        if traceback is not None:
            positions = list(traceback.tb_frame.f_code.co_positions())
            line, _, start, end = positions[traceback.tb_lasti // 2]
            if line == 1 and start is not None and end is not None:
                return start, end
        return self._source.tree.col_offset, self._source.tree.end_col_offset or 0

    def _used(self, start: int, end: int, values: Mapping[str, object]) -> dict[str, tuple[int, object]]:
        """Where each name first stands in that piece, and its value, from left to right."""
        found = [node for node in ast.walk(self._source.tree) if isinstance(node, ast.Name) and node.id in values]
        used: dict[str, tuple[int, object]] = {}
        for node in sorted(found, key=lambda node: node.col_offset):
            if start <= node.col_offset < end:
                used.setdefault(node.id, (node.col_offset, values[node.id]))
        return used

    def _culprit(self, error: Exception, used: Mapping[str, tuple[int, object]]) -> EvaluationError | None:
        """The first name whose value alone explains the failure."""
        for name, (offset, value) in used.items():
            column = self._source.column(offset)
            if isinstance(error, TypeError) and not isinstance(value, int | float):
                text = Text("expression.no-number", name=name, here=_shown(value))
                return EvaluationError(text, name=name, column=column)
            if isinstance(value, float) and not math.isfinite(value):
                text = Text("expression.not-measured", name=name, here=str(value))
                return EvaluationError(text, name=name, column=column)
            if isinstance(value, int) and value.bit_length() > 1024:
                return EvaluationError(Text("expression.integer-large", name=name), name=name, column=column)
        return None

    def _arithmetic(
        self, error: Exception, excerpt: str, column: int, used: Mapping[str, tuple[int, object]]
    ) -> EvaluationError:
        given = [
            Text("expression.given-value", name=name, value=_shown(value))
            for name, (_, value) in list(used.items())[:6]
        ]
        where = (
            Text("expression.in-with", excerpt=excerpt, given=given)
            if given
            else Text("expression.in", excerpt=excerpt)
        )
        name = next(iter(used)) if len(used) == 1 else None
        if isinstance(error, ZeroDivisionError):
            text = Text("expression.division-by-zero", where=where)
        elif isinstance(error, ArithmeticError):
            text = Text("expression.overflow", where=where)
        elif isinstance(error, TypeError):
            text = Text("expression.text-expected", where=where)
        elif isinstance(error, ValueError):
            text = Text("expression.outside-domain", reason=failure_of(error), where=where)
        else:
            text = Text("expression.outside-domain", reason=str(error), where=where)
        return EvaluationError(text, name=name, column=column)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:59] + "…"


def _shown(value: object) -> Readable:
    """The value where it is short and harmless to print, else what it is."""
    if value is None:
        return Text("expression.null")
    if isinstance(value, float) or (isinstance(value, int) and value.bit_length() <= 64):
        return repr(value)
    if isinstance(value, int):
        return Text("expression.many-digits")
    if isinstance(value, str):
        return Text("expression.the-text", value=repr(_short(value[:61])))
    return Text("expression.a-type", type=type(value).__name__)
