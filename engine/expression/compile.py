"""Makes a Python function of a translated expression: the one that runs for every message."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.expression.accessors import Accessor
from engine.expression.explain import FAILURES, Explanation, NotFinite
from engine.expression.kinds import EQUAL, NOT_FINITE, RESULT, TEXT
from engine.expression.source import Source
from engine.expression.translate import Translation

__all__ = ["Value", "compile_function"]

Value = float | bool | str

_SKELETON = """
def expression():
    try:
        return 0
    except _failures as _error:
        raise _explain(_error, ()) from _error
"""


def compile_function(
    source: Source, translation: Translation, accessors: Mapping[str, Accessor], roots: Sequence[str]
) -> Callable[..., Value]:
    """A function of the roots, in that order, that reads every name through its accessor once and returns the result.

    It has no builtins and no global but the guards and functions of the language. Whatever goes wrong leaves it as an
    EvaluationError; the search for the reason costs nothing until then.
    """
    module = ast.parse(_SKELETON)
    function = module.body[0]
    assert isinstance(function, ast.FunctionDef)
    attempt = function.body[0]
    assert isinstance(attempt, ast.Try)
    again = attempt.handlers[0].body[0]
    assert isinstance(again, ast.Raise)
    assert isinstance(again.exc, ast.Call)
    # A root that is itself the value of the name it is called after needs no load; the others keep clear of all names.
    direct = {name for name, accessor in accessors.items() if accessor == Accessor(name, ())}
    arguments = {root: root if root in direct else f"_from_{root}" for root in roots}
    function.args.args = [ast.arg(argument) for argument in arguments.values()]
    loads = [
        _load(name, offset, accessors[name].node(arguments[accessors[name].root]))
        for name, offset in translation.names.items()
        if name not in direct
    ]
    attempt.body = [*loads, ast.Return(translation.body)]
    again.exc.args[1] = ast.Tuple([ast.Name(argument, ast.Load()) for argument in arguments.values()], ast.Load())
    scope: dict[str, Any] = {
        "__builtins__": {},
        "_failures": FAILURES,
        "_explain": Explanation(source, translation.names, accessors, tuple(roots)),
        NOT_FINITE: _not_finite,
        TEXT: _text,
        EQUAL: _equal,
        RESULT: _value if source.strings else _result,
        **translation.calls,
    }
    exec(compile(ast.fix_missing_locations(module), "<expression>", "exec"), scope)
    compiled: Callable[..., Value] = scope["expression"]
    return compiled


def _load(name: str, offset: int, value: ast.expr) -> ast.stmt:
    load = ast.Assign([ast.Name(name, ast.Store())], value)
    place = ast.Name(name, lineno=1, end_lineno=1, col_offset=offset, end_col_offset=offset + len(name))
    for node in ast.walk(load):
        ast.copy_location(node, place)
    return load


def _not_finite(value: object) -> float:
    raise NotFinite(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _number(value: object) -> float:
    if not isinstance(value, int | float):
        raise TypeError("not a number")
    number = float(value)
    if not math.isfinite(number):
        raise NotFinite(value)
    return number


def _equal(left: object, right: object) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    return _number(left) == _number(right)


def _result(value: object) -> Value:
    return value if isinstance(value, bool) else _number(value)


def _value(value: object) -> Value:
    return value if isinstance(value, str) else _result(value)
