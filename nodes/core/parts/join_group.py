"""One group of a join while it grows: which messages count, by place or by name, and what they come to."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

import msgspec

from engine.api import Message, PermanentError, Struct, Text
from nodes.support.comparison import loose_text
from nodes.support.durable_buffer import Held
from nodes.support.kinds import value_text

__all__ = ["Group", "fields_of"]


class Group:
    """Messages that will become one. Each fills one place (or several, when objects are merged); a later one takes a
    place over."""

    def __init__(self, kind: str, count: int | None, joiner: Any) -> None:
        self.kind = kind
        self.count = count
        self.joiner = joiner
        self.messages: list[Held] = []
        self.props: dict[str, Any] = {}
        self.topic = ""
        self._owner: dict[Hashable, Held] = {}
        self._owned: dict[int, int] = {}
        self._values: dict[Hashable, Any] = {}

    @property
    def places(self) -> int:
        """How many places are filled: distinct indexes, keys, or (in lists without indexes) messages with a value."""
        return len(self._owner)

    @property
    def full(self) -> bool:
        """Whether as many are filled as were to come."""
        return bool(self.count) and self.places >= (self.count or 0)

    def add(self, held: Held, filled: Mapping[Hashable, Any]) -> list[Held]:
        """Adds a message with the values it brings by place; what it leaves without any place may be forgotten."""
        self.messages.append(held)
        self.props |= held.message.props
        self.topic = held.message.topic or self.topic
        self._owned[held.number] = len(filled)
        useless = []
        for place, value in filled.items():
            before = self._owner.get(place)
            if before is not None:
                self._owned[before.number] -= 1
                if not self._owned[before.number] and before is not self.messages[0]:
                    useless.append(before)
            self._owner[place] = held
            self._values[place] = value
        if useless:
            self.messages = [one for one in self.messages if one not in useless]
        return useless

    def value(self) -> Any:
        """What the group comes to. PermanentError when the values can't be put together so."""
        if self.kind in ("object", "merge"):
            return {str(place): value for place, value in self._values.items()}
        values = list(self._values.values())
        if all(isinstance(place, int) for place in self._values):
            values = [value for _, value in sorted(self._values.items(), key=_place)]
        if self.kind == "string":
            between = _glue(self.joiner).decode("utf-8", "replace")
            return between.join("" if value is None else loose_text(value) for value in values)
        if self.kind == "buffer":
            return _glue(self.joiner).join(map(_bytes, values))
        return values

    def message(self, put: Callable[[Message, Any], Message]) -> Message:
        """The messages as one: properties of all (a later one wins), the value written by `put`, `parts` those around
        the sequence."""
        props = dict(self.props)
        around = props.get("parts", {}).get("parts") if isinstance(props.get("parts"), Mapping) else None
        for name in ("parts", "complete"):
            props.pop(name, None)
        if around is not None:
            props["parts"] = around
        return put(self.messages[-1].message.replace(topic=self.topic, props=props), self.value())


def fields_of(value: Any) -> dict[str, Any] | None:
    """The fields of an object or Struct; None for anything else."""
    if isinstance(value, Struct):
        return msgspec.structs.asdict(value)
    return value if isinstance(value, dict) else None


def _glue(joiner: Any) -> bytes:
    """What stands between the parts: a text, or the bytes that a split at bytes notes in `parts.ch`."""
    if isinstance(joiner, str):
        return joiner.encode()
    try:
        return bytes(joiner) if isinstance(joiner, (list, tuple)) else b""
    except (TypeError, ValueError):
        return b""


def _place(item: tuple[Any, Any]) -> int:
    return int(item[0])


def _bytes(value: Any) -> bytes:
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    if isinstance(value, str):
        return value.encode()
    try:
        return bytes(value) if isinstance(value, list) else _refuse(value)
    except (TypeError, ValueError) as wrong:
        raise PermanentError(Text("sequence.bytes-list", reason=str(wrong))) from wrong


def _refuse(value: Any) -> bytes:
    raise PermanentError(Text("sequence.no-bytes", here=value_text(value)))
