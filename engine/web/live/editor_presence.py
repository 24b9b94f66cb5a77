"""Who has a flow open in the editor, and what they have open in it."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

from engine.runtime.services.live_hubs import LiveHub

__all__ = ["EditorPresence", "Person"]


class Person(msgspec.Struct, kw_only=True):
    """One browser tab in a flow. `open` is the node whose form is open, "" when none is."""

    id: str
    user: str
    open: str
    since: float


class EditorPresence:
    """Tells all who watch a flow the whole list each time it changes."""

    def __init__(self, hub: LiveHub, now: Callable[[], float] = time.time) -> None:
        self._hub = hub
        self._now = now
        self._people: dict[str, dict[str, Person]] = {}

    def here(self, flow: str, id: str, user: str, open: str) -> None:
        """The tab `id` has the flow open. It is in one flow at a time."""
        for other in [name for name, people in self._people.items() if id in people and name != flow]:
            self._leave(other, id)
        people = self._people.setdefault(flow, {})
        known = people.get(id)
        people[id] = Person(id=id, user=user, open=open, since=known.since if known is not None else self._now())
        self._publish(flow)

    def gone(self, id: str) -> None:
        """The tab was closed."""
        for flow in [name for name, people in self._people.items() if id in people]:
            self._leave(flow, id)

    def users(self, flow: str) -> list[str]:
        """Who has the flow open, each once."""
        return sorted({person.user for person in self._people.get(flow, {}).values()})

    def _leave(self, flow: str, id: str) -> None:
        people = self._people[flow]
        del people[id]
        self._publish(flow)
        if not people:
            del self._people[flow]
            self._hub.forget(f"presence:{flow}", "")

    def _publish(self, flow: str) -> None:
        self._hub.publish(f"presence:{flow}", "", {"people": list(self._people[flow].values())})
