"""What the database's owner does for the engine: gives it a login and its tables, and keeps the audit log to itself.

The engine's login owns the site's tables and may only read and append to `audit`: neither a person who has taken over the running process nor a
statement of ours can change what is written down. A table's owner is not enough for that: whoever owns its schema may drop it, so schema and
database are the owner's too. Only `mcs migrate`, `mcs set-up` and a restore go by the owner's login; with the embedded server it is the superuser.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from urllib.parse import unquote, urlsplit

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from engine.core.errors import SetupError
from engine.db.migrations import LOCK_KEY, Migration, migrate, pending
from engine.db.scram import scram_verifier
from engine.texts.text import Text

__all__ = ["as_owner", "hand_over", "keep_audit", "lets_in", "make_engine_login", "migrate_as"]

Connection = asyncpg.Connection

CONNECT_S = 10.0
EXTENSION = "timescaledb"

# A continuous aggregate is a view in the catalogue, and is changed as what it is to TimescaleDB.
_TO_HAND_OVER = """
select case relkind when 'S' then 'sequence' when 'v' then 'view' when 'm' then 'materialized view' else 'table' end as kind,
    relname as name, oid::regclass::text as thing
from pg_class c
where relnamespace = 'public'::regnamespace and relowner = current_user::regrole and relname <> 'audit'
and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = c.oid and deptype = 'e')
and (relkind in ('r', 'p', 'v', 'm')
    or relkind = 'S' and not exists (select from pg_depend where objid = c.oid and deptype in ('a', 'i')))
union all
select 'routine', proname, p.oid::regprocedure::text
from pg_proc p
where pronamespace = 'public'::regnamespace and proowner = current_user::regrole
and not exists (select from pg_depend where classid = 'pg_proc'::regclass and objid = p.oid and deptype = 'e')
"""


_OWNED = """
select (select pg_get_userbyid(datdba) = $1 from pg_database where datname = current_database()) as database,
    (select pg_get_userbyid(nspowner) = $1 from pg_namespace where nspname = 'public') as schema,
    to_regclass('public.audit') as audit,
    (select relowner = current_user::regrole from pg_class where oid = to_regclass('public.audit')) as kept
"""


@asynccontextmanager
async def as_owner(dsn: str) -> AsyncIterator[Connection]:
    """A connection of the owner, closed at the end. SetupError when it is refused; raises as asyncpg does while the server is away."""
    try:
        connection = await asyncpg.connect(dsn, timeout=CONNECT_S)
    except asyncpg.InvalidAuthorizationSpecificationError as refused:
        raise SetupError(Text("setup.owner-refused", reason=str(refused))) from refused
    try:
        yield connection
    except asyncpg.InsufficientPrivilegeError as refused:
        raise SetupError(Text("setup.owner-may-not", reason=str(refused))) from refused
    finally:
        await connection.close(timeout=CONNECT_S)


def _login_of(dsn: str) -> str:
    """The name of the login in an address."""
    return unquote(urlsplit(dsn).username or "")


async def migrate_as(
    connection: asyncpg.Connection | PoolConnectionProxy, migrations: Sequence[Migration], owner_dsn: str | None
) -> list[Migration]:
    """`migrate` with the engine's connection; where the owner's address is known, the audit log is the owner's before and after.

    Raises as `migrate` does, and SetupError where the owner may not do it.
    """
    if owner_dsn is None:
        return await migrate(connection, migrations)
    engine = await connection.fetchval("select current_user")
    async with as_owner(owner_dsn) as owner:
        if await owner.fetchval("select current_user") == engine:
            raise SetupError(Text("setup.owner-is-engine", login=engine))
        # Of processes that start at once, one would take the log back while the other still migrates. Ends with the connection.
        await owner.execute("select pg_advisory_lock($1)", LOCK_KEY + 1)
        await hand_over(owner, engine)
        if await pending(connection, migrations):
            await _lend_audit(owner, engine)
        try:
            return await migrate(connection, migrations)
        finally:
            await keep_audit(owner, engine)


async def make_engine_login(owner: Connection, dsn: str) -> None:
    """Makes the login of that address where the server does not let it in yet, and the extension for time series where there is one.

    It is no superuser and makes no other logins. Harmless again and again.
    """
    engine = await _quoted(owner, _login_of(dsn))
    if not await lets_in(dsn):
        password = unquote(urlsplit(dsn).password or "")
        if not await owner.fetchval("select exists (select from pg_roles where rolname = $1)", _login_of(dsn)):
            await owner.execute(f"create role {engine} login nosuperuser nocreatedb nocreaterole")
        await owner.execute(f"alter role {engine} password '{scram_verifier(password)}'")
    database = await owner.fetchval("select quote_ident(current_database())")
    await owner.execute(
        f"grant connect, create, temporary on database {database} to {engine}; "
        f"grant usage, create on schema public to {engine}"
    )
    if await owner.fetchval(
        # A superuser alone may ask what is preloaded; where the owner is none, who runs the server makes the extension.
        "select case when (select rolsuper from pg_roles where rolname = current_user) then "
        "current_setting('shared_preload_libraries') ~ $1 and exists "
        "(select from pg_available_extensions where name = $1 and installed_version is null) else false end",
        EXTENSION,
    ):
        await owner.execute(f"create extension if not exists {EXTENSION}")


async def hand_over(owner: Connection, engine: str) -> None:
    """What an older version made as the owner, all but the audit log, is the engine's from now on. Harmless when it is done already."""
    login = await _quoted(owner, engine)
    aggregates: set[str] = set()
    if await owner.fetchval("select to_regclass('timescaledb_information.continuous_aggregates') is not null"):
        rows = await owner.fetch("select view_name from timescaledb_information.continuous_aggregates")
        aggregates = {row["view_name"] for row in rows}
    async with owner.transaction():
        for row in await owner.fetch(_TO_HAND_OVER):
            kind = "materialized view" if row["name"] in aggregates else row["kind"]
            await owner.execute(f"alter {kind} {row['thing']} owner to {login}")


async def _lend_audit(owner: Connection, engine: str) -> None:
    """For the time of migrations that wait: one of them may change the audit log. `keep_audit` takes it back."""
    login = await _quoted(owner, engine)
    if await owner.fetchval("select to_regclass('public.audit') is not null"):
        await owner.execute(f"alter table public.audit owner to {login}")


async def keep_audit(owner: Connection, engine: str) -> None:
    """The audit log is the owner's: the engine's login may read it and add lines. Again and again without harm, also before there is one."""
    login, own = await _quoted(owner, engine), await _quoted(owner, await owner.fetchval("select current_user"))
    database = await _quoted(owner, await owner.fetchval("select current_database()"))
    found = await owner.fetchrow(_OWNED, engine)
    assert found is not None
    async with owner.transaction():
        if found["database"]:
            await owner.execute(f"alter database {database} owner to {own}")
        if found["schema"]:
            await owner.execute(f"alter schema public owner to {own}")
        # Owner no more, the login keeps what it needs of both.
        await owner.execute(
            f"grant connect, create, temporary on database {database} to {login}; "
            f"grant usage, create on schema public to {login}; "
            # What PostgreSQL before 15 gives to everybody: the login for queries is to have none of it.
            f"revoke temporary on database {database} from public; revoke create on schema public from public"
        )
        if found["audit"] is None:
            return
        if not found["kept"]:
            await owner.execute(f"alter table public.audit owner to {own}")
        await owner.execute(
            f"revoke all on public.audit from {login}, public; grant select, insert on public.audit to {login}"
        )


async def lets_in(dsn: str) -> bool:
    """Whether the server takes that login with that password. Raises as asyncpg does while the server is away."""
    try:
        connection = await asyncpg.connect(dsn, timeout=CONNECT_S)
    except asyncpg.InvalidAuthorizationSpecificationError:
        return False
    await connection.close()
    return True


async def _quoted(connection: Connection, name: str) -> str:
    quoted: str = await connection.fetchval("select quote_ident($1)", name)
    return quoted
