"""The login for SQL that stands in a flow's text: it reads the site's tables but the reserved ones, and nothing else of the machine.

The engine's own login owns every table, and at some sites is a superuser, who runs programs (`copy … to program`) and reads files. So a statement
that a person wrote never goes by it: neither `set role` nor `reset role` leads from this login to another.
"""

from __future__ import annotations

import hashlib
import logging
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from engine.core.background_task import Supervisor
from engine.core.failure import PermanentError, RetryableError
from engine.db.database import Database
from engine.db.owner import lets_in
from engine.db.reserved_tables import ReservedTables
from engine.db.scram import scram_verifier
from engine.texts.text import Text

__all__ = ["QueryLogin"]

log = logging.getLogger("mcs.query")

STATEMENT_TIMEOUT_S = 600
"""Above what a node may ask for (`limit_s`): the last bound, also for a statement that changes its own."""
CONNECTIONS = 4
REMEDY = "make a login that may read but own nothing, and name it in MCS_QUERY_DATABASE_URL"

_DANGEROUS = """
select r.rolname, r.rolsuper or r.rolcreaterole or r.rolreplication or r.rolbypassrls
    or exists (select from pg_auth_members where member = r.oid) as dangerous,
    array(select t from unnest($1::text[]) t where to_regclass('public.' || quote_ident(t)) is not null
        and has_table_privilege(to_regclass('public.' || quote_ident(t)), 'select, insert, update, delete')) as reserved
from pg_roles r where r.rolname = current_user
"""


Connection = asyncpg.Connection | PoolConnectionProxy


class QueryLogin:
    """A service. `prepare` makes or checks the login with the engine's connection; until then, and where it can't, every query is refused."""

    def __init__(
        self, dsn: str, reserved: ReservedTables, *, given: str | None = None, supervisor: Supervisor | None = None
    ) -> None:
        """`dsn` is the engine's own address, `given` the address that ops have named for queries."""
        self._dsn = dsn
        self._reserved = reserved
        self._given = given
        self._supervisor = supervisor
        self._database: Database | None = None
        self._problem = ""

    @property
    def database(self) -> Database:
        """Where queries go. RetryableError while it is not ready, PermanentError with the remedy when there can be none."""
        if self._problem:
            raise PermanentError(self._problem)
        if self._database is None:
            raise RetryableError(Text("runtime.query-login-waits"))
        return self._database

    async def prepare(self, engine: Connection, password: str) -> None:
        """Harmless again and again. Raises as asyncpg does while the server is away; what can't be made is `database`'s to tell."""
        try:
            address = self._given or await self._make(engine, password)
            await self._check(address)
        except asyncpg.InsufficientPrivilegeError as refused:
            self._refuse(f"the database account may not make a login for queries ({refused}); {REMEDY}")
        except _TooMuch as wrong:
            self._refuse(f"{wrong}; {REMEDY}")
        except asyncpg.InvalidAuthorizationSpecificationError as refused:
            self._refuse(f"the login for queries is refused by the database ({refused}); {REMEDY}")
        else:
            database = Database(
                address, max_connections=CONNECTIONS, application_name="mcs query", supervisor=self._supervisor
            )
            await database.start()
            self._database, self._problem = database, ""

    async def stop(self) -> None:
        """Closes the connections."""
        if self._database is not None:
            await self._database.stop()
            self._database = None

    async def make_login(self, owner: Connection, password: str) -> None:
        """Makes the login, or gives it this password; `owner` may make logins. What it may read, the tables' owner says in `prepare`."""
        login = await _login_name(owner)
        async with owner.transaction():
            await owner.execute("select pg_advisory_xact_lock(hashtext('mcs_query'))")
            if not await owner.fetchval("select exists (select from pg_roles where rolname = $1)", login):
                await owner.execute(f"create role {login} login noinherit nosuperuser nocreatedb nocreaterole")
            # The verifier, not the password: statements stand in the server's log.
            await owner.execute(f"alter role {login} connection limit 20 password '{scram_verifier(password)}'")
            await owner.execute(
                f"alter role {login} set statement_timeout = '{STATEMENT_TIMEOUT_S}s'; "
                f"alter role {login} set idle_in_transaction_session_timeout = '60s'; "
                f"alter role {login} set default_transaction_read_only = on; "
                f"grant usage on schema public to {login}"
            )
        await _close_to_public(owner)

    async def _make(self, engine: Connection, password: str) -> str:
        login = await _login_name(engine)
        address = _address(self._dsn, login, password)
        if not await lets_in(address):
            await self.make_login(engine, password)
        async with engine.transaction():
            await engine.execute(
                f"grant select on all tables in schema public to {login}; "
                f"alter default privileges in schema public grant select on tables to {login}"
            )
            there = await engine.fetch(
                "select relname from pg_class where relname = any($1) and relnamespace = 'public'::regnamespace "
                "and pg_has_role(relowner, 'usage')",
                sorted(self._reserved.names),
            )
            for row in there:
                await engine.execute(f"revoke all on public.{row['relname']} from {login}, public")
        return address

    async def _check(self, address: str) -> None:
        connection = await asyncpg.connect(address, timeout=10)
        try:
            found = await connection.fetchrow(_DANGEROUS, sorted(self._reserved.names))
        finally:
            await connection.close()
        assert found is not None
        if found["dangerous"]:
            raise _TooMuch(f"the login for queries, {found['rolname']}, is a superuser or a member of another role")
        if found["reserved"]:
            raise _TooMuch(f"the login for queries, {found['rolname']}, may use {', '.join(found['reserved'])}")

    def _refuse(self, problem: str) -> None:
        self._problem = problem
        log.warning("postgres-query is off: %s", problem)


class _TooMuch(Exception):
    """The login may do more than read what is not reserved."""


async def _close_to_public(owner: Connection) -> None:
    """What PostgreSQL before 15 gives to everybody. Not ours to take where the schema or database is somebody else's."""
    name = await owner.fetchval("select quote_ident(current_database())")
    for statement in ("revoke create on schema public from public", f"revoke temporary on database {name} from public"):
        try:
            await owner.execute(statement)
        except asyncpg.InsufficientPrivilegeError as refused:
            log.info("%s: %s", statement, refused)


async def _login_name(connection: Connection) -> str:
    """A role is the whole server's: two sites on one server each have their own."""
    name = await connection.fetchval("select current_database()")
    return f"mcs_query_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _address(dsn: str, login: str, password: str) -> str:
    """The same server and database for another login."""
    parts = urlsplit(dsn)
    hosts = parts.netloc.rpartition("@")[2]
    query = [(name, value) for name, value in parse_qsl(parts.query) if name not in ("user", "password", "passfile")]
    return urlunsplit((parts.scheme, f"{login}:{quote(password, safe='')}@{hosts}", parts.path, urlencode(query), ""))
