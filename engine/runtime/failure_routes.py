"""Where a message goes on which a node has failed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from engine.core.failure import PermanentError
from engine.core.message import Message
from engine.core.node import ERROR_PORT
from engine.flow.check.plan import Plan
from engine.runtime.listeners import Listeners
from engine.runtime.observer import FlowObserver
from engine.runtime.quarantine import Quarantine
from engine.texts.text import Readable, Text, in_full, stored

__all__ = ["FailureRoutes"]


class FailureRoutes:
    """Of one flow: the node's error port when it is wired, else the `catch` nodes, else `on_error`, else quarantine."""

    def __init__(
        self, flow: str, quarantine: Quarantine, observer: FlowObserver, enter: Callable[[str, Message], None]
    ) -> None:
        self._flow = flow
        self._quarantine = quarantine
        self._observer = observer
        self._enter = enter
        self._routes: Mapping[str, Sequence[str]] = {}

    def follow(self, plan: Plan, listeners: Listeners) -> None:
        """From now on the routes are those of this version."""
        self._routes = {
            id: planned.wires.get(ERROR_PORT)
            or listeners.of("errors", id)
            or ([plan.on_error] if plan.on_error and plan.on_error != id else [])
            for id, planned in plan.nodes.items()
        }

    def send(self, node: str, message: Message, error: BaseException, reason: Readable) -> None:
        """Sends it. One that has failed before goes to quarantine: it would go round for ever."""
        kind = "refused" if isinstance(error, PermanentError) else "error"
        failed = message.with_props(
            error={
                "node": node,
                "flow": self._flow,
                "reason": in_full(reason, "en"),
                "kind": kind,
                "type": type(error).__name__,
                # What a quarantine keeps is read in the language of who reads it.
                **({"text": stored(reason)} if isinstance(reason, Text) else {}),
            }
        )
        self._observer.left(node, ERROR_PORT, failed)
        routes = self._routes.get(node, ())
        if "error" in message.props or not routes:
            self._quarantine.put(self._flow, node, message, reason)
            return
        for target in routes:
            self._enter(target, failed)
