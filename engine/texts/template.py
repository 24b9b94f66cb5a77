"""One text of a catalogue with its holes: `` `{source}` is wired to `{target}` twice ``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, reduce
from typing import Any, NamedTuple

from engine.texts.language import Language

__all__ = ["Hole", "Template"]

_HOLE = re.compile(r"\{\{|\}\}|\{(?P<name>[a-z][a-z0-9_]*)(?::(?P<how>[^{}]*))?\}")
_JOINS: Mapping[Language, Mapping[str, tuple[str, str]]] = {
    "zh": {"": ("、", "、"), "or": ("、", "或"), "and": ("、", "和"), "lines": ("\n", "\n"), "sentences": ("；", "；")},
    "en": {
        "": (", ", ", "),
        "or": (", ", " or "),
        "and": (", ", " and "),
        "lines": ("\n", "\n"),
        "sentences": ("; ", "; "),
    },
}
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff"
_MEETING = re.compile(rf"[{_HAN}][A-Za-z0-9`−]|[A-Za-z0-9`][{_HAN}]")


class Hole(NamedTuple):
    """What is filled in: `how` is "", "or", "and", "sentences" or "lines" (how a sequence is joined), "," (thousands apart), "full" (a text with its
    hint, as in "sentences"), "hint" (that alone) or `one|many` (a word by number).

    `quoted` holes stand in backticks, where minus is the hyphen that people type and each part of a sequence gets its own.
    """

    name: str
    how: str
    quoted: bool


class Template:
    """A text of one language. Braces that are meant are doubled, as in `str.format`."""

    def __init__(self, source: str, language: Language) -> None:
        self.source = source
        self.language: Language = language

    @cached_property
    def parts(self) -> tuple[str | Hole, ...]:
        """Fixed texts and holes in turn."""
        parts: list[str | Hole] = []
        fixed, end = "", 0
        for match in _HOLE.finditer(self.source):
            fixed += self.source[end : match.start()]
            end = match.end()
            if match["name"] is None:
                fixed += match[0][0]
                continue
            quoted = fixed.endswith("`") and self.source.startswith("`", end)
            parts += [fixed, Hole(match["name"], match["how"] or "", quoted)]
            fixed = ""
        return (*parts, fixed + self.source[end:])

    @property
    def names(self) -> frozenset[str]:
        """Of the parameters that it shows or goes by."""
        return frozenset(part.name for part in self.parts if isinstance(part, Hole))

    def fill(self, params: Mapping[str, Any], shown: Callable[[Any, str], str]) -> str:
        """The text; `shown` says what a value that is no number looks like, given `how`. A missing parameter shows its name.

        In Chinese a blank is put where what is filled in and the text around it meet as Han and Latin or digits.
        """
        return self._together(
            part
            if isinstance(part, str)
            else self._filled(part, params[part.name], shown)
            if part.name in params
            else f"{{{part.name}}}"
            for part in self.parts
        )

    def _filled(self, hole: Hole, value: Any, shown: Callable[[Any, str], str]) -> str:
        if "|" in hole.how:
            one, many = hole.how.split("|")
            return one if value == 1 else many
        if isinstance(value, Sequence) and not isinstance(value, str):
            quote = "`" if hole.quoted else ""
            between, last = (
                f"{quote}{join}{quote}" for join in _JOINS[self.language].get(hole.how, _JOINS[self.language][""])
            )
            parts = [self._one(hole, part, shown) for part in value]
            joins = [between] * (len(parts) - 2) + [last]
            rest = (piece for pair in zip(joins, parts[1:], strict=False) for piece in pair)
            return self._together([*parts[:1], *rest])
        return self._one(hole, value, shown)

    def _one(self, hole: Hole, value: Any, shown: Callable[[Any, str], str]) -> str:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return shown(value, hole.how)
        number = f"{value:{',' if hole.how == ',' else ''}}" if isinstance(value, int) else f"{value:.15g}"
        return number if hole.quoted else number.replace("-", "−")

    def _together(self, pieces: Iterable[str]) -> str:
        return "".join(pieces) if self.language == "en" else reduce(_meet, pieces, "")


def _meet(before: str, after: str) -> str:
    return f"{before} {after}" if _MEETING.fullmatch(before[-1:] + after[:1]) else before + after
