"""Mustache templates over messages: what names mean, and how values are written."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

import pystache  # type: ignore[import-untyped]
from pystache.common import MissingTags  # type: ignore[import-untyped]
from pystache.context import ContextStack, KeyNotFoundError  # type: ignore[import-untyped]
from pystache.parser import ParsingError  # type: ignore[import-untyped]

from engine.api import UNSET, Text, choices
from nodes.support.comparison import loose_text

__all__ = ["Escape", "Mustache", "TooLong", "check"]

Escape = Annotated[
    Literal["html", "json", "none"],
    choices(none=("As it is", "原样"), html=("As HTML", "按 HTML 转义"), json=("As JSON", "写成 JSON")),
]

_OPEN, _CLOSED = re.compile(r"\{\{\s*[#^]"), re.compile(r"\{\{\s*/")


def check(text: str) -> None:
    """ValueError says what of the text is no Mustache."""
    try:
        pystache.parse(text)
    except ParsingError as wrong:
        raise ValueError(Text("template.bad", reason=str(wrong))) from wrong
    # pystache drops what follows a section that is never closed
    if "{{=" not in text and len(_OPEN.findall(text)) != len(_CLOSED.findall(text)):
        raise ValueError(Text("template.open"))


EFFORT = 4_000_000
"""Characters that one rendering may handle, those of inner sections in each section round them again; 0.5 s at most."""
STEP = 50
"""A name looked up, or a section begun, in characters."""


class TooLong(Exception):
    """A template with lists in lists would write for minutes."""


class _Effort:
    """What one rendering has cost so far."""

    def __init__(self) -> None:
        self.left = EFFORT

    def spend(self, characters: int) -> None:
        self.left -= STEP + characters
        if self.left < 0:
            raise TooLong


class _Counted:
    """What a section writes, counted each time that it is written."""

    def __init__(self, parsed: Any, effort: Callable[[], _Effort]) -> None:
        self._parsed = parsed
        self._effort = effort

    def render(self, engine: Any, context: Any) -> str:
        text = str(self._parsed.render(engine, context))
        self._effort().spend(len(text))
        return text


class Mustache(pystache.Renderer):  # type: ignore[misc]  # pystache has no types
    """A template made ready. `elsewhere` is asked for a dotted name that the values do not have; UNSET says it has none.

    There is no code in a template and no file it could include: names lead to the values given, and nothing is called.
    """

    def __init__(self, text: str, escape: Escape, strict: bool, elsewhere: Callable[[str], Any]) -> None:
        escapes = {"html": html.escape, "json": _as_json, "none": str}
        super().__init__(
            escape=escapes[escape],
            missing_tags=MissingTags.strict if strict else MissingTags.ignore,
            partials={},
        )
        self._parsed = pystache.parse(text)
        self._count_sections(self._parsed)
        self._elsewhere = elsewhere
        self._effort = _Effort()

    def text(self, values: Mapping[str, Any]) -> str:
        """The template with plain data filled in. KeyNotFoundError names what is missing, if it is strict; TooLong when it takes too long."""
        self._effort = _Effort()
        self._context = _Names(self._elsewhere, self._effort, values)
        return str(self._parsed.render(self._make_render_engine(), self._context))

    def _count_sections(self, parsed: Any) -> None:
        for part in parsed._parse_tree:
            for name in ("parsed", "parsed_section"):
                if inner := getattr(part, name, None):
                    self._count_sections(inner)
                    setattr(part, name, _Counted(inner, lambda: self._effort))

    def str_coerce(self, val: Any) -> str:
        """Null as nothing, truth values and numbers as JSON does, objects and lists as JSON."""
        if val is None:
            return _Written("", None)
        text = json.dumps(val, ensure_ascii=False) if isinstance(val, (dict, list)) else loose_text(val)
        self._effort.spend(len(text))
        return _Written(text, val)


class _Names(ContextStack):  # type: ignore[misc]
    """Looks names up as JavaScript would: `list.0` and `list.length` too; an attribute of Python is none."""

    def __init__(self, elsewhere: Callable[[str], Any], effort: _Effort, *items: Any) -> None:
        super().__init__(*items)
        self._elsewhere = elsewhere
        self._effort = effort

    def get(self, name: str) -> Any:
        value = self._found(name)
        self._effort.spend(len(value) if isinstance(value, str) else 0)
        return value

    def _found(self, name: str) -> Any:
        if name == ".":
            return self.top()
        first, *rest = name.split(".")
        value = next((item[first] for item in reversed(self._stack) if isinstance(item, dict) and first in item), UNSET)
        for step in rest:
            value = _below(value, step)
        if value is UNSET:
            value = self._elsewhere(name)
        if value is UNSET:
            raise KeyNotFoundError(name, "it is nowhere in the message")
        return value


def _below(value: Any, step: str) -> Any:
    if isinstance(value, dict):
        return value.get(step, UNSET)
    if isinstance(value, (list, str)) and step == "length":
        return len(value)
    if isinstance(value, list) and step.isascii() and step.isdigit() and len(step) < 10 and int(step) < len(value):
        return value[int(step)]
    return UNSET


class _Written(str):
    """The text of a value, which goes along for whoever writes it another way."""

    def __new__(cls, text: str, value: Any) -> _Written:
        written = super().__new__(cls, text)
        written.value = value
        return written

    value: Any


def _as_json(text: str) -> str:
    return json.dumps(text.value if isinstance(text, _Written) else text, ensure_ascii=False)
