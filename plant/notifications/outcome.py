"""What a vendor said to a message: taken, not now, or never."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from engine.api import PermanentError, RetryableError

__all__ = ["Answer", "Hint", "PermanentFailure", "TransientFailure"]

Hint = Literal[
    "",
    "sign",
    "keyword",
    "address",
    "token",
    "rate",
    "auth",
    "recipients",
    "tls",
    "network",
    "setting",
    "content",
    "balance",
    "vendor",
]
"""What kind of trouble it is, so that a page can say what to do about it in the reader's language."""


class Answer(Struct, frozen=True):
    """The message was taken. `text` is what the vendor said, word for word."""

    text: str


class TransientFailure(RetryableError):
    """Not taken now, and worth another try: no connection, too many messages, an error of the vendor's own."""

    def __init__(self, answer: str, hint: Hint, after_s: float | None = None) -> None:
        super().__init__(answer, after_s)
        self.hint = hint


class PermanentFailure(PermanentError):
    """Not taken, and the same would not be taken later: somebody has to correct the card."""

    def __init__(self, answer: str, hint: Hint) -> None:
        super().__init__(answer)
        self.hint = hint
