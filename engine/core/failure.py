"""How a node says that something went wrong, and whether trying again can help."""

from __future__ import annotations

from engine.texts.text import Readable

__all__ = ["PermanentError", "RetryableError"]


class PermanentError(Exception):
    """This message can't be processed, now or later. The text is the reason an admin reads in the quarantine."""

    def __init__(self, reason: Readable = "") -> None:
        super().__init__(reason)


class RetryableError(Exception):
    """The outside world is away (database, broker, mail server). The engine tries the same message again with back-off."""

    def __init__(self, reason: Readable, after_s: float | None = None) -> None:
        super().__init__(reason)
        self.after_s = after_s
