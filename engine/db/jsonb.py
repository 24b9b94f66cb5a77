"""JSON as PostgreSQL's `jsonb` takes it: that type knows no NUL character."""

from __future__ import annotations

from typing import Any

import msgspec

from engine.texts.text import Text, stored

__all__ = ["as_jsonb", "without_nul"]


def as_jsonb(value: Any) -> str:
    """The value as JSON text, every NUL in it as �. A text of ours is kept with its code; what JSON can't say is written as text.

    The text can't just be searched for `\\u0000`: a value that quotes these six characters, as PostgreSQL's own refusal
    does, has them there too, behind a second backslash.
    """
    text = msgspec.json.encode(value, enc_hook=lambda one: stored(one) if isinstance(one, Text) else str(one))
    if b"\\u0000" in text:
        text = msgspec.json.encode(_cleaned(msgspec.json.decode(text)))
    return text.decode()


def without_nul(text: str) -> str:
    """The text as a `text` column takes it."""
    return text.replace("\x00", "�").encode("utf-8", "replace").decode()


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "�")
    if isinstance(value, list):
        return [_cleaned(one) for one in value]
    return {_cleaned(name): _cleaned(one) for name, one in value.items()} if isinstance(value, dict) else value
