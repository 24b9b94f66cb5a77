"""The audit log: every change that somebody made, when, and from where."""

from __future__ import annotations

import datetime
import logging
from collections import deque
from collections.abc import Mapping
from typing import Any

import asyncpg
import msgspec

from engine.db.database import Database, Unavailable, is_transient
from engine.db.jsonb import as_jsonb, without_nul
from engine.db.request_connection import request_connection
from engine.texts.text import with_texts

__all__ = ["AuditEntry", "AuditLog"]

log = logging.getLogger("mcs.audit")

HELD_BACK = 1_000


class AuditEntry(msgspec.Struct, kw_only=True):
    """One line of the log. `details` never holds a secret or a message's payload; what we say in it is read in the reader's language."""

    id: int
    at: datetime.datetime
    who: str
    address: str
    action: str
    target: str
    details: dict[str, Any]


class AuditLog:
    """Writes are never refused because of it: while the database is away up to a thousand lines are held back, and logged."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held: deque[tuple[datetime.datetime, str, str, str, str, str]] = deque(maxlen=HELD_BACK)

    async def record(self, who: str, address: str, action: str, target: str, details: Mapping[str, Any]) -> None:
        """Adds a line, and those that were held back before it."""
        text = as_jsonb(details)
        line = (datetime.datetime.now(datetime.UTC), _clean(who), address, action, _clean(target), text)
        log.info("%s from %s: %s %s", line[1], address, action, line[4])
        self._held.append(line)
        if not self._database.up:
            return
        try:
            async with request_connection(self._database) as connection:
                while self._held:
                    first = self._held[0]
                    try:
                        await connection.execute(
                            "insert into audit (at, who, address, action, target, details) values ($1, $2, $3, $4, $5, $6)",
                            *first,
                        )
                    except asyncpg.PostgresError as error:
                        if is_transient(error):
                            raise
                        # It stands in the log above; held on to, it would hold up all lines after it.
                        log.exception("the audit table refuses a line: %s", first)
                    if self._held and self._held[0] is first:
                        self._held.popleft()
        except Unavailable as away:
            log.warning("the audit log waits for the database (%s)", away)

    async def entries(
        self, *, before: int | None = None, limit: int = 100, who: str = "", action: str = "", target: str = ""
    ) -> list[AuditEntry]:
        """The latest first, from below the id `before`; `who`, `action` and `target` are looked for as parts."""
        async with request_connection(self._database) as connection:
            rows = await connection.fetch(
                "select * from audit where ($1::bigint is null or id < $1) and strpos(who, $3) > 0 and strpos(action, $4) > 0 "
                "and strpos(target, $5) > 0 order by id desc limit $2",
                before,
                limit,
                who,
                action,
                target,
            )
        return [AuditEntry(**{**row, "details": with_texts(msgspec.json.decode(row["details"]))}) for row in rows]


def _clean(text: str) -> str:
    return without_nul(text)[:500]
