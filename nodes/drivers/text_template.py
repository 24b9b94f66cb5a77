"""A text with places such as `{{payload.temp}}` that each message fills in."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

from engine.api import UNSET, Message, Path, PermanentError, Text

__all__ = ["TextTemplate"]

_PLACE = re.compile(r"\{\{\s*(.*?)\s*\}\}")


class TextTemplate:
    """A compiled text. Numbers and texts are written as they are, true, false, null, lists and objects as JSON."""

    def __init__(self, text: str, quote: Callable[[str], str] = str) -> None:
        """`quote` makes a value fit for where it is put (percent-encoding in an address). ValueError says which place is no path."""
        parts = _PLACE.split(text)
        self.text = text
        self._fixed = parts[::2]
        self._paths = [Path(part) for part in parts[1::2]]
        self._quote = quote

    def __call__(self, message: Message) -> str:
        """The text for this message. PermanentError names the place it has no value for."""
        if not self._paths:
            return self.text
        made = [self._fixed[0]]
        for path, fixed in zip(self._paths, self._fixed[1:], strict=True):
            value = path.get(message)
            if value is UNSET:
                raise PermanentError(Text("value.fill", template=self.text, path=path.text))
            made += [self._quote(_written(value)), fixed]
        return "".join(made)


def _written(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("utf-8", "replace")
    return msgspec.json.encode(value, enc_hook=str).decode()
