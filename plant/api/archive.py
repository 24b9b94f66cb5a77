"""The archive over HTTP: how it stands, its files, a run on request, and restoring a file."""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from engine.api import (
    ApiError,
    Call,
    Database,
    Nothing,
    PermanentError,
    ReadableField,
    Route,
    Text,
    reason_of,
    request_connection,
    text_from,
)
from plant.archive.entry import State
from plant.archive.ledger import as_file
from plant.archive.restore import TABLE, RestoreJob
from plant.archive.service import Archive

__all__ = ["ROUTES"]


class ArchiveRun(msgspec.Struct, kw_only=True):
    """The latest run. `files` is how many it took on, `states` how far they are; `rows` and `size_bytes` are of its files."""

    at: datetime.datetime
    files: int
    states: dict[str, int]
    rows: int
    size_bytes: int
    problems: int


class ArchiveSummary(msgspec.Struct, kw_only=True):
    """How the archive stands. `rows`, `size_bytes` and `files` are what is in the bucket and verified."""

    bucket: str
    endpoint: str
    files: int
    rows: int
    size_bytes: int
    unfinished: int
    problems: int
    run: ArchiveRun | None
    restores: list[RestoreJob]


class ArchiveEntry(msgspec.Struct, kw_only=True):
    """One file of the ledger."""

    name: str
    sn: str
    day: datetime.date
    part: int
    state: State
    rows: int
    size_bytes: int
    md5: str
    bucket: str
    object_key: str
    problem: ReadableField
    first_time: datetime.datetime | None
    last_time: datetime.datetime | None
    changed_at: datetime.datetime


class FilesQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which files: the latest day first, from `offset` on."""

    sn: Annotated[str, Meta(max_length=64)] = ""
    state: Literal["", "selected", "filed", "uploaded", "verified", "cleaned", "problem"] = ""
    day: Annotated[str, Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?$")] = ""
    limit: Annotated[int, Meta(ge=1, le=500)] = 100
    offset: Annotated[int, Meta(ge=0, le=10_000_000)] = 0


class RestoreOrder(msgspec.Struct, forbid_unknown_fields=True):
    """A file of the ledger, and the table that gets its rows."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    table: Annotated[str, Meta(pattern=r"^restored[a-z0-9_]{0,50}$")] = TABLE


async def summary(call: Call[Nothing]) -> ArchiveSummary:
    """How the archive stands: the bucket, the latest run, what is in the archive."""
    archive = call.server.service(Archive)
    async with request_connection(call.server.service(Database)) as connection:
        whole = await connection.fetchrow(
            "select count(*) filter (where state in ('verified', 'cleaned')) as files, "
            "coalesce(sum(rows) filter (where state in ('verified', 'cleaned')), 0)::bigint as rows, "
            "coalesce(sum(size_bytes) filter (where state in ('verified', 'cleaned')), 0)::bigint as size_bytes, "
            "count(*) filter (where state <> 'cleaned') as unfinished, count(*) filter (where problem <> '') as problems from archives"
        )
        states = await connection.fetch(
            "select run_at, state, count(*) as files, sum(rows)::bigint as rows, sum(size_bytes)::bigint as size_bytes, "
            "count(*) filter (where problem <> '') as problems from archives "
            "where run_at = (select max(run_at) from archives) and run_at > 'epoch' group by run_at, state"
        )
    assert whole is not None
    run = None
    if states:
        run = ArchiveRun(
            at=states[0]["run_at"],
            states={row["state"]: row["files"] for row in states},
            **{name: sum(row[name] for row in states) for name in ("files", "rows", "size_bytes", "problems")},
        )
    return ArchiveSummary(
        bucket=archive.settings.s3_bucket or "",
        endpoint=archive.settings.s3_endpoint or "",
        run=run,
        restores=list(archive.restores.recent),
        **dict(whole),
    )


async def files(call: Call[FilesQuery]) -> list[ArchiveEntry]:
    """The files of the ledger, the latest day first."""
    given = call.given
    day = None
    if given.day:
        try:
            day = datetime.date.fromisoformat(given.day)
        except ValueError as wrong:
            raise ApiError(400, "bad_request", Text("archive.no-day", given=given.day)) from wrong
    async with request_connection(call.server.service(Database)) as connection:
        rows = await connection.fetch(
            "select name, sn, day, part, state, rows, size_bytes, md5, bucket, object_key, problem, problem_text, first_time, last_time, changed_at "
            "from archives where strpos(sn, $1) > 0 and ($2 = '' or state = $2 or ($2 = 'problem' and problem <> '')) "
            "and ($3::date is null or day = $3) order by day desc, sn, part limit $4 offset $5",
            given.sn,
            given.state,
            day,
            given.limit,
            given.offset,
        )
    return [_entry(dict(row)) for row in rows]


def _entry(row: dict[str, Any]) -> ArchiveEntry:
    text = row.pop("problem_text")
    if row["problem"] and text is not None:
        row["problem"] = text_from(msgspec.json.decode(text))
    return ArchiveEntry(**row)


async def run_now(call: Call[Nothing]) -> None:
    """Begin a run now; what the run before left is finished first."""
    if not await call.server.service(Archive).request_run():
        raise ApiError(409, "archive_not_running", Text("archive.not-running"))


async def restore(call: Call[RestoreOrder]) -> RestoreJob:
    """Fetch a file from the bucket, check it, and put its rows into a table of their own."""
    given = call.given
    call.target, call.details = given.name, {"table": given.table}
    async with request_connection(call.server.service(Database)) as connection:
        row = await connection.fetchrow("select * from archives where name = $1", given.name)
    if row is None:
        raise ApiError(404, "not_found", Text("archive.no-file", name=given.name))
    if row["state"] not in ("verified", "cleaned"):
        raise ApiError(409, "not_archived", Text("archive.not-archived", name=given.name))
    try:
        return call.server.service(Archive).restores.begin(as_file(row), given.table)
    except PermanentError as refused:
        raise ApiError(422, "bad_table", reason_of(refused)) from refused


ROUTES = (
    Route(method="GET", path="/api/archive", role="viewer", handler=summary, answer=ArchiveSummary),
    Route(
        method="GET",
        path="/api/archive/files",
        role="viewer",
        handler=files,
        given=FilesQuery,
        answer=list[ArchiveEntry],
    ),
    Route(
        method="POST",
        path="/api/archive/run",
        role="admin",
        handler=run_now,
        answer=None,
        status=204,
        refusals=(409,),
        action="archive.run",
    ),
    Route(
        method="POST",
        path="/api/archive/restore",
        role="admin",
        handler=restore,
        given=RestoreOrder,
        answer=RestoreJob,
        status=202,
        refusals=(404, 409, 422),
        action="archive.restore",
    ),
)
