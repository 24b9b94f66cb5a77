"""What nodes have remembered while they had one message: committed when that message is done, and not before."""

from __future__ import annotations

from typing import Any

import msgspec

from engine.core.message import Delivery

__all__ = ["MessageChanges", "OpenKey"]


class OpenKey(msgspec.Struct, gc=False):
    """A key in whose value messages have a part that are still under way, so that nothing of it may be committed yet.

    `since` is monotonic. `waiting` are done themselves, with their changes in a value that others, not done yet, have changed as well.
    """

    since: float
    under_way: int = 0
    waiting: list[Delivery] | None = None


class MessageChanges(msgspec.Struct, gc=False):
    """The `changes` of a Delivery. It counts as settled once every key that it has a part in is committed.

    Most have one key, and this is made for each message: hence the first key apart from the `others`.
    """

    journal: Any
    memory: Any
    key: str
    left: int = 1
    others: list[tuple[Any, str]] | None = None

    def add(self, memory: Any, key: str) -> bool:
        """One more key of a KeyedMemory; False when it is known."""
        if memory is self.memory and key == self.key:
            return False
        if self.others is None:
            self.others = []
        elif (memory, key) in self.others:
            return False
        self.others.append((memory, key))
        self.left += 1
        return True

    def settle(self, delivery: Delivery) -> None:
        self.memory.part_done(self.key, delivery)
        for memory, key in self.others or ():
            memory.part_done(key, delivery)

    def key_ready(self, delivery: Delivery) -> None:
        """One key less to wait for; after the last one the next commit has them all."""
        self.left -= 1
        if not self.left:
            self.journal.after_commit(delivery.settled, delivery)
