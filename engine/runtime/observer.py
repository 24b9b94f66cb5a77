"""Looking into a running flow: latency by node, the last value on a wire, taps, and the trace of one message."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from engine.core.message import Message
from engine.runtime.services.live_hubs import shorten

__all__ = ["LATENCY_BOUNDS_S", "FlowObserver", "Hop", "Latency"]

LATENCY_BOUNDS_S = (
    1e-6,
    2e-6,
    5e-6,
    1e-5,
    2e-5,
    5e-5,
    1e-4,
    2e-4,
    5e-4,
    1e-3,
    2e-3,
    5e-3,
    1e-2,
    2e-2,
    5e-2,
    0.1,
    0.2,
    0.5,
    1.0,
    2.0,
    5.0,
    10.0,
)
TRACES_KEPT = 50

Tap = Callable[[Message], None]


class Latency:
    """A histogram of sampled times, seconds."""

    def __init__(self) -> None:
        self.counts = [0] * (len(LATENCY_BOUNDS_S) + 1)
        self.total_s = 0.0
        self.samples = 0

    def add(self, seconds: float, times: int = 1) -> None:
        """One more sample (or several of the same)."""
        self.counts[bisect_left(LATENCY_BOUNDS_S, seconds)] += times
        self.total_s += seconds * times
        self.samples += times

    def quantile_s(self, share: float) -> float | None:
        """The upper bound of the bucket in which that share of the samples lies below, None without samples."""
        wanted = share * self.samples
        seen = 0
        for bound, count in zip((*LATENCY_BOUNDS_S, 60.0), self.counts, strict=True):
            seen += count
            if count and seen >= wanted:
                return bound
        return None


class Hop(msgspec.Struct):
    """One node on the way of a traced message. Values are cut as in the debug list."""

    node: str
    at: float
    seconds: float
    given: Any
    outputs: list[tuple[str, Any]]
    error: str = ""


class FlowObserver:
    """What is being looked at in one flow. While nothing is tapped or traced, only a few sampled messages a second pass here."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.all = False
        """True while every message must be looked at."""
        self.latency: dict[str, Latency] = {}
        self.last: dict[tuple[str, str], tuple[float, Message]] = {}
        self.traces: OrderedDict[int, list[Hop]] = OrderedDict()
        self._now = now
        self._taps: dict[tuple[str, str], list[Tap]] = {}
        self._arrivals: dict[str, Tap] = {}
        self._wanted = 0
        self.accepts: Callable[[Message], bool] = lambda _: True

    def tap(self, node: str, port: str, show: Tap) -> Callable[[], None]:
        """Calls `show` with every message that leaves that port; returns what ends it."""
        taps = self._taps.setdefault((node, port), [])
        taps.append(show)
        self._changed()

        def end() -> None:
            if show in taps:
                taps.remove(show)
            if not taps and self._taps.get((node, port)) is taps:
                del self._taps[node, port]
            self._changed()

        return end

    def arriving(self, node: str, show: Tap) -> None:
        """Calls `show` with every message that reaches a plain node."""
        self._arrivals[node] = show
        self._changed()

    def trace(self, count: int = 1, accepts: Callable[[Message], bool] = lambda _: True) -> None:
        """Records the next `count` messages that a source brings and `accepts` takes; they appear in `traces` by message id."""
        self._wanted = count
        self.accepts = accepts
        self._changed()

    def entering(self, message: Message) -> None:
        """A source's message comes in the observed way."""
        if self._wanted and self.accepts(message):
            self._wanted -= 1
            self.traces[message.id] = []
            while len(self.traces) > TRACES_KEPT:
                self.traces.popitem(last=False)
            self._changed()

    def wrap(self, node: str, first: str, call: Callable[[Message], Any]) -> Callable[[Message], Any]:
        """A plain node's call that is timed and looked at."""

        def observed(message: Message) -> Any:
            if node in self._arrivals:
                self._arrivals[node](message)
            began = time.perf_counter()
            try:
                result = call(message)
            except BaseException as error:
                self.failed(node, message, time.perf_counter() - began, error)
                raise
            self.passed(node, first, message, result, time.perf_counter() - began)
            return result

        return observed

    def passed(self, node: str, first: str, message: Message, result: Any, seconds: float) -> None:
        """A node has handled a message."""
        self._time(node, seconds)
        traced = self.traces.get(message.id)
        outputs = list(outputs_of(result, first)) if result is not None else []
        for port, out in outputs:
            self.left(node, port, out)
        if traced is not None:
            shown = [(port, shorten(out.payload)[0]) for port, out in outputs]
            traced.append(Hop(node, self._now(), seconds, shorten(message.payload)[0], shown))

    def left(self, node: str, port: str, message: Message) -> None:
        """A message leaves by a port; a failed one by the error port, wired or not."""
        self.last[node, port] = (self._now(), message)
        for show in self._taps.get((node, port), ()):
            show(message)

    def failed(self, node: str, message: Message, seconds: float, error: BaseException) -> None:
        """A node has raised."""
        self._time(node, seconds)
        traced = self.traces.get(message.id)
        if traced is not None:
            traced.append(
                Hop(node, self._now(), seconds, shorten(message.payload)[0], [], f"{type(error).__name__}: {error}")
            )

    def _changed(self) -> None:
        # An attribute, not a property: every message of every source asks for it.
        self.all = bool(self._taps) or bool(self._arrivals) or self._wanted > 0

    def _time(self, node: str, seconds: float) -> None:
        latency = self.latency.get(node)
        if latency is None:
            latency = self.latency[node] = Latency()
        latency.add(seconds)


def outputs_of(result: Any, first: str) -> Iterator[tuple[str, Message]]:
    """(port, message) of whatever `process` returned; what is no message is left out."""
    parts = result.items() if isinstance(result, dict) else [(first, result)]
    for port, part in parts:
        for message in part if isinstance(part, (list, tuple)) else (part,):
            if message.__class__ is Message:
                yield port, message
