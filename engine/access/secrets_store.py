"""Stored secrets: encrypted in the database, the key in the data folder, readable for flows and for nobody else."""

from __future__ import annotations

import contextlib
import datetime
import hmac
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
from cryptography.fernet import Fernet, InvalidToken

from engine.core.background_task import Supervisor
from engine.core.copies import Copies, NoCopies
from engine.core.errors import SetupError
from engine.core.whole_file import whole_file
from engine.db.database import Database, Unavailable
from engine.db.request_connection import request_connection
from engine.db.table_cache import TableCache
from engine.texts.text import Readable, Text

__all__ = ["SecretInfo", "SecretsStore"]

log = logging.getLogger("mcs.secrets")

CHANNEL = "mcs_secrets"
COPIES = "secrets"
ANSWERS_WITHIN_S = 3.0
KEY_FILE = "secrets.key"


class SecretInfo(msgspec.Struct, kw_only=True):
    """All that is told about a secret. `readable` is false when it was encrypted with another key: set it again."""

    name: str
    changed_at: datetime.datetime
    changed_by: str
    readable: bool


class SecretsStore(Mapping[str, str]):
    """A mapping of names to values for the site, kept in step with the table through NOTIFY.

    The key is made at the first start, readable for its owner only (0600). Whoever has only the database has nothing.
    """

    def __init__(
        self,
        database: Database,
        data_dir: Path,
        copies: Copies | None = None,
        supervisor: Supervisor | None = None,
    ) -> None:
        self._database = database
        self._key_file = data_dir / KEY_FILE
        self._cipher: Fernet | None = None
        self._values: dict[str, str] = {}
        self._unreadable: list[str] = []
        self._copies: Copies = copies if copies is not None else NoCopies()
        self._copied: set[str] = set()
        self._cache = TableCache("secrets", database, CHANNEL, self._read, supervisor)

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"SecretsStore({len(self._values)} secrets)"

    async def start(self) -> None:
        """Reads or makes the key and takes all secrets, from their copies where the database does not answer soon; without copies it waits.
        SetupError when the key can't be used."""
        self._cipher = self._read_key()
        copies = await self._copies.copies(COPIES)
        self._copied = set(copies)
        if not await self._cache.start(ANSWERS_WITHIN_S if self._copies.complete else None):
            log.warning("the secrets are taken from their copies on disk: the database does not answer")
            self._take(copies)

    async def stop(self) -> None:
        """Follows the table no more."""
        await self._cache.stop()

    def derived(self, purpose: str) -> str:
        """A password for one purpose, the same in every process that has the key. SetupError when the key can't be used."""
        self._read_key()
        return hmac.new(self._key_file.read_bytes().strip(), purpose.encode(), "sha256").hexdigest()

    @property
    def problem(self) -> Readable:
        """What can't be read, "" when all is well."""
        return Text("access.secrets-unreadable", names=self._unreadable, file=KEY_FILE) if self._unreadable else ""

    async def names(self) -> list[SecretInfo]:
        """What there is, by name. Values never leave."""
        async with request_connection(self._database) as connection:
            rows = await connection.fetch("select name, changed_at, changed_by from secrets order by name")
        return [SecretInfo(**row, readable=row["name"] in self._values) for row in rows]

    async def set(self, name: str, value: str, by: str) -> None:
        """Stores or replaces. Nodes that run go on with the old value until they are started again."""
        async with request_connection(self._database) as connection:
            await connection.execute(
                "insert into secrets (name, value, changed_by) values ($1, $2, $3) on conflict (name) "
                "do update set value = excluded.value, changed_by = excluded.changed_by, changed_at = now()",
                name,
                self._fernet.encrypt(value.encode()),
                by,
            )
            self._values[name] = value
            self._unreadable = [one for one in self._unreadable if one != name]
            await connection.execute("select pg_notify($1, '')", CHANNEL)

    async def remove(self, name: str) -> bool:
        """Whether there was one."""
        async with request_connection(self._database) as connection:
            gone = await connection.fetchval("delete from secrets where name = $1 returning name", name)
            self._values.pop(name, None)
            self._unreadable = [one for one in self._unreadable if one != name]
            await connection.execute("select pg_notify($1, '')", CHANNEL)
        return gone is not None

    @property
    def _fernet(self) -> Fernet:
        if self._cipher is None:
            raise Unavailable("the secrets have not been read yet")
        return self._cipher

    def _read_key(self) -> Fernet:
        try:
            if self._key_file.exists() and not self._key_file.stat().st_size:
                self._key_file.unlink()  # of a version that a full disk could stop half-way; nothing was ever encrypted with it
            if not self._key_file.exists():
                # Of two workers that start at once one makes the key, and the other reads it.
                with contextlib.suppress(FileExistsError), whole_file(self._key_file, 0o600, only_new=True) as file:
                    file.write(Fernet.generate_key())
            return Fernet(self._key_file.read_bytes().strip())
        except OSError as failure:
            text = Text("setup.key-unreadable", file=str(self._key_file), reason=failure.strerror or str(failure))
            raise SetupError(text) from failure
        except ValueError as wrong:
            raise SetupError(Text("setup.no-key", file=str(self._key_file))) from wrong

    async def _read(self, changed: object) -> None:
        """All of them, whatever has changed: they are few."""
        async with request_connection(self._database) as connection:
            rows = await connection.fetch("select name, value from secrets")
        encrypted = {row["name"]: bytes(row["value"]) for row in rows}
        self._take(encrypted)
        for name in self._copied - encrypted.keys():
            self._copies.copy(COPIES, name, None)
        for name, value in encrypted.items():
            self._copies.copy(COPIES, name, value)
        self._copied = set(encrypted)

    def _take(self, encrypted: Mapping[str, bytes]) -> None:
        values: dict[str, str] = {}
        self._unreadable = []
        for name, value in encrypted.items():
            try:
                values[name] = self._fernet.decrypt(value).decode()
            except (InvalidToken, UnicodeDecodeError):
                self._unreadable.append(name)
                log.error("the secret %s was encrypted with another key than %s; set it again", name, self._key_file)
        self._values = values
