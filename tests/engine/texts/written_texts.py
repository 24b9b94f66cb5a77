"""Finds the texts in our sources: every `Text("code", name=…)`, with where it stands."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

__all__ = ["LAYERS", "Written", "written_texts"]

LAYERS = ("engine", "nodes", "plant", "vendor")


class Written(NamedTuple):
    """`code` is None where it is no literal; `params` is None where they are not written out (`**more`)."""

    place: str
    code: str | None
    params: frozenset[str] | None


def written_texts(layers: Iterable[str] = LAYERS) -> list[Written]:
    """All of them, by file and line."""
    files = (file for layer in layers for file in sorted(Path(layer).rglob("*.py")))
    return [written for file in files for written in _in(file)]


def _in(file: Path) -> Iterator[Written]:
    for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Text" and call.args:
            first = call.args[0]
            code = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None
            names = [keyword.arg for keyword in call.keywords]
            params = None if None in names else frozenset(name for name in names if name)
            yield Written(f"{file}:{call.lineno}", code, params)
