"""A text of ours in the language of who reads it: found by its template, so that whoever writes an error writes it once, in English.

An English text that no template fits stays as it is: better a sentence in the other language than none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from engine.texts.language import Language
from engine.texts.zh_answers import ANSWERS

__all__ = ["told"]

LONGEST = 4000
"""Characters; a longer text is somebody's data with a few words of ours round it."""
DEEPEST = 4
"""How far a text of ours is looked for inside another: `the flow has problems, the first: …: wants a number, here is …`."""
_HOLE = re.compile(r"(?<!\{)\{\}(?!\})|\{\}(?=\}\})")


def told(text: str, language: Language) -> str:
    """An English text of ours in a language."""
    return _chinese(text) if language == "zh" and text and len(text) <= LONGEST else text


class Template(NamedTuple):
    """The fixed parts of an English text, with one hole between any two, and its Chinese for `str.format`."""

    parts: tuple[str, ...]
    chinese: str

    def holes(self, text: str) -> list[str] | None:
        """What stands in the holes of `text`, or None. Each fixed part is found at its first place, so that no text costs more
        than one look at each of its characters."""
        first, last = self.parts[0], self.parts[-1]
        end = len(text) - len(last)
        at = len(first)
        if at > end or not text.startswith(first) or not text.endswith(last):
            return None
        found = []
        for part in self.parts[1:-1]:
            next_at = text.find(part, at, end)
            if next_at < 0:
                return None
            found.append(text[at:next_at])
            at = next_at + len(part)
        return [*found, text[at:end]]

    def is_quoted(self, hole: int) -> bool:
        """Whether a hole stands in backticks."""
        return self.parts[hole].endswith("`") and self.parts[hole + 1].startswith("`")


@cache
def _templates() -> tuple[Mapping[str, str], tuple[Template, ...]]:
    """(texts without holes, templates with the most fixed characters first)."""
    plain: dict[str, str] = {}
    open_: list[Template] = []
    for english, chinese in ANSWERS.items():
        parts = tuple(part.replace("{{", "{").replace("}}", "}") for part in _HOLE.split(english))
        if len(parts) == 1:
            plain[parts[0]] = chinese.replace("{{", "{").replace("}}", "}")
        else:
            open_.append(Template(parts, chinese))
    return plain, tuple(sorted(open_, key=lambda one: -sum(map(len, one.parts))))


@lru_cache(maxsize=4096)
def _chinese(text: str, depth: int = 0) -> str:
    if depth > DEEPEST:
        return text
    plain, templates = _templates()
    if text in plain:
        return plain[text]
    for template in templates:
        holes = template.holes(text)
        if holes is not None:
            filled = (_Hole(hole, template.is_quoted(at), depth) for at, hole in enumerate(holes))
            return template.chinese.format(*filled)
    # Several texts of ours in a row: "the value is missing; supply one".
    if "; " in text:
        return "；".join(_chinese(part, depth + 1) for part in text.split("; "))
    place, colon, rest = text.partition(": ")
    return f"{place}：{_chinese(rest, depth + 1)}" if colon and _chinese(rest, depth + 1) != rest else text


class _Hole(str):
    """What stands in a hole, for `str.format`: words of ours in Chinese, a name of the user's as it is.

    No name has a blank, so one word is taken for a name unless the Chinese template says `{:word}`; what stands in backticks
    always is one.
    """

    _quoted: bool
    _depth: int

    def __new__(cls, text: str, quoted: bool, depth: int) -> _Hole:
        made = super().__new__(cls, text)
        made._quoted, made._depth = quoted, depth + 1
        return made

    def __format__(self, spec: str) -> str:
        text = str(self)
        if self._quoted or not (" " in text or spec == "word"):
            return text
        whole = _chinese(text, self._depth)
        if whole != text or " or " not in text:
            return whole
        choices = [choice for part in text.split(" or ") for choice in part.split(", ")]
        chinese = [_chinese(choice, self._depth) for choice in choices]
        return "或".join(chinese) if all(new != old for new, old in zip(chinese, choices, strict=True)) else text
