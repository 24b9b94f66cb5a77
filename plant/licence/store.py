"""What the guard remembers besides the token: when the site first started, and the latest time it has seen. Kept twice, sealed."""

from __future__ import annotations

import logging
import math
from pathlib import Path

import asyncpg
import msgspec

from engine.api import Database, is_transient, write_whole
from plant.licence.machine import Machine

__all__ = ["Record", "Records", "write_private"]

log = logging.getLogger("mcs.licence")

FILE = "record.json"
DATABASE_WAIT_S = 5.0


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Unix seconds. `first_start` is 0 when a record was found that this machine had not sealed: the evaluation is over then."""

    first_start: float
    seen: float


UNSOUND = Record(first_start=0.0, seen=0.0)


class _Sealed(msgspec.Struct, frozen=True, kw_only=True):
    record: Record
    seal: str


class Records:
    """The record in a file of the data folder and in a row of the database: who takes one away finds the other.

    Of two sound records the earlier first start and the later time seen count; one that is damaged or edited counts for nothing beside a
    sound one. One that was sealed while the machine's id could not be read counts for the machine, too: whoever
    forgot to mount it has not used up the evaluation.
    """

    def __init__(self, folder: Path, database: Database | None, machine: Machine) -> None:
        self._file = folder / FILE
        self._database = database
        self._machine = machine
        self._another_machines = False

    async def read(self) -> Record | None:
        """What both places know together; None when neither has anything: the first start."""
        found = [self._unsealed(text) for text in (self._of_file(), await self._of_database()) if text is not None]
        if not found:
            return None
        found = [one for one in found if one != UNSOUND] or [UNSOUND]
        return Record(first_start=min(one.first_start for one in found), seen=max(one.seen for one in found))

    async def tables_made_at(self) -> float:
        """When the first table of the site was made, Unix seconds; infinite where that can't be told."""
        if self._database is None:
            return math.inf
        try:
            async with self._database.connection(DATABASE_WAIT_S) as connection:
                made = await connection.fetchval("select extract(epoch from min(applied_at)) from schema_migrations")
                return math.inf if made is None else float(made)
        except Exception as error:
            if not is_transient(error):
                raise
            return math.inf

    def write_file(self, record: Record) -> None:
        """OSError when the folder can't be written. A machine that can't be told from others leaves another's record alone."""
        if self._another_machines and not self._machine.known:
            return
        write_private(self._file, self._sealed(record))

    async def write_database(self, record: Record) -> None:
        """Harmless while the database is away: the next time does it."""
        if self._database is None:
            return
        try:
            async with self._database.connection(DATABASE_WAIT_S) as connection:
                await connection.execute(
                    "insert into licence_records (machine, record) values ($1, $2) "
                    "on conflict (machine) do update set record = excluded.record, written_at = now()",
                    self._machine.fingerprint,
                    self._sealed(record),
                )
        except Exception as error:
            if not is_transient(error):
                raise
            log.debug("the licence record waits for the database: %s", error)

    def _of_file(self) -> bytes | None:
        try:
            return self._file.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as failure:
            log.warning("the licence record can't be read: %s", failure)
            return b""

    async def _of_database(self) -> bytes | None:
        if self._database is None:
            return None
        try:
            async with self._database.connection(DATABASE_WAIT_S) as connection:
                found: bytes | None = await connection.fetchval(
                    "select record from licence_records where machine = $1", self._machine.fingerprint
                )
                return found
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            log.warning("the licence record in the database can't be read: %s", error)
        except Exception as error:
            if not is_transient(error):
                raise
        return None

    def _unsealed(self, text: bytes) -> Record:
        try:
            sealed = msgspec.json.decode(text, type=_Sealed)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return UNSOUND
        data = msgspec.json.encode(sealed.record)
        if any(machine.matches_seal(data, sealed.seal) for machine in (self._machine, Machine.unknown())):
            return sealed.record
        self._another_machines = True
        return UNSOUND

    def _sealed(self, record: Record) -> bytes:
        return msgspec.json.encode(_Sealed(record=record, seal=self._machine.seal(msgspec.json.encode(record))))


def write_private(file: Path, content: bytes) -> None:
    """Whole or not at all, readable for the owner only."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(file, content, 0o600)
