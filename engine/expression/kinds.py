"""What is known of the parts of an expression before any name has a value, and how a part is made sure of."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from engine.texts.text import Text

__all__ = ["EQUAL", "NOT_FINITE", "RESULT", "TEXT", "Kind", "Term", "TypeGuards", "at"]

NOT_FINITE, TEXT, EQUAL, RESULT = "_not_finite", "_text", "_equal", "_result"
"""Names under which the compiled function finds its guards; a name in an expression can't begin with an underscore."""


class Kind(Enum):
    """What a part is known to give."""

    NUMBER = auto()  # a float
    TRUTH = auto()  # True or False
    TEXT = auto()
    UNKNOWN = auto()  # whatever the name turns out to hold


@dataclass(frozen=True, slots=True)
class Term:
    """A translated part: its tree, its kind, and its value where the text itself gives one."""

    node: ast.expr
    kind: Kind
    constant: float | str | None = None


def at(origin: ast.expr, node: ast.expr) -> ast.expr:
    """The node with the place in the text of the one it stands for, which is where a failing evaluation looks."""
    return ast.copy_location(node, origin)


class TypeGuards:
    """Puts round a term what makes it a number, a finite number, a truth value or a text when it is evaluated.

    A term that can't be made so is reported through `refuse`, with the part of the text that it came from.
    """

    def __init__(self, refuse: Callable[[ast.expr, Text], Term]) -> None:
        self._refuse = refuse
        self._kept = 0

    def numeric(self, term: Term, origin: ast.expr) -> ast.expr:
        """The term as it is, for a place where the other operand is a float and so refuses anything but a number."""
        if term.kind is Kind.TEXT:
            return self._refuse(origin, Text("expression.text-calculated")).node
        return term.node

    def number(self, term: Term, origin: ast.expr) -> ast.expr:
        """The term as a float: multiplying by 1.0 is exact, and a TypeError for all that is no number."""
        node = self.numeric(term, origin)
        if term.kind is Kind.NUMBER:
            return node
        return at(origin, ast.BinOp(node, ast.Mult(), at(origin, ast.Constant(1.0))))

    def finite(self, term: Term, origin: ast.expr) -> ast.expr:
        """The term as a finite float: x - x is 0.0 for those only. Written out, as a call costs three times as much."""
        number = self.number(term, origin)
        if isinstance(term.constant, float):
            return number
        kept = f"_{self._kept}"
        self._kept += 1
        once = at(origin, ast.NamedExpr(ast.copy_location(ast.Name(kept, ast.Store()), origin), number))
        again = at(origin, ast.Name(kept, ast.Load()))
        zero = at(origin, ast.BinOp(once, ast.Sub(), again))
        test = at(origin, ast.Compare(zero, [ast.Eq()], [at(origin, ast.Constant(0.0))]))
        return at(origin, ast.IfExp(test, again, self.guard(NOT_FINITE, again, origin=origin)))

    def truth(self, term: Term, origin: ast.expr) -> ast.expr:
        """The term as True or False; a number is true when it is not 0."""
        if term.constant is not None:
            return self._refuse(origin, Text("expression.constant-condition")).node
        if term.kind is Kind.TRUTH:
            return term.node
        zero = at(origin, ast.Constant(0.0))
        return at(origin, ast.Compare(self.finite(term, origin), [ast.NotEq()], [zero]))

    def text(self, term: Term, origin: ast.expr) -> ast.expr:
        """The term as a text."""
        if term.kind is Kind.UNKNOWN:
            return self.guard(TEXT, term.node, origin=origin)
        if term.kind is not Kind.TEXT:
            return self._refuse(origin, Text("expression.number-and-text")).node
        return term.node

    def guard(self, guard: str, *values: ast.expr, origin: ast.expr) -> ast.expr:
        """A call of one of the guards."""
        return at(origin, ast.Call(at(origin, ast.Name(guard, ast.Load())), list(values), []))
