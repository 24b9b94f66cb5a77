"""Looking into a running flow and giving it a message: inject, traces, figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from engine.core.message import UNSET as NO_PAYLOAD
from engine.core.message import Message
from engine.core.node import Injectable
from engine.core.route import Nothing, Route
from engine.runtime.flow_runner import FlowRun
from engine.runtime.observer import Hop
from engine.texts.text import Text
from engine.web.http.errors import ApiError, not_found
from engine.web.http.route import Call
from engine.web.live.telemetry import telemetry_of

__all__ = ["ROUTES"]

TRACE_LASTS_S = 60.0
"""A trace that nothing comes for ends by itself: while it waits, every message takes the observed way."""

Short = Annotated[str, Meta(max_length=1000)]


class Given(msgspec.Struct, forbid_unknown_fields=True):
    """A message to give; what is left out is empty."""

    payload: Any = UNSET
    topic: Short = ""
    key: Short = ""
    props: dict[str, Any] = {}


class Inject(msgspec.Struct, forbid_unknown_fields=True):
    """Without a message a node that makes its own (inject) sends that."""

    message: Given | UnsetType = UNSET


class Injected(msgspec.Struct):
    """The id of the message, as traces and debug rows show it; "" when the node made it itself."""

    id: str


class Trace(msgspec.Struct, forbid_unknown_fields=True):
    """Which messages: of this key or topic; with `node` only traces that reach that node are listed under it."""

    node: Annotated[str, Meta(max_length=200)] = ""
    key: Short = ""
    topic: Short = ""
    count: Annotated[int, Meta(ge=1, le=50)] = 1


class Tracing(msgspec.Struct):
    """So many of the next messages are recorded, within so many seconds."""

    count: int
    within_s: float


class TraceQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Only traces that went through this node."""

    node: Annotated[str, Meta(max_length=200)] = ""


class TraceRow(msgspec.Struct, kw_only=True):
    """One traced message. `seconds` is the sum over its hops."""

    id: str
    at: float
    hops: int
    seconds: float
    nodes: list[str]
    failed: bool


class TraceView(msgspec.Struct):
    """The way of one message, in the order in which its nodes were done with it."""

    id: str
    hops: list[Hop]


async def inject(call: Call[Inject]) -> Injected:
    """Give a node a message, as if a wire had brought it; a source puts it out instead."""
    run, given = _run(call), call.given.message
    running = run.nodes.get(call.path("id"))
    if running is None:
        raise not_found(Text("api.no-running-node", flow=run.name, node=call.path("id")[:80]))
    own = running.instance.inject() if given is UNSET and isinstance(running.instance, Injectable) else None
    if given is UNSET and running.planned.kind.about.fires:
        running.instance.fire()  # type: ignore[attr-defined]  # the mark says that it has it
        return Injected("")
    message = own or (given if given is not UNSET else Given())
    payload = NO_PAYLOAD if message.payload is UNSET else message.payload
    if running.emitter is not None:
        if running.emitter.full:
            raise ApiError(503, "busy", f"flow {run.name} has as many messages under way as it may", "wait a moment")
        running.emitter.push(payload, message.topic, key=message.key, props=message.props)
        return Injected("")
    made = Message(
        payload,
        message.topic,
        message.key,
        run.site.clock.now(),
        run.site.message_id(),
        message.props,
        run.own.adopt(),
    )
    try:
        run.enter(running.id, made)
    finally:
        made.delivery.release()
    return Injected(str(made.id))


async def trace(call: Call[Trace]) -> Tracing:
    """Record the next messages of a flow with the values at every hop, for at most a minute."""
    run, given = _run(call), call.given
    if given.node and given.node not in run.nodes:
        raise not_found(Text("api.no-running-node", flow=run.name, node=given.node))

    def accepts(message: Message) -> bool:
        return (not given.key or message.key == given.key) and (not given.topic or message.topic == given.topic)

    # Which nodes a message will reach nobody knows beforehand: more are recorded, and the list is filtered.
    count = 50 if given.node else given.count
    run.observer.trace(count, accepts)
    call.server.clock.call_later(TRACE_LASTS_S, lambda: _end_trace(run, accepts))
    return Tracing(count, TRACE_LASTS_S)


async def list_traces(call: Call[TraceQuery]) -> list[TraceRow]:
    """The traced messages, the latest first."""
    rows = []
    for id, hops in reversed(_run(call).observer.traces.items()):
        nodes = [hop.node for hop in hops]
        if hops and (not call.given.node or call.given.node in nodes):
            rows.append(
                TraceRow(
                    id=str(id),
                    at=hops[0].at,
                    hops=len(hops),
                    seconds=sum(hop.seconds for hop in hops),
                    nodes=list(dict.fromkeys(nodes)),
                    failed=any(hop.error for hop in hops),
                )
            )
    return rows


async def get_trace(call: Call[Nothing]) -> TraceView:
    """The way of one message: what every node was given, what it sent, and how long it took."""
    hops = _run(call).observer.traces.get(call.number("id"))
    if hops is None:
        raise not_found(Text("api.no-trace", trace=call.path("id")[:40]))
    return TraceView(call.path("id"), hops)


async def telemetry(call: Call[Nothing]) -> dict[str, Any]:
    """The figures of a flow now; the WebSocket topic telemetry:FLOW sends them twice a second."""
    return telemetry_of(_run(call))


def _run(call: Call[Any]) -> FlowRun:
    run = call.server.site.flows.get(call.path("name"))
    if run is None:
        raise not_found(Text("api.no-running-flow", flow=call.path("name")[:80]))
    return run


def _end_trace(run: FlowRun, accepts: Callable[[Message], bool]) -> None:
    if run.observer.accepts is accepts:
        run.observer.trace(0)


_FLOW = "/api/flows/{name}"

ROUTES = (
    Route(
        method="POST",
        path=_FLOW + "/nodes/{id}/inject",
        role="operator",
        handler=inject,
        given=Inject,
        answer=Injected,
        refusals=(404,),
        action="node.inject",
    ),
    Route(
        method="POST",
        path=_FLOW + "/trace",
        role="operator",
        handler=trace,
        given=Trace,
        answer=Tracing,
        refusals=(404,),
        action="flow.trace",
    ),
    Route(
        method="GET",
        path=_FLOW + "/traces",
        role="operator",
        handler=list_traces,
        given=TraceQuery,
        answer=list[TraceRow],
        refusals=(404,),
    ),
    Route(
        method="GET",
        path=_FLOW + "/traces/{id}",
        role="operator",
        handler=get_trace,
        answer=TraceView,
        refusals=(404,),
    ),
    Route(
        method="GET",
        path=_FLOW + "/telemetry",
        role="viewer",
        handler=telemetry,
        answer=dict[str, Any],
        refusals=(404,),
    ),
)
