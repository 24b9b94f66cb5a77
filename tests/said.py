"""What a person is told, in English: a text, or what an error says, and what to do next."""

from __future__ import annotations

from engine.texts.text import Readable, in_full, reason_of


def said(what: Readable | BaseException) -> str:
    """The words and the hint."""
    return in_full(reason_of(what) if isinstance(what, BaseException) else what, "en")
