"""What a deploy of one flow comes to: a report, or a refusal."""

from __future__ import annotations

import msgspec

from engine.texts.text import Readable, Text

__all__ = ["DeployFailed", "DeployReport"]


class DeployFailed(Exception):
    """The new version did not start; the old one goes on. `node` is the one that refused."""

    def __init__(self, node: str, reason: Readable) -> None:
        super().__init__(Text("runtime.node-reason", node=node, reason=reason))
        self.node = node
        self.reason = reason


class DeployReport(msgspec.Struct, kw_only=True):
    """What a deploy did. Counted over its time: came_in + held_before = went_out + held_after, in messages of the sources."""

    flow: str
    added: list[str]
    changed: list[str]
    removed: list[str]
    kept: list[str]
    renamed: dict[str, str] = {}
    came_in: int = 0
    went_out: int = 0
    held_before: int = 0
    held_after: int = 0
    quarantined: int = 0
    seconds: float = 0.0

    @property
    def balanced(self) -> bool:
        """Whether every message is accounted for."""
        return self.held_before + self.came_in == self.went_out + self.held_after
