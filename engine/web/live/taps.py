"""Taps: the next messages on a wire, its rate and samples, one listener in the flow for all who look."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import msgspec

from engine.core.message import Message
from engine.core.node import ERROR_PORT
from engine.runtime.services.live_hubs import Subscription, shorten
from engine.runtime.site import Site
from engine.texts.text import Text

__all__ = ["TapFeed", "Tapped"]

FASTEST_S = 0.02
SHARE = 20.0
"""A sample is taken at most every 20 ms, and making samples takes at most a twentieth of the time: a 5 MB payload is sampled rarely."""

Place = tuple[str, str, str]


class Tapped(msgspec.Struct):
    """One message on the wire. `count` is how many have passed since the tap began; `value` is cut above 16 kB."""

    at: float
    time: float
    topic: str
    key: str
    id: str
    value: Any
    size_bytes: int
    count: int


class TapFeed:
    """While a wire is tapped every message of its flow takes the observed way, so a tap ends with its last viewer."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._taps: dict[Place, _Tap] = {}

    def subscribe(self, flow: str, node: str, port: str) -> Subscription:
        """From the next message on. LookupError names the flow, node or port that is not there."""
        run = self._site.flows.get(flow)
        if run is None:
            raise LookupError(Text("api.no-running-flow", flow=flow[:80]))
        if node not in run.nodes:
            raise LookupError(Text("api.no-running-node", flow=flow, node=node[:80]))
        ports = run.nodes[node].planned.ports
        if port not in (*ports, ERROR_PORT):
            raise LookupError(Text("flow.no-output", node=node, port=port[:80], known=[*ports, ERROR_PORT]))
        place = (flow, node, port)
        tap = self._taps.get(place)
        if tap is None:
            tap = self._taps[place] = _Tap(self._site.clock.now)
            self._attach(place, tap)

        def close(subscription: Subscription) -> None:
            tap.watching.discard(subscription)
            if not tap.watching and self._taps.get(place) is tap:
                del self._taps[place]
                tap.end()

        subscription = Subscription(close)
        tap.watching.add(subscription)
        return subscription

    def flow_changed(self, flow: str) -> None:
        """After a deploy: a flow that was stopped and started is another one, and is tapped anew."""
        for place, tap in self._taps.items():
            if place[0] == flow:
                tap.end()
                self._attach(place, tap)

    def _attach(self, place: Place, tap: _Tap) -> None:
        run = self._site.flows.get(place[0])
        tap.end = run.observer.tap(place[1], place[2], tap.show) if run is not None else _nothing


class _Tap:
    def __init__(self, now: Callable[[], float]) -> None:
        self.watching: set[Subscription] = set()
        self.end: Callable[[], None] = _nothing
        self._now = now
        self._count = 0
        self._next_sample = 0.0

    def show(self, message: Message) -> None:
        self._count += 1
        began = time.perf_counter()
        if began < self._next_sample:
            return
        value, size = shorten(message.payload)
        item = Tapped(self._now(), message.time, message.topic, message.key, str(message.id), value, size, self._count)
        data = msgspec.json.encode(item, enc_hook=str)
        for subscription in self.watching:
            subscription.add(str(self._count), data)
        ended = time.perf_counter()
        self._next_sample = ended + max(FASTEST_S, (ended - began) * SHARE)


def _nothing() -> None:
    """A tap on a flow that does not run has nothing to end."""
