"""One quarantined message, as it is stored."""

from __future__ import annotations

import msgspec

__all__ = ["QuarantinedMessage"]


class QuarantinedMessage(msgspec.Struct):
    """One quarantined message. `payload` is what came, as bytes (JSON of anything that was not bytes); cut above 1 MB, `size_bytes` tells.

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
