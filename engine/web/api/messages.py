"""Messages kept for people: the debug list, and the quarantine, whose messages can be reprocessed."""

from __future__ import annotations

import datetime
from typing import Annotated, Any

import msgspec
from aiohttp import web
from msgspec import Meta

from engine.core.route import Nothing, Route
from engine.db.request_connection import request_connection
from engine.runtime.reprocessing import QuarantineFilter, Reprocessed, Reprocessing, is_cut, node_of
from engine.runtime.reprocessing import reprocess as give_again
from engine.runtime.services.live_hubs import DebugRow, shorten
from engine.texts.text import ReadableField, Text, text_from
from engine.web.http.errors import ApiError, not_found
from engine.web.http.route import Call

__all__ = ["REPROCESSING", "ROUTES"]

REPROCESSING = web.AppKey("reprocessing", Reprocessing)


class DebugQuery(msgspec.Struct, forbid_unknown_fields=True):
    """How many of the last rows."""

    limit: Annotated[int, Meta(ge=1, le=1000)] = 200


class QuarantineQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which part of the list, and of which flow or node."""

    before: Annotated[int, Meta(ge=0, le=2**62)] | None = None
    limit: Annotated[int, Meta(ge=1, le=500)] = 100
    flow: Annotated[str, Meta(max_length=100)] = ""
    node: Annotated[str, Meta(max_length=200)] = ""


class Quarantined(msgspec.Struct, kw_only=True):
    """One message that no node could handle. `payload` is its text, cut at 16 kB; `cut`: only its beginning was kept."""

    id: int
    at: datetime.datetime
    flow: str
    node: str
    time: datetime.datetime
    topic: str
    key: str
    reason: ReadableField
    payload: str
    size_bytes: int
    cut: bool
    props: dict[str, Any]
    reprocessed: datetime.datetime | None


Moment = Annotated[float, Meta(ge=0, le=4e9)]


class QuarantineSelection(msgspec.Struct, forbid_unknown_fields=True):
    """Which messages: of which flow or node, kept since and until (Unix seconds); all that wait when nothing is given."""

    flow: Annotated[str, Meta(max_length=100)] = ""
    node: Annotated[str, Meta(max_length=200)] = ""
    since: Moment | None = None
    until: Moment | None = None


async def debug_rows(call: Call[DebugQuery]) -> list[DebugRow]:
    """The last rows of the debug nodes, the oldest of them first."""
    rows = call.server.site.debug.rows
    return list(rows)[-call.given.limit :]


async def quarantine(call: Call[QuarantineQuery]) -> list[Quarantined]:
    """Messages that no node could handle, the latest first."""
    given = call.given
    async with request_connection(call.server.database) as connection:
        rows = await connection.fetch(
            "select id, at, flow, node, time, topic, key, reason, substr(payload, 1, 16384) as payload, "
            "length(payload) < size_bytes as cut, size_bytes, props, reprocessed, reason_text from quarantine "
            "where ($1::bigint is null or id < $1) and ($3 = '' or flow = $3) and ($4 = '' or node = $4) "
            "order by id desc limit $2",
            given.before,
            given.limit,
            given.flow,
            given.node,
        )
    return [_shown(dict(row)) for row in rows]


async def reprocess(call: Call[Nothing]) -> None:
    """Give a quarantined message to its node again; if that fails it comes back as a new entry."""
    number, site = call.number("id"), call.server.site
    async with request_connection(call.server.database) as connection:
        row = await connection.fetchrow("select * from quarantine where id = $1", number)
        if row is None:
            raise not_found(Text("api.not-in-quarantine", number=number))
        if is_cut(row):
            raise ApiError(422, "cut", Text("api.message-cut"))
        found = node_of(site, row)
        if found is None:
            raise ApiError(
                409,
                "no_node",
                Text("api.no-running-node", flow=row["flow"], node=row["node"]),
            )
        await connection.execute("update quarantine set reprocessed = now() where id = $1", number)
    run, node = found
    call.details = {"flow": run.name, "node": node.id}
    give_again(site, run, node, row, run.own.adopt())


async def reprocess_all(call: Call[QuarantineSelection]) -> Reprocessed:
    """Give all messages of a filter to their nodes again, in the background; how far it has come is told by the same path."""
    given = call.given
    call.details = {"flow": given.flow, "node": given.node}
    wanted = QuarantineFilter(flow=given.flow, node=given.node, since=given.since, until=given.until)
    run = await call.request.app[REPROCESSING].start(wanted, call.who.user)
    if run is None:
        raise ApiError(409, "reprocessing", Text("api.reprocessing-already"))
    return run


async def reprocessing(call: Call[Nothing]) -> Reprocessed | None:
    """How far the reprocessing of many messages has come; null when none was asked for since the start."""
    return call.request.app[REPROCESSING].last


async def stop_reprocessing(call: Call[Nothing]) -> None:
    """End it. What was given to the nodes goes on."""
    await call.request.app[REPROCESSING].stop()


async def discard(call: Call[Nothing]) -> None:
    """Delete a message from the quarantine for good."""
    async with request_connection(call.server.database) as connection:
        gone = await connection.fetchval("delete from quarantine where id = $1 returning id", call.number("id"))
    if gone is None:
        raise not_found(Text("api.not-in-quarantine", number=call.path("id")))


def _shown(row: dict[str, Any]) -> Quarantined:
    row["payload"] = shorten(row["payload"])[0]
    row["props"] = msgspec.json.decode(row["props"])
    reason_text = row.pop("reason_text")
    if reason_text is not None:
        row["reason"] = text_from(msgspec.json.decode(reason_text))
    return Quarantined(**row)


_REPROCESS = Route(
    method="POST",
    path="/api/quarantine/{id}/reprocess",
    role="operator",
    handler=reprocess,
    answer=None,
    status=204,
    refusals=(404, 409, 422),
    action="quarantine.reprocess",
)

ROUTES = (
    Route(
        method="GET", path="/api/debug", role="operator", handler=debug_rows, given=DebugQuery, answer=list[DebugRow]
    ),
    Route(
        method="GET",
        path="/api/quarantine",
        role="operator",
        handler=quarantine,
        given=QuarantineQuery,
        answer=list[Quarantined],
    ),
    Route(
        method="GET",
        path="/api/quarantine/reprocessing",
        role="operator",
        handler=reprocessing,
        answer=Reprocessed | None,
    ),
    Route(
        method="POST",
        path="/api/quarantine/reprocessing",
        role="operator",
        handler=reprocess_all,
        given=QuarantineSelection,
        answer=Reprocessed,
        refusals=(409,),
        action="quarantine.reprocess",
    ),
    Route(
        method="DELETE",
        path="/api/quarantine/reprocessing",
        role="operator",
        handler=stop_reprocessing,
        answer=None,
        status=204,
        action="quarantine.stop_reprocessing",
    ),
    _REPROCESS,
    _REPROCESS.under_old_path("/api/quarantine/{id}/replay"),
    Route(
        method="DELETE",
        path="/api/quarantine/{id}",
        role="admin",
        handler=discard,
        answer=None,
        status=204,
        refusals=(404,),
        action="quarantine.discard",
    ),
)
