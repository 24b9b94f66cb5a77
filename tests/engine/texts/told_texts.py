"""Finds in our sources the texts that people are told, as templates: `there is no node type `{}``."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef


def told_texts(files: Iterable[Path], calls: frozenset[str]) -> dict[str, str]:
    """{template: file:line} of all texts given to `calls` in those files, directly, by a name or as one of two choices."""
    found: dict[str, str] = {}
    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        functions = [node for node in ast.walk(tree) if isinstance(node, Function)]
        for function in functions:
            given = _assigned(function)
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and _name(call.func) in calls:
                    for argument in [*call.args, *(word.value for word in call.keywords)]:
                        for template in _templates(argument, given):
                            found.setdefault(template, f"{file}:{argument.lineno}")
    return {text: place for text, place in found.items() if " " in text.strip()}


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _assigned(function: Function) -> dict[str, list[ast.expr]]:
    given: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                pairs = [(target, node.value)]
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs = list(zip(target.elts, node.value.elts, strict=True))
                for name, value in pairs:
                    if isinstance(name, ast.Name):
                        given.setdefault(name.id, []).append(value)
    return given


def _templates(value: ast.expr, given: dict[str, list[ast.expr]]) -> Iterator[str]:
    match value:
        case ast.Constant(value=str(text)):
            yield _literal(text)
        case ast.IfExp():
            yield from _templates(value.body, given)
            yield from _templates(value.orelse, given)
        case ast.BoolOp():
            for choice in value.values:
                yield from _templates(choice, given)
        case ast.Name() if value.id in given:
            for one in given[value.id]:
                yield from _templates(one, {name: found for name, found in given.items() if name != value.id})
        case ast.Tuple():
            for one in value.elts:
                yield from _templates(one, given)
        case ast.JoinedStr():
            parts = [part if isinstance(part, ast.FormattedValue) else _text_of(part) for part in value.values]
            yield "".join(part if isinstance(part, str) else "{}" for part in parts)
            for part in parts:
                if isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.IfExp | ast.Name | ast.BoolOp):
                    yield from _templates(part.value, given)


def _text_of(part: ast.expr) -> str:
    assert isinstance(part, ast.Constant)
    return _literal(str(part.value))


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
