"""What a value is, in words: for the reasons why a message can't be processed."""

from __future__ import annotations

import math
from typing import Any

from engine.api import UNSET, Text

__all__ = ["kind_of", "kind_text", "value_text"]

LONGEST = 40
LARGEST = 1.7e308
_KINDS = {
    "undefined": Text("value.missing"),
    "null": Text("value.null"),
    "boolean": Text("value.a-truth"),
    "number": Text("value.a-number"),
    "nan": Text("value.nan"),
    "string": Text("value.a-text"),
    "buffer": Text("value.bytes"),
    "array": Text("value.a-list"),
    "object": Text("value.an-object"),
}


def kind_of(value: Any) -> str:
    """string, number, boolean, array, object, null, buffer or undefined. NaN is a number to JSON's eye, though no
    reading."""
    if value is UNSET:
        return "undefined"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number" if not (isinstance(value, float) and math.isnan(value)) else "nan"
    if isinstance(value, str):
        return "string"
    if isinstance(value, (bytes, bytearray, memoryview)):
        return "buffer"
    if isinstance(value, (list, tuple)):
        return "array"
    return "object"


def kind_text(value: Any) -> Text:
    """Its kind: a text, a list, an object, missing …"""
    return _KINDS[kind_of(value)]


def value_text(value: Any) -> Text:
    """The value itself where it is short, else its kind."""
    if value is True:
        return Text("value.true")
    if value is False:
        return Text("value.false")
    if isinstance(value, str):
        return Text("value.the-text", text=value[:LONGEST])
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) > LARGEST:
        return Text("value.too-large")
    return kind_text(value)
