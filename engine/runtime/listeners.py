"""Which nodes hear what happens at others: `catch`, `complete`, `status` and their like."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from engine.core.message import Message
from engine.core.node import Event
from engine.runtime.node_runner import RunningNode

__all__ = ["Listeners"]


class Listeners:
    """The listening nodes of one version of a flow, in its order."""

    def __init__(self, nodes: Iterable[RunningNode], enter: Callable[[str, Message], None]) -> None:
        self._enter = enter
        self._scopes: dict[Event, dict[str, frozenset[str]]] = {}
        for node in nodes:
            if node.listening is not None:
                event, scope = node.listening
                self._scopes.setdefault(event, {})[node.id] = scope

    def hears(self, event: Event) -> Mapping[str, frozenset[str]]:
        """{listener: the nodes it listens to, all of the flow when empty} for that kind of event; false when nobody does."""
        return self._scopes.get(event, {})

    def of(self, event: Event, node: str) -> list[str]:
        """Those who listen to this node, itself left out."""
        return [id for id, scope in self.hears(event).items() if id != node and (not scope or node in scope)]

    def notify(self, event: Event, node: str, message: Message) -> None:
        """Gives them the message, with the node's id in `origin`."""
        for listener in self.of(event, node):
            self._enter(listener, message.with_props(origin=node))
