"""Messages that a node keeps for later, in its state, so that a restart or a crash loses none of them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import msgspec

from engine.api import UNSET, Context, Delivery, Message, PermanentError, Struct, Text

__all__ = ["DurableBuffer", "Held", "storable"]

_encode = msgspec.msgpack.Encoder().encode
_FIELDS = ("topic", "key", "time", "id")


class _Record(Struct, array_like=True):
    """What is journaled: the message as msgpack, the Struct class of its payload, and what the node noted beside it.

    due   Unix time, 0 without any; after a start what is left of `wait_s` is between nothing and all of it, whatever the clock says
    """

    body: bytes
    kind: str = ""
    due: float = 0.0
    note: Any = None
    wait_s: float | None = None


class Held(Struct, eq=False):
    """One kept message. `number` grows with every message kept; `due` is monotonic, None without a
    time; `note` is plain data of the node."""

    number: int
    message: Message
    due: float | None = None
    note: Any = None


class DurableBuffer:
    """Keeps messages in the state named `name`, at most `limit` of them.

    A kept message no longer holds up its source: it is acknowledged once the state is journaled. What is sent is
    forgotten only when everything after it is done, so that a crash in between sends it again (at least once).
    """

    def __init__(self, ctx: Context, limit: int, name: str = "held") -> None:
        self._ctx = ctx
        self._limit = limit
        self._memory = ctx.state(name, _Record)
        self._held: dict[int, Held] = {}
        # A deploy that changes the node lets two versions of it meet: what one has sent, the other must not send again.
        self._sending: set[int] = self._memory.shared.setdefault("sending", set())
        self._next = 1

    def __len__(self) -> int:
        """How many are kept, those on their way out not counted."""
        return len(self._held)

    def restore(self) -> list[Held]:
        """What the state holds and this instance does not know yet, oldest first."""
        found = []
        self._memory.shared["in charge"] = self
        for key, record in sorted(self._memory.items()):
            number = int(key)
            self._next = max(self._next, number + 1)
            if number not in self._held and number not in self._sending:
                held = Held(number, _unpacked(record), self._due(record), record.note)
                self._held[number] = held
                found.append(held)
        return found

    def messages(self) -> Iterator[Message]:
        """All that the state holds and that is not on its way out, oldest first: what a node that is removed leaves behind."""
        for key, record in sorted(self._memory.items()):
            if int(key) not in self._sending:
                yield _unpacked(record)

    @property
    def _in_charge(self) -> bool:
        return self._memory.shared.get("in charge", self) is self

    def put(self, message: Message, wait_s: float | None = None, note: Any = None) -> Held:
        """Keeps a message, due in that many seconds. PermanentError when there is no room, or when it can't be written down."""
        if len(self._held) >= self._limit:
            raise PermanentError(Text("value.many-kept", limit=self._limit))
        clock = self._ctx.clock
        due = 0.0 if wait_s is None else clock.now() + wait_s
        record = _Record(_packed(message), _class_name(message.payload), due, note, wait_s)
        held = Held(self._next, message, None if wait_s is None else clock.monotonic() + wait_s, note)
        self._next += 1
        self._held[held.number] = held
        self._memory.set(_key(held.number), record)
        return held

    def send(self, held: Iterable[Held], out: Mapping[str, Iterable[Message]]) -> None:
        """Sends {port: messages} in place of these kept messages, which are forgotten when all that was sent is
        done. After another version of the node has taken over it does nothing: that one sends them."""
        if not self._in_charge:
            return
        numbers = [one.number for one in held]
        for number in numbers:
            self._held.pop(number, None)
            self._sending.add(number)
        delivery = Delivery(partial(self._forget_after, numbers))
        for port, messages in out.items():
            for message in messages:
                self._ctx.emit(message.replace(delivery=delivery), port)
        delivery.release()

    def fail(self, held: Iterable[Held], error: Exception) -> None:
        """Sends kept messages the way of errors."""
        if not self._in_charge:
            return
        for one in list(held):
            self._held.pop(one.number, None)
            self._sending.add(one.number)
            delivery = Delivery(partial(self._forget_after, [one.number]))
            self._ctx.fail(one.message.replace(delivery=delivery), error)
            delivery.release()

    def drop(self, held: Iterable[Held], counted: bool = True) -> None:
        """Forgets them unsent; counted as dropped unless told otherwise."""
        if not self._in_charge:
            return
        numbers = [one.number for one in held]
        for number in numbers:
            self._held.pop(number, None)
        self._forget(numbers)
        if numbers and counted:
            self._ctx.drop(len(numbers))

    def _due(self, record: _Record) -> float | None:
        if not record.due:
            return None
        left_s = max(0.0, record.due - self._ctx.clock.now())
        if record.wait_s is not None:
            left_s = min(left_s, record.wait_s)
        return self._ctx.clock.monotonic() + left_s

    def _forget_after(self, numbers: list[int], _: Delivery) -> None:
        self._forget(numbers)

    def _forget(self, numbers: list[int]) -> None:
        for number in numbers:
            self._memory.delete(_key(number))
            self._sending.discard(number)


def _key(number: int) -> str:
    return f"{number:016d}"


def _packed(message: Message) -> bytes:
    body: dict[str, Any] = {name: getattr(message, name) for name in _FIELDS}
    body["props"] = dict(message.props)
    if message.payload is not UNSET:
        body["payload"] = message.payload
    try:
        return _encode(body)
    except (TypeError, ValueError, OverflowError, RecursionError) as wrong:
        raise PermanentError(Text("value.not-kept", reason=str(wrong))) from wrong


def _unpacked(record: _Record) -> Message:
    body = msgspec.msgpack.decode(record.body)
    payload = body.pop("payload", UNSET)
    kind = _class(record.kind)
    if kind is not None and payload is not UNSET:
        payload = msgspec.convert(payload, kind)
    return Message(payload, **body)


def _class_name(payload: Any) -> str:
    return f"{type(payload).__module__}:{type(payload).__qualname__}" if isinstance(payload, Struct) else ""


def _class(name: str) -> type[Struct] | None:
    """Only classes that are loaded anyway: a name in the journal never makes the process import something."""
    module, _, qualname = name.partition(":")
    found = getattr(sys.modules.get(module), qualname, None) if name else None
    return found if isinstance(found, type) and issubclass(found, Struct) else None


def storable(value: Any, where: str) -> Any:
    """The value, once it is certain that the state can hold it (plain data, whole numbers of at most 64 bits).
    PermanentError otherwise."""
    if value.__class__ in (str, float, bool, type(None)):
        return value
    try:
        _encode(value)
    except (TypeError, ValueError, OverflowError, RecursionError) as wrong:
        raise PermanentError(Text("value.not-remembered", path=where, reason=str(wrong))) from wrong
    return value
