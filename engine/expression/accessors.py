"""Where a compiled expression finds the value of a name: a path such as `payload.v_raw` or `message.payload[v_raw]`."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.texts.text import Text

__all__ = ["Accessor"]

_PATH = re.compile(r"(?P<root>[A-Za-z]\w*)(?P<steps>(?:\.[A-Za-z]\w*|\[[A-Za-z]\w*\])*)", re.ASCII)
_STEP = re.compile(r"(?P<sign>[.\[])(?P<key>\w+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Accessor:
    """A root argument and the steps from it: `.name` reads an attribute, `[name]` an item with that text as its key."""

    root: str
    steps: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, path: str) -> Accessor:
        """Read a path. Raises ValueError unless it is made of plain identifiers, none with a leading underscore."""
        match = _PATH.fullmatch(path)
        if match is None:
            raise ValueError(Text("expression.no-path", path=repr(path)))
        steps = tuple((step["sign"], step["key"]) for step in _STEP.finditer(match["steps"]))
        for word in (match["root"], *(key for sign, key in steps if sign == ".")):
            if keyword.iskeyword(word):
                raise ValueError(Text("expression.path-keyword", path=repr(path), word=word))
        return cls(match["root"], steps)

    def node(self, argument: str) -> ast.expr:
        """The expression that reads the value, the root being the variable `argument`."""
        node: ast.expr = ast.Name(argument, ast.Load())
        for sign, key in self.steps:
            by_key = sign == "["
            node = (
                ast.Subscript(node, ast.Constant(key), ast.Load()) if by_key else ast.Attribute(node, key, ast.Load())
            )
        return node

    def read(self, roots: Mapping[str, object]) -> object:
        """The value, read step by step. Raises KeyError, AttributeError, TypeError as the compiled function does."""
        return self._walk(roots, self.steps)

    def container(self, roots: Mapping[str, object]) -> object:
        """What the last step reads from; None where even that can't be reached."""
        try:
            return self._walk(roots, self.steps[:-1])
        except (LookupError, AttributeError, TypeError):
            return None

    def _walk(self, roots: Mapping[str, object], steps: tuple[tuple[str, str], ...]) -> object:
        value: Any = roots[self.root]
        for sign, key in steps:
            value = getattr(value, key) if sign == "." else value[key]
        return value
