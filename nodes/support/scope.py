"""The names an expression sees: fields of the payload first, then properties of the message, then its own fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.api import UNSET, Message, Struct

__all__ = ["Scope"]


class Scope:
    """Looks up just the names that an expression uses.

    In this order: a field of an object or Struct payload; a name in `more`; `payload` (the payload itself), `topic`,
    `key`, `time`; a property of the message. A name that is nowhere is left out, so that the expression's own error
    names it.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)

    def values(self, message: Message, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """{name: value} for the names that are there."""
        payload = message.payload
        fields: Any = payload if isinstance(payload, dict) else {}
        struct = payload.__struct_fields__ if isinstance(payload, Struct) else ()
        found: dict[str, Any] = {}
        for name in self.names:
            if name in fields:
                found[name] = fields[name]
            elif name in struct:
                found[name] = getattr(payload, name)
            elif more is not None and name in more:
                found[name] = more[name]
            elif name in ("payload", "topic", "key", "time"):
                found[name] = getattr(message, name)
            elif name in message.props:
                found[name] = message.props[name]
        return {name: value for name, value in found.items() if value is not UNSET}
