"""What a WebSocket client can subscribe to, and the role that each topic needs."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from engine.catalogue.node_types import Catalogue
from engine.core.background_task import BackgroundTask
from engine.core.roles import Role
from engine.runtime.services.live_hubs import DebugRow, LiveHub, Subscription
from engine.texts.encode import encode
from engine.texts.language import Language
from engine.web.api.flows import flow_rows
from engine.web.http.server_context import ServerContext
from engine.web.live.editor_presence import EditorPresence
from engine.web.live.taps import TapFeed
from engine.web.live.telemetry import TelemetryFeed

__all__ = ["TOPICS", "DebugFilter", "Topic", "Topics"]

HEALTH_EVERY_S = 1.0


class DebugFilter(msgspec.Struct, forbid_unknown_fields=True):
    """Which debug rows are sent; what is left empty does not matter. `nodes` are ids, `text` is looked for in the whole row."""

    flow: Annotated[str, Meta(max_length=100)] = ""
    nodes: Annotated[list[str], Meta(max_length=1000)] = []
    text: Annotated[str, Meta(max_length=200)] = ""


class Topic(msgspec.Struct, frozen=True):
    """A kind of topic: its name up to the colon, what stands behind it, and who may have it."""

    name: str
    argument: str
    role: Role
    summary: str


TOPICS = (
    Topic("telemetry", "FLOW", "viewer", "figures per node and wire, twice a second"),
    Topic("debug", "", "operator", "rows of debug nodes; takes a filter"),
    Topic("tap", "FLOW/NODE/PORT", "operator", "the next messages on a wire, samples and their count"),
    Topic("presence", "FLOW", "viewer", "who has the flow open"),
    Topic(
        "deploys",
        "",
        "viewer",
        "flows that were deployed, removed or changed on disk, the latest of each first; file: the file's revision now",
    ),
    Topic("flows", "", "viewer", "the list of flows, when something about it changes"),
    Topic(
        "node-types", "", "viewer", "a version that changes with the node types, as when a custom node's file is saved"
    ),
    Topic("live", "CHANNEL", "viewer", "live data of the site, the latest of every key first"),
    Topic("health", "", "viewer", "the health of the site, when it changes"),
)


class Topics:
    """Opens subscriptions. What is not asked for is not computed."""

    def __init__(self, server: ServerContext) -> None:
        self.own = LiveHub()
        self.presence = EditorPresence(self.own)
        self.telemetry = TelemetryFeed(server.site)
        self.taps = TapFeed(server.site)
        self._server = server
        self._last: dict[str, bytes] = {}
        self._watching_state = 0
        self._state = BackgroundTask("health for the browsers", self._watch_state, server.site.supervisor)
        server.deploys.on_change.append(self._flow_changed)

    def open(self, topic: str, filter: DebugFilter, language: Language = "en") -> Subscription:
        """A subscription of a reader of a language. LookupError says what is not there."""
        name, _, argument = topic.partition(":")
        match name:
            case "telemetry":
                return self.telemetry.subscribe(argument, language)
            case "debug":
                return self._server.site.debug.subscribe(_wanted(filter), language)
            case "tap":
                flow, _, rest = argument.partition("/")
                node, _, port = rest.rpartition("/")
                return self.taps.subscribe(flow, node, port)
            case "live":
                return self._server.site.live.subscribe(argument, language=language)
            case "health" | "flows" | "node-types":
                return self._subscribe_state(name, language)
            case _:
                return self.own.subscribe(topic, language=language)

    def stop(self) -> None:
        """Ends what runs on its own."""
        self.telemetry.stop()
        self._state.cancel()

    def _flow_changed(self, flow: str) -> None:
        self.taps.flow_changed(flow)
        deployed = self._server.deploys.known.get(flow)
        file = self._server.deploys.files.read(flow)
        item: dict[str, Any] = {"flow": flow, "revision": None, "number": None, "who": "", "note": ""}
        item["file"] = file.revision if file is not None else None
        if deployed is not None:
            item |= {name: getattr(deployed, name) for name in ("revision", "number", "who", "note")}
        self.own.publish("deploys", flow, item)
        if self._watching_state:
            self._look()

    def _subscribe_state(self, name: str, language: Language) -> Subscription:
        def closed() -> None:
            self._watching_state -= 1
            if not self._watching_state:
                self._state.cancel()

        subscription = self.own.subscribe(name, replay=False, on_close=closed, language=language)
        self._watching_state += 1
        if self._watching_state == 1:
            self._last.clear()
            self._state.start()
        subscription.add("", encode(self._state_of(name), language))
        return subscription

    async def _watch_state(self) -> None:
        while True:
            self._look()
            await asyncio.sleep(HEALTH_EVERY_S)

    def _look(self) -> None:
        for name in ("health", "flows", "node-types"):
            state = self._state_of(name)
            data = encode(state, "en")
            if self._last.get(name) != data:
                self._last[name] = data
                self.own.publish(name, "", state)

    def _state_of(self, name: str) -> Any:
        match name:
            case "health":
                return self._server.health()
            case "flows":
                return {"flows": flow_rows(self._server)}
            case _:
                return {"version": _version(self._server.site.catalogue)}


def _version(catalogue: Catalogue) -> str:
    """Another whenever a type was loaded, loaded again, broken or remarked on: each load makes new classes."""
    types = sorted((type, id(kind.cls)) for type, kind in catalogue.types.items())
    broken = sorted((file, why.problem) for file, why in catalogue.broken.items())
    remarks = sorted((file, remark.code, remark.detail) for file, remark in catalogue.remarks.items())
    return hashlib.sha256(repr((types, broken, remarks)).encode()).hexdigest()[:16]


def _wanted(filter: DebugFilter) -> Callable[[DebugRow, bytes], bool]:
    nodes = frozenset(filter.nodes)
    text = filter.text.casefold()

    def wants(row: DebugRow, data: bytes) -> bool:
        if (filter.flow and row.flow != filter.flow) or (nodes and row.node not in nodes):
            return False
        return not text or text in data.decode().casefold()

    return wants
