"""Turns the parsed text into the tree that is compiled: a new one, made only of the few nodes that are written here.

What the translation promises, whatever the text says and whatever the names hold when it is evaluated:

- every operand of an arithmetic operator is a 64-bit float before the operator sees it, so there are no big integers
  and no repeated texts;
- no infinity or NaN gets past a place where it could vanish unseen (a comparison, a divisor, an argument);
- there are no loops, no attributes, no calls but the listed functions.
"""

from __future__ import annotations

import ast
import difflib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.expression.functions import FUNCTIONS, Function, failure_of
from engine.expression.kinds import EQUAL, RESULT, Kind, Term, TypeGuards, at
from engine.expression.problems import ExpressionError, Problem
from engine.expression.source import Source
from engine.texts.text import Text

__all__ = ["Translation", "translate"]


@dataclass(frozen=True, slots=True)
class Translation:
    """`body` computes the result; `names` are its free names in the order of their first use, with their offsets;
    `calls` are the functions it refers to."""

    body: ast.expr
    names: dict[str, int]
    calls: dict[str, Callable[..., float]]


def translate(source: Source) -> Translation:
    """Translate a source. Raises ExpressionError with every problem in it."""
    translator = _Translator(source)
    body = translator.result(source.tree)
    if translator.problems:
        raise ExpressionError(translator.problems)
    return Translation(body, translator.names, translator.calls)


class _Translator:
    def __init__(self, source: Source) -> None:
        self.problems: list[Problem] = []
        self.names: dict[str, int] = {}
        self.calls: dict[str, Callable[..., float]] = {}
        self._source = source
        self._guards = TypeGuards(self._refuse)
        self._rules: dict[type[ast.expr], Callable[[Any], Term]] = {
            ast.Constant: self._constant,
            ast.Name: self._name,
            ast.BinOp: self._arithmetic,
            ast.UnaryOp: self._unary,
            ast.Compare: self._comparison,
            ast.BoolOp: self._logic,
            ast.IfExp: self._choice,
            ast.Call: self._call,
        }

    def result(self, node: ast.expr) -> ast.expr:
        term = self._term(node)
        if term.kind is Kind.UNKNOWN:
            return self._guards.guard(RESULT, term.node, origin=node)
        return self._guards.finite(term, node) if term.kind is Kind.NUMBER else term.node

    def _term(self, node: ast.expr) -> Term:
        rule = self._rules.get(type(node))
        if rule is None:
            hint = Text("expression.remark-tuple") if isinstance(node, ast.Tuple) else None
            return self._refuse(node, Text("expression.foreign-part").with_hint(hint))
        return rule(node)

    def _refuse(self, node: ast.expr, text: Text) -> Term:
        self.problems.append(Problem(text, self._source.column(node.col_offset)))
        return Term(at(node, ast.Constant(0.0)), Kind.UNKNOWN)  # of any kind, so that one mistake is reported once

    # Values

    def _constant(self, node: ast.Constant) -> Term:
        if isinstance(node.value, str):
            return Term(at(node, ast.Constant(node.value)), Kind.TEXT, node.value)
        if not isinstance(node.value, int | float):
            return self._refuse(node, Text("expression.no-value"))
        try:
            number = float(node.value)
        except OverflowError:
            number = math.inf
        if math.isinf(number):
            return self._refuse(node, Text("expression.number-large"))
        return Term(at(node, ast.Constant(number)), Kind.NUMBER, number)

    def _name(self, node: ast.Name) -> Term:
        if function := FUNCTIONS.get(node.id):
            return self._refuse(node, Text("expression.function-as-value", name=node.id, call=function.signature))
        self.names.setdefault(node.id, node.col_offset)
        return Term(at(node, ast.Name(node.id, ast.Load())), Kind.UNKNOWN)

    def _unary(self, node: ast.UnaryOp) -> Term:
        term = self._term(node.operand)
        if isinstance(node.op, ast.Not):
            return Term(at(node, ast.UnaryOp(ast.Not(), self._guards.truth(term, node.operand))), Kind.TRUTH)
        if not isinstance(node.op, ast.USub | ast.UAdd):
            return self._refuse(node, Text("expression.foreign-operator"))
        number = self._guards.number(term, node.operand)
        if isinstance(node.op, ast.UAdd):
            return Term(number, Kind.NUMBER, term.constant)
        if isinstance(term.constant, float):
            return Term(at(node, ast.Constant(-term.constant)), Kind.NUMBER, -term.constant)
        return Term(at(node, ast.UnaryOp(ast.USub(), number)), Kind.NUMBER)

    def _arithmetic(self, node: ast.BinOp) -> Term:
        left, right = self._term(node.left), self._term(node.right)
        if isinstance(node.op, ast.Pow):
            if isinstance(right.constant, float) and 1.0 <= right.constant == int(right.constant):
                # Nothing but an overflow can go wrong here, and Python's own operator costs a third of a call.
                return Term(at(node, ast.BinOp(self._guards.number(left, node.left), node.op, right.node)), Kind.NUMBER)
            return self._calling(FUNCTIONS["pow"], node, [left, right], [node.left, node.right])
        if not isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div | ast.FloorDiv | ast.Mod):
            return self._refuse(node, Text("expression.foreign-operator"))
        divides = isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod)
        if divides and right.constant == 0.0:
            return self._refuse(node.right, Text("expression.divided-by-zero"))
        # x / inf is 0 and x % inf is x: only a divisor can hide an infinity. Beside one float, the other operand is
        # a number or a TypeError, except that text % float formats: so % has its left side made a float, always.
        second = self._guards.finite(right, node.right) if divides else self._guards.numeric(right, node.right)
        right_is_float = right.kind is Kind.NUMBER or divides
        as_it_is = right_is_float and not isinstance(node.op, ast.Mod)
        first = self._guards.numeric(left, node.left) if as_it_is else self._guards.number(left, node.left)
        return Term(at(node, ast.BinOp(first, node.op, second)), Kind.NUMBER)

    # Conditions

    def _comparison(self, node: ast.Compare) -> Term:
        operands = [node.left, *node.comparators]
        if any(isinstance(operator, ast.In | ast.NotIn) for operator in node.ops):
            return self._membership(node)
        terms = [self._term(operand) for operand in operands]
        equality = all(isinstance(operator, ast.Eq | ast.NotEq) for operator in node.ops)
        if any(term.kind is Kind.TEXT for term in terms):
            if not equality:
                return self._refuse(node, Text("expression.text-order"))
            sides = [self._guards.text(term, operand) for term, operand in zip(terms, operands, strict=True)]
        elif self._source.strings and equality and all(term.kind is Kind.UNKNOWN for term in terms):
            return self._equality(node, terms)
        else:
            sides = [self._guards.finite(term, operand) for term, operand in zip(terms, operands, strict=True)]
        return Term(at(node, ast.Compare(sides[0], node.ops, sides[1:])), Kind.TRUTH)

    def _equality(self, node: ast.Compare, terms: list[Term]) -> Term:
        """Names only, where each may hold a number or a text: told apart when they have values."""
        if len(node.ops) > 1:
            return self._refuse(node, Text("expression.open-chain"))
        same = self._guards.guard(EQUAL, terms[0].node, terms[1].node, origin=node)
        differs = isinstance(node.ops[0], ast.NotEq)
        return Term(at(node, ast.UnaryOp(ast.Not(), same)) if differs else same, Kind.TRUTH)

    def _membership(self, node: ast.Compare) -> Term:
        right = node.comparators[0]
        if len(node.ops) > 1:
            return self._refuse(node, Text("expression.in-chain"))
        if not isinstance(right, ast.Tuple) or not right.elts:
            return self._refuse(right, Text("expression.in-without-list"))
        members = [self._term(element) for element in right.elts]
        for member, element in zip(members, right.elts, strict=True):
            if member.constant is None or member.kind is not members[0].kind:
                return self._refuse(element, Text("expression.in-mixed"))
        left = self._term(node.left)
        texts = members[0].kind is Kind.TEXT
        value = self._guards.text(left, node.left) if texts else self._guards.finite(left, node.left)
        listed = at(right, ast.Tuple([member.node for member in members], ast.Load()))
        return Term(at(node, ast.Compare(value, node.ops, [listed])), Kind.TRUTH)

    def _logic(self, node: ast.BoolOp) -> Term:
        sides = [self._guards.truth(self._term(value), value) for value in node.values]
        return Term(at(node, ast.BoolOp(node.op, sides)), Kind.TRUTH)

    def _choice(self, node: ast.IfExp) -> Term:
        body, test, orelse = self._term(node.body), self._term(node.test), self._term(node.orelse)
        kinds = {body.kind, orelse.kind}
        condition = self._guards.truth(test, node.test)
        if len(kinds) == 1:
            chosen, otherwise, kind = body.node, orelse.node, body.kind
        elif Kind.TEXT in kinds or Kind.NUMBER not in kinds:
            chosen, otherwise, kind = body.node, orelse.node, Kind.UNKNOWN
        else:
            chosen, otherwise = self._guards.number(body, node.body), self._guards.number(orelse, node.orelse)
            kind = Kind.NUMBER
        return Term(at(node, ast.IfExp(condition, chosen, otherwise)), kind)

    # Calls

    def _call(self, node: ast.Call) -> Term:
        if not isinstance(node.func, ast.Name):
            return self._refuse(node.func, Text("expression.no-call", known=list(FUNCTIONS)))
        function = FUNCTIONS.get(node.func.id)
        if function is None:
            near = difflib.get_close_matches(node.func.id.lower(), FUNCTIONS, n=1, cutoff=0.5)
            missing = Text("expression.no-function", name=node.func.id[:40], known=list(FUNCTIONS))
            hint = Text("expression.did-you-mean", name=near[0]) if near else None
            return self._refuse(node.func, missing.with_hint(hint))
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            return self._refuse(node, Text("expression.plain-values", name=function.name, call=function.signature))
        count = len(node.args)
        if (
            count < function.least
            or (function.most is not None and count > function.most)
            or (function.pairs and count % 2 == 0)
        ):
            text = Text("expression.argument-count", count=count, name=function.name, call=function.signature)
            return self._refuse(node, text)
        return self._calling(function, node, [self._term(argument) for argument in node.args], node.args)

    def _calling(self, function: Function, node: ast.expr, terms: list[Term], origins: list[ast.expr]) -> Term:
        constants = [term.constant for term in terms if isinstance(term.constant, float)]
        try:
            call = function.call
            if len(constants) == len(terms):
                call(*constants)
            elif function.prepare and len(constants) == len(terms) - 1 and terms[0].constant is None:
                call, terms, origins = function.prepare(*constants), terms[:1], origins[:1]
        except (ValueError, ArithmeticError) as error:
            return self._refuse(node, failure_of(error))
        arguments = [self._guards.finite(term, origin) for term, origin in zip(terms, origins, strict=True)]
        key = f"_{function.name}" if call is function.call else f"_prepared_{len(self.calls)}"
        self.calls[key] = call
        return Term(at(node, ast.Call(at(node, ast.Name(key, ast.Load())), arguments, [])), Kind.NUMBER)
