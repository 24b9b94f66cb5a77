"""Keyed memory of nodes, in process and fast; what changes goes to the journal."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from engine.core.clock import Clock
from engine.core.failure import PermanentError
from engine.core.message import Delivery
from engine.core.renamed import new_names_in, read_as
from engine.runtime.state.changes import MessageChanges, OpenKey
from engine.runtime.state.journal import LONGEST_KEY, Change, Journal
from engine.texts.text import Text

__all__ = ["KeyedMemory", "Memories"]

LONGEST_OPEN_S = 600.0
"""After so long a message that is still under way is taken for one that never ends."""

log = logging.getLogger("mcs.memory")

_encode = msgspec.msgpack.Encoder().encode


class KeyedMemory:
    """One named memory; see `engine.core.context.Memory` for what it promises.

    A time to live is measured by the monotonic clock; what outlives the process is its end in Unix time, so that a restart counts too.
    """

    def __init__(self, name: str, type: Any, clock: Clock, journal: Journal) -> None:
        self.name = name
        self._decode = _decoder(type)
        self._clock = clock
        self._now = clock.monotonic
        self._journal = journal
        self._values: dict[str, Any] = {}
        self._ends: dict[str, float] = {}
        self._dirty: set[str] = set()
        self._open: dict[str, OpenKey] = {}
        self.shared: dict[str, Any] = {}

    def get(self, key: str, default: Any = None) -> Any:
        if self._ends and self._ends.get(key, self._now()) < self._now():
            return default
        return self._values.get(key, default)

    def set(self, key: str, value: Any, ttl_s: float | None = None) -> None:
        if len(key) > LONGEST_KEY:
            raise PermanentError(Text("runtime.key-long", key=f"{key[:40]}…", length=len(key), limit=LONGEST_KEY))
        self._values[key] = value
        if ttl_s is not None:
            self._ends[key] = self._now() + ttl_s
        elif self._ends:
            self._ends.pop(key, None)
        self._touch(key)

    def delete(self, key: str) -> None:
        if self._values.pop(key, self) is not self:
            self._ends.pop(key, None)
            self._touch(key)

    def keys(self) -> Iterable[str]:
        """Of all entries, those whose time is over too."""
        return self._values.keys()

    def items(self) -> list[tuple[str, Any]]:
        now = self._now()
        return [(key, value) for key, value in self._values.items() if self._ends.get(key, now) >= now]

    def __len__(self) -> int:
        return len(self.items())

    def forget_ended(self) -> None:
        """Frees what has outlived its time; called now and then."""
        now = self._now()
        for key in [key for key, end in self._ends.items() if end < now]:
            self.delete(key)

    def rename(self, name: str) -> frozenset[str]:
        """Goes on under another name; the keys that may be stored under the one before."""
        self.close_old(math.inf)
        keys = frozenset((*self._values, *self._dirty))
        self.name = name
        for key in keys:
            self._touch(key)
        return keys

    def restore(self, key: str, value: bytes, ends: float | None) -> None:
        """Takes an entry back from the journal. msgspec.ValidationError when the type has changed since."""
        self._values[key] = self._decode(value)
        if ends is not None:
            self._ends[key] = self._now() + (ends - self._clock.now())

    def follow(self, key: str, value: bytes | None, ends: float | None) -> None:
        """Another worker has changed an entry. Our own change that is not committed yet is the later one and stays."""
        if key in self._dirty or key in self._open:
            return
        self._ends.pop(key, None)
        if value is None:
            self._values.pop(key, None)
        else:
            self.restore(key, value, ends)

    def part_done(self, key: str, delivery: Delivery) -> None:
        """A message that has had a part in this value is done. When all are, the value as it is may be committed."""
        opened = self._open.get(key)
        if opened is None:
            delivery.changes.key_ready(delivery)  # type: ignore[union-attr]  # it was closed for all
            return
        opened.under_way -= 1
        if opened.waiting is not None:
            opened.waiting.append(delivery)
        elif opened.under_way:
            opened.waiting = [delivery]
        if not opened.under_way:
            self._close(key, opened)
            if opened.waiting is None:
                delivery.changes.key_ready(delivery)  # type: ignore[union-attr]

    def close_old(self, since: float, *, written: bool = True) -> None:
        """Commits what has waited since before that monotonic time for a message that does not end: one must not hold up all others for ever."""
        for key, opened in [(key, opened) for key, opened in self._open.items() if opened.since < since]:
            self._close(key, opened, written=written)

    def _close(self, key: str, opened: OpenKey, *, written: bool = True) -> None:
        del self._open[key]
        if written:
            self._journal.add(self._encoded((key,)))
        for delivery in opened.waiting or ():
            delivery.changes.key_ready(delivery)  # type: ignore[union-attr]

    def _touch(self, key: str) -> None:
        journal = self._journal
        if journal.kept:
            current = journal.current
            if current is not None and current.pending > 0 and current.is_awaited:
                self._take_part(key, current)
                return
            if current is None and (parts := journal.in_work()):
                for delivery in parts:
                    self._take_part(key, delivery)
                return
            if key in self._open:
                return  # it goes with what others have changed
        if not self._dirty:
            self._dirty.add(key)
            self._journal.touch(self._collect)
        else:
            self._dirty.add(key)

    def _take_part(self, key: str, delivery: Delivery) -> None:
        changes = delivery.changes
        if changes is None:
            delivery.changes = MessageChanges(self._journal, self, key)
        if changes is None or changes.add(self, key):  # type: ignore[attr-defined]  # nobody else makes any
            opened = self._open.get(key)
            if opened is None:
                self._dirty.discard(key)
                opened = self._open[key] = OpenKey(self._now())
            opened.under_way += 1

    def _collect(self) -> list[Change]:
        dirty, self._dirty = self._dirty, set()
        return self._encoded(dirty)

    def _encoded(self, keys: Iterable[str]) -> list[Change]:
        to_unix_s = self._clock.now() - self._now()
        changes: list[Change] = []
        for key in keys:
            if key not in self._values:
                changes.append((self.name, key, None, None))
                continue
            try:
                end = self._ends.get(key)
                ends = None if end is None else end + to_unix_s
                changes.append((self.name, key, _encode(self._values[key]), ends))
            except (TypeError, ValueError, OverflowError, RecursionError) as error:
                # One value that can't be written must not keep all others, and every acknowledgement, waiting for ever.
                log.error("%s: the value of %r is kept in memory only, it can't be saved: %s", self.name, key, error)
        return changes


def _decoder(type: Any) -> Callable[[bytes], Any]:
    if new_names_in(type):
        return lambda value: read_as(msgspec.msgpack.decode(value), type)
    return msgspec.msgpack.Decoder(type).decode


class Memories:
    """All memories of a site by name (`flow/node/name`). What the journal holds waits here until a node asks for it."""

    def __init__(self, clock: Clock, journal: Journal) -> None:
        self._clock = clock
        self._journal = journal
        self._open: dict[str, KeyedMemory] = {}
        self._kept: dict[str, dict[str, tuple[bytes, float | None]]] = {}

    def take(self, changes: list[Change]) -> None:
        """Takes over what a journal store has loaded."""
        for name, key, value, ends in changes:
            kept = self._kept.setdefault(name, {})
            if value is None:
                kept.pop(key, None)
            else:
                kept[key] = (value, ends)

    def follow(self, changes: list[Change]) -> None:
        """Takes over what another worker has changed."""
        for change in changes:
            memory = self._open.get(change[0])
            if memory is None:
                self.take([change])
            else:
                memory.follow(*change[1:])

    def open(self, name: str, type: Any = Any) -> KeyedMemory:
        """The memory of that name, filled from the journal the first time. Entries that no longer fit `type` are left out."""
        memory = self._open.get(name)
        if memory is None:
            memory = self._open[name] = KeyedMemory(name, type, self._clock, self._journal)
            for key, (value, ends) in self._kept.pop(name, {}).items():
                try:
                    memory.restore(key, value, ends)
                except msgspec.ValidationError:
                    continue
        return memory

    def rename(self, prefixes: Mapping[str, str]) -> None:
        """Memories below a prefix (`flow/node/`) go on below another, all at once: two nodes may have changed names."""
        moved = {
            name: new + name.removeprefix(old)
            for old, new in prefixes.items()
            for name in {*self._open, *self._kept}
            if name.startswith(old)
        }
        opened = {name: self._open.pop(name) for name in moved if name in self._open}
        kept = {name: self._kept.pop(name) for name in moved if name in self._kept}
        gone = {name: memory.rename(moved[name]) for name, memory in opened.items()}
        gone |= {name: frozenset((*entries, *gone.get(name, ()))) for name, entries in kept.items()}
        self._open |= {moved[name]: memory for name, memory in opened.items()}
        self._kept |= {moved[name]: entries for name, entries in kept.items()}
        if moved:
            self._journal.touch(lambda: self._moved(moved, gone, kept))

    def _moved(
        self,
        moved: Mapping[str, str],
        gone: Mapping[str, frozenset[str]],
        kept: Mapping[str, dict[str, tuple[bytes, float | None]]],
    ) -> list[Change]:
        """What the store must know of a rename beside what the memories themselves say."""
        changes: list[Change] = []
        for name, keys in gone.items():
            there = self._open.get(name)
            taken = {*(there.keys() if there is not None else ()), *self._kept.get(name, ())}
            changes += [(name, key, None, None) for key in keys - taken]
        for name, entries in kept.items():
            changes += [(moved[name], key, value, ends) for key, (value, ends) in entries.items()]
        return changes

    def drop(self, prefix: str) -> None:
        """Forgets all memories below a prefix (`flow/node/`): the node is gone."""
        for name in [name for name in {*self._open, *self._kept} if name.startswith(prefix)]:
            memory = self.open(name)
            for key, _ in memory.items():
                memory.delete(key)
            del self._open[name]

    def forget(self, prefix: str) -> None:
        """Lets go of all memories below a prefix without changing what is stored: another process has them now."""
        for name in [name for name in {*self._open, *self._kept} if name.startswith(prefix)]:
            memory = self._open.pop(name, None)
            if memory is not None:
                memory.close_old(math.inf, written=False)
            self._kept.pop(name, None)

    def forget_ended(self) -> None:
        """Frees entries whose time is over, in every memory."""
        long_ago = self._clock.monotonic() - LONGEST_OPEN_S
        for memory in list(self._open.values()):
            memory.forget_ended()
            memory.close_old(long_ago)

    def close_all(self) -> None:
        """Commits what waits for messages that have been left behind: a deploy or a stop has ended what had them."""
        for memory in list(self._open.values()):
            memory.close_old(math.inf)
