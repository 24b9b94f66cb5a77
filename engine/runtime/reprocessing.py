"""Quarantined messages that are given to their nodes again: one, or all that a filter names, with progress to look at."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import msgspec
from asyncpg import Record

from engine.core.background_jobs import BackgroundJobs
from engine.core.message import UNSET, Delivery, Message
from engine.core.renamed import read_json
from engine.db.database import Database
from engine.db.request_connection import request_connection, until_done
from engine.runtime.flow_runner import FlowRun
from engine.runtime.node_runner import RunningNode
from engine.runtime.site import Site

__all__ = ["QuarantineFilter", "Reprocessed", "Reprocessing", "is_cut", "node_of", "reprocess"]

AT_ONCE = 100


class QuarantineFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which messages: of a flow, of a node in it, kept since and until (Unix seconds); what is left out does not count."""

    flow: str = ""
    node: str = ""
    since: float | None = None
    until: float | None = None


class Reprocessed(msgspec.Struct, kw_only=True):
    """How far it has come: of `total` messages `done` were given to their nodes, which have finished with them; `skipped` were cut, or there is
    no such node now."""

    flow: str
    node: str
    who: str
    total: int
    done: int = 0
    skipped: int = 0
    running: bool = True


class Reprocessing:
    """Reprocesses many messages in the background, the oldest first, one run at a time. What fails again is a new entry, and no part of the run."""

    def __init__(self, site: Site, database: Database) -> None:
        self.last: Reprocessed | None = None
        """The run that goes on, or the last one."""
        self._site = site
        self._database = database
        self._jobs = BackgroundJobs()

    async def start(self, wanted: QuarantineFilter, who: str) -> Reprocessed | None:
        """Begins, unless one goes on: None then. `Unavailable` without a database."""
        if self.last is not None and self.last.running:
            return None
        run = self.last = Reprocessed(flow=wanted.flow, node=wanted.node, who=who, total=0)
        try:
            async with request_connection(self._database) as connection:
                (row,) = await connection.fetch(f"select count(*) as total, max(id) as newest {_FROM}", *_given(wanted))
        except BaseException:
            run.running = False
            raise
        run.total = row["total"]
        self._jobs.start("reprocessing the quarantine", self._work, run, wanted, row["newest"] or 0)
        return run

    async def stop(self) -> None:
        """Ends a run; what its nodes have not finished with counts as not reprocessed."""
        await self._jobs.stop()

    async def _work(self, run: Reprocessed, wanted: QuarantineFilter, newest: int) -> None:
        try:
            at = 0
            while rows := await until_done(partial(self._rows, wanted, at, newest)):
                at = rows[-1]["id"]
                done = await self._give(rows)
                run.done += len(done)
                run.skipped += len(rows) - len(done)
        finally:
            run.running = False

    async def _rows(self, wanted: QuarantineFilter, after: int, newest: int) -> list[Record]:
        async with request_connection(self._database) as connection:
            return list(
                await connection.fetch(
                    f"select * {_FROM} and id > $5 and id <= $6 order by id limit {AT_ONCE}",
                    *_given(wanted),
                    after,
                    newest,
                )
            )

    async def _give(self, rows: list[Record]) -> list[int]:
        """The numbers of those that a node has taken and finished with; only then they count as reprocessed."""
        all_settled = asyncio.Event()
        whole = Delivery(lambda _: all_settled.set())
        given = []
        for row in rows:
            found = node_of(self._site, row)
            if found is None or is_cut(row):
                continue
            given.append(int(row["id"]))
            whole.hold()
            reprocess(self._site, *found, row, Delivery(lambda _: whole.release()))
        whole.release()
        await all_settled.wait()
        await self._site.journal.flush()
        if given:
            await until_done(partial(self._mark, given))
        return given

    async def _mark(self, numbers: list[int]) -> None:
        async with request_connection(self._database) as connection:
            await connection.execute("update quarantine set reprocessed = now() where id = any($1::bigint[])", numbers)


def node_of(site: Site, row: Record) -> tuple[FlowRun, RunningNode] | None:
    """The running node that the message is for."""
    run = site.flows.get(row["flow"])
    node = run.nodes.get(row["node"]) if run is not None else None
    return (run, node) if run is not None and node is not None else None


def is_cut(row: Record) -> bool:
    """Whether only the beginning of the message was kept."""
    return len(row["payload"]) < int(row["size_bytes"])


def reprocess(site: Site, run: FlowRun, node: RunningNode, row: Record, delivery: Delivery) -> None:
    """Gives the message to its node as if it came in now; `delivery` (held once, and released here) settles when all is done with it."""
    message = Message(
        _as_it_came(row["payload"], node),
        row["topic"],
        row["key"],
        row["time"].timestamp(),
        site.message_id(),
        _props(row["props"]),
        delivery,
    )
    try:
        if node.emitter is not None:
            run.emit(node.id, message, node.planned.ports[0])
        else:
            run.enter(node.id, message)
    finally:
        delivery.release()


_FROM = (
    "from quarantine where reprocessed is null and ($1 = '' or flow = $1) and ($2 = '' or node = $2) "
    "and ($3::float8 is null or at >= to_timestamp($3)) and ($4::float8 is null or at <= to_timestamp($4))"
)


def _given(wanted: QuarantineFilter) -> tuple[object, ...]:
    return wanted.flow, wanted.node, wanted.since, wanted.until


def _props(stored: str) -> dict[str, Any]:
    """Without the mark of the error, which would send it straight back to quarantine."""
    return {name: value for name, value in msgspec.json.decode(stored).items() if name not in ("error", "text")}


def _as_it_came(kept: bytes, node: RunningNode) -> Any:
    """As the node's input wants it: what is kept is what came, or the JSON of it where that was not bytes."""
    if not kept:
        return UNSET
    inputs = node.planned.kind.inputs
    wanted = inputs[0].payload if inputs else Any
    if wanted is bytes:
        return kept
    try:
        return read_json(kept, wanted)
    except (msgspec.DecodeError, UnicodeDecodeError, TypeError):
        return kept
