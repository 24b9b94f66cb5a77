"""One quarantined message, as it is stored."""

from __future__ import annotations

from typing import Any

import msgspec

from engine.texts.text import Readable, text_from

__all__ = ["QuarantinedMessage"]


class QuarantinedMessage(msgspec.Struct):
    """One quarantined message. `payload` is what came, as bytes (JSON of anything that was not bytes); cut above 1 MB, `size_bytes` tells.

    `reason` is English; `reason_text` is the same as `engine.texts.text.stored` writes it, where the words are ours.
    `entry` is its own for ever, so that a batch whose commit was not heard of can be stored again.
    """

    entry: int
    flow: str
    node: str
    time: float
    topic: str
    key: str
    reason: str
    payload: bytes
    size_bytes: int
    props: bytes
    reason_text: dict[str, Any] | None = None

    @property
    def said(self) -> Readable:
        """The reason, to be read in any language where the words are ours."""
        return self.reason if self.reason_text is None else text_from(self.reason_text)
