"""Values with texts of ours in them as JSON, in the language of who reads."""

from __future__ import annotations

from typing import Any

import msgspec

from engine.texts.language import Language
from engine.texts.text import Text, in_full

__all__ = ["Encoded", "encode"]


def encode(value: Any, language: Language) -> bytes:
    """The value as JSON; texts of ours are rendered with what to do next, what else JSON can't say is written as text."""
    return msgspec.json.encode(
        value, enc_hook=lambda one: in_full(one, language) if isinstance(one, Text) else str(one)
    )


class Encoded:
    """A value as JSON for readers of any language: made when asked for, and once for all where it holds no text of ours."""

    __slots__ = ("_has_texts", "_made", "_value")

    def __init__(self, value: Any) -> None:
        self._value = value
        self._made: dict[Language, bytes] = {}
        self._has_texts = False

    def in_language(self, language: Language) -> bytes:
        """As JSON. The value must still be what it was."""
        made = self._made
        if made and not self._has_texts:
            return next(iter(made.values()))
        if language not in made:

            def shown(one: Any) -> str:
                if isinstance(one, Text):
                    self._has_texts = True
                    return in_full(one, language)
                return str(one)

            made[language] = msgspec.json.encode(self._value, enc_hook=shown)
        return made[language]
