"""Live figures of a flow, twice a second: made once per flow however many watch, and not at all while nobody does."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from engine.core.background_task import BackgroundTask
from engine.core.message import UNSET
from engine.core.node import ERROR_PORT
from engine.runtime.flow_runner import FlowRun
from engine.runtime.services.live_hubs import Subscription
from engine.runtime.site import Site
from engine.texts.encode import Encoded
from engine.texts.language import Language
from engine.texts.text import Readable

__all__ = ["TelemetryFeed", "short_text", "telemetry_of"]

TICK_S = 0.5
SHORT_CHARS = 32


class TelemetryFeed:
    """One ticking task as long as somebody is subscribed to any flow."""

    def __init__(self, site: Site) -> None:
        self.made = 0
        self._site = site
        self._subscriptions: dict[str, set[Subscription]] = {}
        self._ticker = BackgroundTask("telemetry", self._tick, site.supervisor)

    def subscribe(self, flow: str, language: Language = "en") -> Subscription:
        """The figures of a flow from now on; the first come at once. A flow that does not run sends none until it does."""
        watching = self._subscriptions.setdefault(flow, set())

        def close(subscription: Subscription) -> None:
            watching.discard(subscription)
            if not watching and self._subscriptions.get(flow) is watching:
                del self._subscriptions[flow]
            if not self._subscriptions:
                self._ticker.cancel()

        subscription = Subscription(close, language=language)
        watching.add(subscription)
        run = self._site.flows.get(flow)
        if run is not None:
            subscription.add("", self._made(run).in_language(language))
        self._ticker.start()
        return subscription

    def stop(self) -> None:
        """Ends the ticking."""
        self._ticker.cancel()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            for flow, watching in list(self._subscriptions.items()):
                run = self._site.flows.get(flow)
                if run is not None and watching:
                    data = self._made(run)
                    for subscription in watching:
                        subscription.add("", data.in_language(subscription.language))
                # Between two flows others get their turn.
                await asyncio.sleep(0)

    def _made(self, run: FlowRun) -> Encoded:
        self.made += 1
        return Encoded(telemetry_of(run))


def telemetry_of(run: FlowRun) -> dict[str, Any]:
    """{"nodes": {id: [in, out, errors, p50_ms, p95_ms, depth, status text, status level]}, "wires": {"id.port": [count, last
    value, short]}, "at"}. Times are null without samples; counts go on from the start of the flow."""
    nodes: dict[str, list[Any]] = {}
    wires: dict[str, list[Any]] = {}
    for id, (received, sent, errors) in run.counts().items():
        node = run.nodes[id]
        latency = run.observer.latency.get(id)
        text: Readable = node.context.status_text
        level = node.context.status_level
        if node.problem:
            text, level = node.problem, "error"
        nodes[id] = [
            received,
            sum(sent.values()),
            errors,
            _ms(latency.quantile_s(0.5)) if latency is not None else None,
            _ms(latency.quantile_s(0.95)) if latency is not None else None,
            _depth(node),
            text,
            level,
        ]
        for port, count in sent.items():
            last = run.observer.last.get((id, port))
            wires[f"{id}.{port}"] = [count, short_text(last[1].payload) if last is not None else None]
        if errors:
            wires[f"{id}.{ERROR_PORT}"] = [errors, None]
    return {"nodes": nodes, "wires": wires, "at": run.site.clock.now()}


def short_text(value: Any) -> str:
    """A value as it stands on a wire, at most 32 characters. Looks only at the beginning of it, however large it is."""
    text = value if isinstance(value, str) else _brief(value, SHORT_CHARS + 1)
    return text if len(text) <= SHORT_CHARS else text[: SHORT_CHARS - 1] + "…"


def _brief(value: Any, room: int) -> str:
    """JSON-like, of which at least the first `room` characters are right."""
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, str):
        return msgspec.json.encode(value[:room]).decode()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value[:room]).decode("utf-8", "replace")
    if value is UNSET:
        return ""
    if isinstance(value, msgspec.Struct):
        value = {name: getattr(value, name) for name in value.__struct_fields__}
    if isinstance(value, (dict, list, tuple)):
        opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
        parts: list[str] = []
        for item in value:
            if room <= 0:
                break
            key = f"{_brief(str(item), room)}: " if isinstance(value, dict) else ""
            parts.append(key + _brief(value[item] if isinstance(value, dict) else item, room - len(key) - 1))
            room -= len(parts[-1]) + 2
        return opening + ", ".join(parts) + closing
    return "null" if value is None else "true" if value is True else "false" if value is False else str(value)


def _depth(node: Any) -> int:
    if node.queue is not None:
        return int(node.queue.depth)
    return int(node.emitter.under_way) if node.emitter is not None else 0


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 4)
