"""Who may come in: users, the browsers they are signed in with, and tokens for scripts."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import hashlib
import logging
import os
import secrets
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import msgspec
from asyncpg.pool import PoolConnectionProxy

from engine.access.passwords import Passwords, invalid_password_reason, made_password
from engine.core.roles import ROLE_TEXTS, ROLES, Identity, Role, at_least
from engine.core.secret import Secret
from engine.db.database import Database, Unavailable
from engine.db.request_connection import request_connection, until_done
from engine.texts.language import language_of_locale
from engine.texts.text import Text, render

__all__ = ["TOKEN_DAYS", "AccountRefused", "Accounts", "Token", "User"]

log = logging.getLogger("mcs.accounts")

FIRST_USER = "admin"
CHANNEL = "mcs_accounts"
TOKEN_PREFIX = "mcs_"
"""So that a leaked one is recognised."""
TOKEN_DAYS = 90
SESSION_DAYS = 30
IDLE_DAYS = 7
CHECKED_AGAIN_S = 30.0
REMEMBERED = 10_000
ENOUGH_TO_ADMINISTER = ("admin", "integrator")


class AccountRefused(Exception):
    """The change would not do: the name is taken, unknown, or nobody would be left to administer. `code` is stable."""

    def __init__(self, code: str, text: Text) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class User(msgspec.Struct, kw_only=True):
    """A person who can sign in."""

    name: str
    role: Role
    language: str
    must_change: bool
    created_at: datetime.datetime
    last_seen: datetime.datetime | None = None


class Token(msgspec.Struct, kw_only=True):
    """A token for scripts; its text was shown once, when it was made."""

    name: str
    role: Role
    created_at: datetime.datetime
    created_by: str
    ends_at: datetime.datetime | None = None
    last_seen: datetime.datetime | None = None


class _Known(msgspec.Struct):
    identity: Identity
    ends_at: float
    checked_at: float
    generation: int


class Accounts:
    """Everything is in the database; who has been seen lately is remembered, so that they stay signed in while it is away.

    A change made by any worker is noticed by all through NOTIFY: a role that was taken away ends at the next request.
    """

    def __init__(
        self,
        database: Database,
        first_password: Secret | None = None,
        announce: Callable[[str], None] = print,
    ) -> None:
        self.on_change: list[Callable[[], None]] = []
        self._database = database
        self._first_password = first_password
        self._announce = announce
        self._passwords = Passwords()
        self._known: OrderedDict[bytes, _Known] = OrderedDict()
        self._generation = 0

    async def start(self) -> None:
        """Makes the first user when there is none, and announces its password unless one was given. Waits for the database."""
        self._database.listen(CHANNEL, self._changed)
        await until_done(self._make_first_user)

    async def sign_in(self, user: str, password: str, address: str) -> tuple[str, Identity] | None:
        """A new session's token and who it is, None when user or password is wrong (it does not say which)."""
        async with request_connection(self._database) as connection:
            row = await connection.fetchrow("select * from users where name = $1", user)
        if not await self._passwords.matches(row["password"] if row is not None else None, password) or row is None:
            return None
        token = secrets.token_urlsafe(32)
        async with request_connection(self._database) as connection, connection.transaction():
            await connection.execute(
                "insert into sessions (token_hash, user_name, ends_at, address) values ($1, $2, now() + make_interval(days => $3), $4)",
                _digest(token),
                user,
                SESSION_DAYS,
                address,
            )
            await connection.execute("update users set seen_at = now() where name = $1", user)
            await connection.execute("delete from sessions where ends_at < now()")
        identity = await self.identify(token)
        return (token, identity) if identity is not None else None

    async def identify(self, token: str) -> Identity | None:
        """Whose session or API token this is, None when it is nobody's (any more).

        While the database is away: who was known before. `Unavailable` when that can't be told either.
        """
        digest = _digest(token)
        known = self._known.get(digest)
        if known is not None:
            self._known.move_to_end(digest)
            fresh = known.generation == self._generation and time.monotonic() - known.checked_at < CHECKED_AGAIN_S
            if time.time() < known.ends_at and (fresh or not self._database.up):
                return known.identity
        try:
            found = await self._look_up(digest, is_token=token.startswith(TOKEN_PREFIX))
        except Unavailable:
            if known is not None and time.time() < known.ends_at:
                return known.identity
            raise
        if found is None:
            self._known.pop(digest, None)
            return None
        self._known[digest] = found
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return found.identity

    async def sign_out(self, token: str) -> None:
        """Ends a session, in this worker even while the database is away (it raises `Unavailable` then)."""
        self._known.pop(_digest(token), None)
        async with self._changing() as connection:
            await connection.execute("delete from sessions where token_hash = $1", _digest(token))

    async def change_own_password(self, user: str, old: str, new: str, keep: str = "") -> bool:
        """Sets a new password if the old one is right, and ends the user's other sessions (all but that of the token `keep`)."""
        async with request_connection(self._database) as connection:
            stored = await connection.fetchval("select password from users where name = $1", user)
        if not await self._passwords.matches(stored, old):
            return False
        await self._set_password(user, new, must_change=False, keep=keep)
        return True

    async def users(self) -> list[User]:
        """Everybody, by name."""
        async with request_connection(self._database) as connection:
            return [_user(row) for row in await connection.fetch("select * from users order by name")]

    async def user(self, name: str) -> User | None:
        """One of them."""
        async with request_connection(self._database) as connection:
            row = await connection.fetchrow("select * from users where name = $1", name)
        return _user(row) if row is not None else None

    async def add_user(self, name: str, password: str, role: Role, language: str = "zh") -> User:
        """A new user, who has to choose a password of their own at first. AccountRefused (`exists`) when the name is taken."""
        hashed = await self._passwords.hash(password)
        async with request_connection(self._database) as connection:
            try:
                row = await connection.fetchrow(
                    "insert into users (name, password, role, language, must_change) values ($1, $2, $3, $4, true) returning *",
                    name,
                    hashed,
                    role,
                    language,
                )
            except asyncpg.UniqueViolationError as taken:
                raise AccountRefused("exists", Text("access.user-exists", name=name)) from taken
        return _user(row)

    async def change_user(
        self, name: str, *, role: Role | None = None, language: str | None = None, password: str | None = None
    ) -> User:
        """Changes what is given. A password set by somebody else must be changed at the next sign-in and ends all sessions."""
        if password is not None:
            await self._set_password(name, password, must_change=True)
        async with self._changing() as connection:
            row = await connection.fetchrow(
                "update users set role = coalesce($2, role), language = coalesce($3, language) where name = $1 returning *",
                name,
                role,
                language,
            )
            if row is None:
                raise AccountRefused("not_found", Text("access.no-user", name=name))
            await _refuse_nobody_left(connection)
        return _user(row)

    async def reset_password(self, name: str) -> str:
        """A made password that has to be changed at the next sign-in, for whoever has forgotten theirs. AccountRefused when there is no such user."""
        password = made_password()
        await self.change_user(name, password=password)
        return password

    async def remove_user(self, name: str) -> None:
        """Removes a user with all their sessions and tokens."""
        async with self._changing() as connection:
            if await connection.fetchval("delete from users where name = $1 returning name", name) is None:
                raise AccountRefused("not_found", Text("access.no-user", name=name))
            await _refuse_nobody_left(connection)

    async def tokens(self) -> list[Token]:
        """All API tokens, by name, without their text."""
        async with request_connection(self._database) as connection:
            rows = await connection.fetch("select * from api_tokens order by name")
        return [_token(row) for row in rows]

    async def add_token(self, name: str, role: Role, by: Identity, days: int | None = TOKEN_DAYS) -> tuple[str, Token]:
        """(the text of a new token, which is kept nowhere; what is known of it). It ends with the user who made it, also by another token.

        Without `days` it has no date. AccountRefused when the name is taken, or when it would be allowed more than `by` is.
        """
        if not at_least(by.role, role):
            raise AccountRefused("role", Text("access.token-role", role=ROLE_TEXTS[role], own=ROLE_TEXTS[by.role]))
        text = TOKEN_PREFIX + secrets.token_urlsafe(32)
        async with request_connection(self._database) as connection:
            try:
                row = await connection.fetchrow(
                    "insert into api_tokens (name, token_hash, role, created_by, ends_at) "
                    "select $1, $2, $3, coalesce((select created_by from api_tokens where 'token:' || name = $4), $4), "
                    "now() + make_interval(days => $5) returning *",
                    name,
                    _digest(text),
                    role,
                    by.user,
                    days,
                )
            except asyncpg.UniqueViolationError as taken:
                raise AccountRefused("exists", Text("access.token-exists", name=name)) from taken
        return text, _token(row)

    async def remove_token(self, name: str) -> None:
        """Ends a token at once, everywhere."""
        async with self._changing() as connection:
            if await connection.fetchval("delete from api_tokens where name = $1 returning name", name) is None:
                raise AccountRefused("not_found", Text("access.no-token", name=name))

    async def _make_first_user(self) -> None:
        given = self._first_password
        password = given.reveal() if given is not None else made_password()
        hashed = await self._passwords.hash(password)
        async with request_connection(self._database) as connection:
            # One statement, so that of several workers that start at once one makes it.
            made = await connection.fetchval(
                "insert into users (name, password, role, must_change) select $1, $2, 'admin', $3 "
                "where not exists (select from users) on conflict do nothing returning name",
                FIRST_USER,
                hashed,
                given is None or invalid_password_reason(password, FIRST_USER) is not None,
            )
        if made is not None and given is None:
            text = Text("access.first-password", user=FIRST_USER, password=password)
            self._announce(render(text, language_of_locale(os.environ)))

    async def _set_password(self, user: str, password: str, *, must_change: bool, keep: str = "") -> None:
        hashed = await self._passwords.hash(password)
        async with self._changing() as connection:
            await connection.execute(
                "update users set password = $2, must_change = $3 where name = $1", user, hashed, must_change
            )
            await connection.execute(
                "delete from sessions where user_name = $1 and token_hash <> $2", user, _digest(keep) if keep else b""
            )

    @contextlib.asynccontextmanager
    async def _changing(self) -> AsyncIterator[PoolConnectionProxy]:
        """A transaction after which nobody is known as before: the other workers hear of it, and this one waits for no news of itself."""
        async with request_connection(self._database) as connection, connection.transaction():
            yield connection
            await connection.execute("select pg_notify($1, '')", CHANNEL)
        self._changed(None)

    async def _look_up(self, digest: bytes, *, is_token: bool) -> _Known | None:
        generation = self._generation
        async with request_connection(self._database) as connection:
            if is_token:
                row = await connection.fetchrow(
                    # Never more than its owner may: who is demoted keeps no stronger token.
                    "update api_tokens t set seen_at = now() from users u where t.token_hash = $1 and u.name = t.created_by "
                    "and (t.ends_at is null or t.ends_at > now()) returning 'token:' || t.name as user, t.ends_at, "
                    "case when array_position($2::text[], t.role) < array_position($2, u.role) then t.role else u.role end as role, "
                    "false as must_change, 'zh' as language",
                    digest,
                    list(ROLES),
                )
            else:
                row = await connection.fetchrow(
                    "update sessions set seen_at = now() from users where token_hash = $1 and name = user_name "
                    "and ends_at > now() and sessions.seen_at > now() - make_interval(days => $2) "
                    "returning name as user, role, ends_at, must_change, language",
                    digest,
                    IDLE_DAYS,
                )
        if row is None:
            return None
        identity = Identity(
            user=row["user"],
            role=row["role"],
            via="token" if is_token else "session",
            language=row["language"],
            must_change=row["must_change"],
        )
        ends_at = row["ends_at"].timestamp() if row["ends_at"] is not None else float("inf")
        return _Known(identity, ends_at, time.monotonic(), generation)

    def _changed(self, payload: str | None) -> None:
        self._generation += 1
        for call in list(self.on_change):
            asyncio.get_running_loop().call_soon(call)


async def _refuse_nobody_left(connection: PoolConnectionProxy) -> None:
    # The lock makes two such changes at once see each other.
    await connection.execute("select pg_advisory_xact_lock(hashtext('mcs users'))")
    if not await connection.fetchval(
        "select exists (select from users where role = any($1::text[]))", list(ENOUGH_TO_ADMINISTER)
    ):
        raise AccountRefused("last_admin", Text("access.last-admin"))


def _digest(token: str) -> bytes:
    # A token has 256 random bits: a plain hash is enough, there is nothing to guess.
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def _user(row: Any) -> User:
    return User(
        name=row["name"],
        role=row["role"],
        language=row["language"],
        must_change=row["must_change"],
        created_at=row["created_at"],
        last_seen=row["seen_at"],
    )


def _token(row: Any) -> Token:
    return Token(
        name=row["name"],
        role=row["role"],
        created_at=row["created_at"],
        created_by=row["created_by"],
        ends_at=row["ends_at"],
        last_seen=row["seen_at"],
    )
