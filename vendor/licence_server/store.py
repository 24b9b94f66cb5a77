"""The vendor's licences: a SQLite file beside the signing key, which holds the digests of licence keys only."""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from engine.api import SetupError
from plant.licence.token import VALID_S, Claims, key_digest, sign_token
from plant.licence.vendor import Question, VendorRefused

__all__ = ["Entry", "LicenceStore"]

ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""Without 0 O 1 I L U: keys are read out on the telephone. 25 of 30 letters are 122 bits."""
DATABASE, SIGNING_KEY = "licences.sqlite", "signing.pem"

_TABLES = """
create table if not exists licences (
    id        integer primary key,
    digest    text not null unique,
    hint      text not null,
    customer  text not null,
    issued_at real not null,
    until     real,
    machines  integer not null default 1,
    revoked_at real,
    note      text not null default ''
);
create table if not exists machines (
    licence  integer not null references licences (id),
    machine  text not null,
    first_at real not null,
    last_at  real not null,
    version  text not null default '',
    primary key (licence, machine)
);
"""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One licence as `list` shows it. Times are Unix seconds; `last_at` is when a machine last asked."""

    id: int
    hint: str
    customer: str
    issued_at: float
    until: float | None
    machines: int
    revoked_at: float | None
    bound: list[str]
    last_at: float | None


class LicenceStore:
    """Open it on a folder that `create` has made. Each call is a transaction, so the command line and the server may run at once."""

    def __init__(self, folder: Path, now: float | None = None) -> None:
        """SetupError when there are no licences in the folder, or its key can't be read. `now` fixes the time, for tests."""
        self._file = folder / DATABASE
        self._now = now
        if not self._file.is_file():
            raise SetupError(f"there are no licences in {folder}", "make one: mcs licence-server init")
        try:
            key = serialization.load_pem_private_key((folder / SIGNING_KEY).read_bytes(), None)
        except (OSError, ValueError, TypeError) as failure:
            raise SetupError(
                f"the signing key {folder / SIGNING_KEY} can't be read", "restore it from the backup"
            ) from failure
        if not isinstance(key, Ed25519PrivateKey):
            raise SetupError(f"{folder / SIGNING_KEY} is no Ed25519 key", "restore it from the backup")
        self.signing_key = key

    @classmethod
    def create(cls, folder: Path) -> LicenceStore:
        """Makes an empty store and a signing key. SetupError when there is one already: its key is on every customer's machine."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if (folder / SIGNING_KEY).exists():
            raise SetupError(f"{folder} has a signing key already", "use it, or take another folder")
        pem = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        descriptor = os.open(folder / SIGNING_KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
        with contextlib.closing(sqlite3.connect(folder / DATABASE)) as connection, connection:
            connection.executescript(_TABLES)
        return cls(folder)

    def set_now(self, now: float) -> None:
        """Fixes the time, for tests."""
        self._now = now

    def issue(self, customer: str, *, until: float | None = None, machines: int = 1, note: str = "") -> str:
        """A new key, told this once. It binds to the first `machines` machines that ask with it."""
        letters = "".join(secrets.choice(ALPHABET) for _ in range(25))
        key = "-".join(["MCS", *(letters[at : at + 5] for at in range(0, 25, 5))])
        with self._connection() as connection:
            connection.execute(
                "insert into licences (digest, hint, customer, issued_at, until, machines, note) values (?, ?, ?, ?, ?, ?, ?)",
                (key_digest(key), key[-5:], customer, self._time(), until, machines, note),
            )
        return key

    def entries(self) -> list[Entry]:
        """All licences, the oldest first."""
        with self._connection() as connection:
            rows = connection.execute(
                "select id, hint, customer, issued_at, until, machines, revoked_at from licences order by id"
            ).fetchall()
            bound: dict[int, list[tuple[str, float]]] = {}
            for licence, machine, last_at in connection.execute(
                "select licence, machine, last_at from machines order by first_at"
            ):
                bound.setdefault(licence, []).append((machine, last_at))
        return [
            Entry(
                id=id,
                hint=hint,
                customer=customer,
                issued_at=issued_at,
                until=until,
                machines=machines,
                revoked_at=revoked_at,
                bound=[machine for machine, _ in bound.get(id, [])],
                last_at=max((at for _, at in bound.get(id, [])), default=None),
            )
            for id, hint, customer, issued_at, until, machines, revoked_at in rows
        ]

    def revoke(self, number: int) -> bool:
        """Sites with this licence get no token any more and lock within 72 hours. Whether there was one to revoke."""
        with self._connection() as connection:
            done = connection.execute(
                "update licences set revoked_at = ? where id = ? and revoked_at is null", (self._time(), number)
            )
            return done.rowcount == 1

    def release(self, number: int) -> int:
        """Unbinds the machines, for a server that was replaced; how many there were."""
        with self._connection() as connection:
            return connection.execute("delete from machines where licence = ?", (number,)).rowcount

    def answer(self, question: Question) -> bytes:
        """A signed token. VendorRefused when the key is not known, revoked, over, or in use on as many machines as it allows."""
        now = self._time()
        with self._connection() as connection:
            row = connection.execute(
                "select id, customer, until, machines, revoked_at from licences where digest = ?",
                (key_digest(question.key),),
            ).fetchone()
            if row is None:
                raise VendorRefused("unknown", "this licence key is not known")
            id, customer, until, machines, revoked_at = row
            if revoked_at is not None:
                raise VendorRefused("revoked", "this licence was revoked")
            if until is not None and now >= until:
                raise VendorRefused("ended", "this licence has ended")
            self._bind(connection, id, question, machines, now)
        claims = Claims(
            machine=question.machine,
            key=key_digest(question.key),
            nonce=question.nonce,
            issued=now,
            expires=now + VALID_S,
            customer=customer,
            until=until,
        )
        return sign_token(claims, self.signing_key)

    @staticmethod
    def _bind(connection: sqlite3.Connection, id: int, question: Question, machines: int, now: float) -> None:
        known = {row[0] for row in connection.execute("select machine from machines where licence = ?", (id,))}
        if question.machine not in known and len(known) >= machines:
            raise VendorRefused("machines", "this licence is in use on another machine; have the vendor release it")
        connection.execute(
            "insert into machines (licence, machine, first_at, last_at, version) values (?, ?, ?, ?, ?) "
            "on conflict (licence, machine) do update set last_at = excluded.last_at, version = excluded.version",
            (id, question.machine, now, now, question.version[:40]),
        )

    def _time(self) -> float:
        return time.time() if self._now is None else self._now

    @contextlib.contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        with contextlib.closing(sqlite3.connect(self._file, timeout=10.0, isolation_level=None)) as connection:
            connection.execute("begin immediate")  # two questions at once must not both take the last machine's place
            with connection:
                yield connection
