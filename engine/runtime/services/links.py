"""Wires between flows: a link-out sends to a link-in by name, wherever that runs."""

from __future__ import annotations

from collections.abc import Callable

from engine.core.message import Message

__all__ = ["Links"]

Enter = Callable[[Message], None]


class Links:
    """Link-in nodes of all running flows by `flow/name`."""

    def __init__(self) -> None:
        self._open: dict[str, Enter] = {}

    def open(self, name: str, enter: Enter) -> None:
        """A link-in is there. A later one takes the place of an earlier of the same name (a deploy)."""
        self._open[name] = enter

    def close(self, name: str, enter: Enter) -> None:
        """It is gone; harmless when another has taken its place."""
        if self._open.get(name) is enter:
            del self._open[name]

    def entry(self, name: str) -> Enter | None:
        """Where messages for that link go, None while it does not run."""
        return self._open.get(name)
