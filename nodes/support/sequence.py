"""Messages that belong together: the property `parts` says to which sequence one belongs, and at which place.

parts = {id, index, count, type, key, ch, len, property, parts}: `count` may be missing while it is unknown; `type` is
what was split (array, object, string, buffer), `property` where; `key` the object key; `ch` the separator; `len` the
length of a piece; `parts` those of the sequence around.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.api import Message, PermanentError, Text
from nodes.support.kinds import value_text

__all__ = ["array_sequence", "belongs", "new_ids", "parts_of"]


def new_ids() -> Callable[[], str]:
    """Makes ids of sequences that no other node and no other run makes."""
    prefix = secrets.token_hex(6)
    numbers = itertools.count()
    return lambda: f"{prefix}-{next(numbers)}"


def array_sequence(msg: Message, values: Sequence[Any], id: str) -> list[Message]:
    """One message per value, with the `parts` that `join` makes a list of again; parts that were there go around them."""
    around = parts_of(msg)
    parts = {"id": id, "count": len(values), "type": "array", **({} if around is None else {"parts": dict(around)})}
    return [msg.replace(payload=value).with_props(parts={**parts, "index": n}) for n, value in enumerate(values)]


def parts_of(message: Message) -> Mapping[str, Any] | None:
    """The message's `parts`, None when it has none. PermanentError when they are no object or their figures are no counts."""
    parts = message.props.get("parts")
    if parts is None:
        return None
    if not isinstance(parts, Mapping):
        raise PermanentError(Text("sequence.parts", here=value_text(parts)))
    for name in ("index", "count", "len"):
        value = parts.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 53):
            raise PermanentError(Text("sequence.parts-number", name=name, value=str(value)[:40]))
    return parts


def belongs(parts: Mapping[str, Any] | None) -> bool:
    """Whether they say to which sequence the message belongs and where in it."""
    return parts is not None and parts.get("id") is not None and parts.get("index") is not None
