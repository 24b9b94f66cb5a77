"""Writing values as YAML that every reader, of YAML 1.1 or 1.2, reads back as the same value."""

import math
import re
from collections.abc import Callable
from typing import Any

from engine.flow.tree import Path
from engine.flow.yaml.scalar import INTEGER_LIMIT, AmbiguousScalar, value_of
from engine.texts.text import Text

WIDTH = 110
KEY_LIMIT = 100
DEPTH_LIMIT = 48

_PLAIN = re.compile(r"[^\W\d](?:[\w ./+()%-]*[\w./+()%-])?|/[\w./+-]*")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}
# Spaces that Chinese and French texts use; str.isprintable() knows only U+0020.
_WIDE_SPACES = "\u3000\u00a0"


def invalid_value_reason(value: Any, depth: int = 0) -> Text | None:
    """Why a value can't stand in a flow file, or None: it is to be JSON, finite, within 64 bits and not too deep."""
    if depth > DEPTH_LIMIT:
        return Text("flow.value-deep", limit=DEPTH_LIMIT)
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, int):
        return None if -INTEGER_LIMIT <= value < INTEGER_LIMIT else Text("flow.integer-large")
    if isinstance(value, float):
        return None if math.isfinite(value) else Text("flow.not-finite", value=str(value))
    if isinstance(value, str):
        return Text("flow.surrogate") if any("\ud800" <= c <= "\udfff" for c in value) else None
    if isinstance(value, list | tuple):
        return next((fault for item in value if (fault := invalid_value_reason(item, depth + 1))), None)
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                return Text("flow.key-no-text", key=repr(key)[:KEY_LIMIT])
            if len(key) > KEY_LIMIT:
                return Text("flow.key-long", length=len(key), limit=KEY_LIMIT)
        return invalid_value_reason([*value, *value.values()], depth)
    return Text("flow.no-json", type=type(value).__name__)


def scalar_text(value: Any, like: str | None = None) -> str:
    """A scalar on one line; `like` is the quoting to keep where the text allows it."""
    if isinstance(value, str):
        return _quoted(value, like)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float_text(value)
    return str(value)


def inline(value: Any) -> str:
    """Any value on one line, `{a: 1, b: [x, y]}`."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar_text(key)}: {inline(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(inline(item) for item in value) + "]"
    return scalar_text(value)


class Writer:
    """Writes values in the style of one file: its indentation `step`, and what `is_block` says of a place."""

    def __init__(self, step: int, is_block: Callable[[Path], bool]) -> None:
        self.step = step
        self.is_block = is_block

    def entry(self, path: Path, value: Any, indent: int) -> list[str]:
        """The lines of `key: value`, the key being the last step of `path`, `indent` spaces in."""
        head, lines = self.value(path, value, indent)
        key = scalar_text(path[-1])
        return [" " * indent + f"{key}: {head}".rstrip(" ") if head else " " * indent + f"{key}:", *lines]

    def item(self, path: Path, value: Any, indent: int) -> list[str]:
        """The lines of `- value`."""
        head, lines = self.value(path, value, indent)
        return [" " * indent + (f"- {head}" if head else "-"), *lines]

    def value(self, path: Path, value: Any, indent: int) -> tuple[str, list[str]]:
        """What stands on the line of the key, which is `indent` spaces in, and the lines below it."""
        inner = indent + self.step
        if isinstance(value, str):
            if literal := _literal(value, inner):
                return literal
            return scalar_text(value), []
        if isinstance(value, dict) and value and self._wants_block(path, value, indent):
            return "", [line for key, item in value.items() for line in self.entry((*path, key), item, inner)]
        if isinstance(value, list | tuple) and value and self._wants_block(path, value, indent):
            return "", [line for index, item in enumerate(value) for line in self.item((*path, index), item, inner)]
        return inline(value), []

    def _wants_block(self, path: Path, value: Any, indent: int) -> bool:
        if self.is_block(path) or _has_lines(value):
            return True
        return indent + len(str(path[-1] if path else "")) + 2 + len(inline(value)) > WIDTH


def _quoted(text: str, like: str | None) -> str:
    if like is None and _is_plain(text):
        return text
    if _is_one_line(text):
        if like == "'":
            return "'" + text.replace("'", "''") + "'"
        if like != '"' and ('"' in text or "\\" in text) and "'" not in text:
            return f"'{text}'"
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _is_plain(text: str) -> bool:
    if not _PLAIN.fullmatch(text):
        return False
    try:
        return value_of(text) == text
    except AmbiguousScalar:
        return False


def _is_one_line(text: str) -> bool:
    return all(char.isprintable() or char in _WIDE_SPACES for char in text)


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable() or char in _WIDE_SPACES:
        return char
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _float_text(value: float) -> str:
    # YAML 1.1 wants a point before the exponent and a sign in it: 1e-07 is a text there, 1.0e-07 a number everywhere.
    text = repr(value)
    mantissa, exponent, power = text.partition("e")
    if not exponent:
        return text
    if "." not in mantissa:
        mantissa += ".0"
    return f"{mantissa}e{power if power[0] in '+-' else '+' + power}"


def _literal(text: str, indent: int) -> tuple[str, list[str]] | None:
    body = text.removesuffix("\n")
    lines = body.split("\n")
    if len(lines) < 2 or lines[0][:1] in ("", " ") or not lines[-1]:
        return None
    if any(not _is_one_line(line) or line != line.rstrip() for line in lines):
        return None
    return ("|-" if body == text else "|"), [" " * indent + line if line else "" for line in lines]


def _has_lines(value: Any) -> bool:
    if isinstance(value, str):
        return _literal(value, 0) is not None
    if isinstance(value, dict):
        return any(_has_lines(item) for item in value.values())
    return isinstance(value, list | tuple) and any(_has_lines(item) for item in value)
