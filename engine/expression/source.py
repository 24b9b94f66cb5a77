"""The text of an expression beside the tree Python's parser makes of it, and the columns that tie the two together."""

from __future__ import annotations

import ast

from engine.expression.problems import ExpressionError, Problem
from engine.expression.scan import MAX_DEPTH, scan
from engine.texts.text import Text

__all__ = ["Source"]

MAX_CHARACTERS = 4_000
MAX_PARTS = 1_000
"""How many numbers, names, operators and calls an expression may have: evaluating it costs at most so many steps."""


class Source:
    """A text that has the shape of an expression and keeps within the limits. Raises ExpressionError otherwise.

    What its words mean (which functions exist, what can be added to what) is not looked at here.
    """

    def __init__(self, text: str, *, strings: bool) -> None:
        self.text = text
        self.strings = strings
        if len(text) > MAX_CHARACTERS:
            too_long = Text("expression.long", length=len(text), limit=MAX_CHARACTERS)
            raise ExpressionError([Problem(too_long, MAX_CHARACTERS + 1)])
        if problems := scan(text, strings=strings):
            raise ExpressionError(problems)
        # Line breaks are spaces here, so that a formula may run over several lines and has one row of columns.
        row = "".join(" " if character.isspace() else character for character in text)
        self._indent = len(row) - len(row.lstrip())
        self._row = row.strip()
        self._bytes = self._row.encode()
        self.tree = self._parse()
        self._check_size()

    def column(self, byte_offset: int) -> int:
        """The column in the text (from 1) of an offset as Python's parser counts them."""
        return self._indent + len(self._bytes[:byte_offset].decode(errors="ignore")) + 1

    def extract(self, start: int, end: int) -> str:
        """The piece of text between two such offsets."""
        return self._bytes[start:end].decode(errors="ignore")

    def _parse(self) -> ast.expr:
        try:
            return ast.parse(self._row, mode="eval").body
        except SyntaxError as error:
            column = self._indent + max(error.offset or 1, 1)
            raise ExpressionError([Problem(Text("expression.syntax", reason=error.msg), column)]) from error
        except (RecursionError, MemoryError) as error:
            raise ExpressionError([Problem(Text("expression.deep", limit=MAX_DEPTH), 1)]) from error

    def _check_size(self) -> None:
        parts, depth, level = 0, 0, [self.tree]
        while level:
            parts += len(level)
            depth += 1
            if parts > MAX_PARTS or depth > MAX_DEPTH:
                column = self.column(level[0].col_offset)
                many = parts > MAX_PARTS
                text = (
                    Text("expression.many-parts", limit=MAX_PARTS) if many else Text("expression.deep", limit=MAX_DEPTH)
                )
                raise ExpressionError([Problem(text, column)])
            level = [child for node in level for child in _operands(node)]


def _operands(node: ast.expr) -> list[ast.expr]:
    return [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
