"""The connection to PostgreSQL, which may be down at start or go away later, and comes back by itself."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from engine.core.background_task import BackgroundTask, Supervisor
from engine.core.backoff import Backoff
from engine.core.secret import without_password
from engine.texts.text import Readable, Text

log = logging.getLogger(__name__)

Listener = Callable[[str | None], None]

CONNECT_LIMIT_S = 10.0
RESET_LIMIT_S = 5.0
PROBE_EVERY_S = 5.0
"""A server that vanished without closing its sockets is noticed by a probe that gets no answer in this time."""


class Unavailable(Exception):
    """No connection could be had in the time allowed; the same call may succeed later. What it carries may be a text of ours."""


class Database:
    """A pool of connections that comes and goes with the server.

    `start()` never fails because the server is down: it is tried again in the background, after 0.1 s at first and
    at most every 5 s. `up` says whether it answers now, `problem` why not (without the password).
    """

    def __init__(
        self,
        dsn: str,
        *,
        max_connections: int = 8,
        application_name: str = "mcs",
        supervisor: Supervisor | None = None,
    ) -> None:
        supervisor = supervisor if supervisor is not None else Supervisor()
        self._dsn = dsn
        self._max_connections = max_connections
        self._server_settings = {"application_name": application_name, "timezone": "UTC"}
        self._pool: asyncpg.Pool | None = None
        self._own: set[asyncpg.Connection] = set()
        self._is_up = asyncio.Event()
        self._look = asyncio.Event()
        self._listeners: dict[str, list[Listener]] = {}
        self._clock = supervisor.clock
        self._keeper = BackgroundTask("database", self._keep, supervisor)
        self.address = without_password(dsn)
        self.problem: Readable | None = Text("runtime.not-connected")

    @property
    def up(self) -> bool:
        """Whether the server answered when last asked, at most 10 s ago."""
        return self._is_up.is_set()

    async def start(self) -> None:
        """Begin to connect, and return at once."""
        self._keeper.start()

    async def stop(self) -> None:
        """Close all connections. Whoever waits for one goes on waiting, so stop the users first."""
        await self._keeper.stop()

    @contextlib.asynccontextmanager
    async def connection(self, timeout_s: float | None = None) -> AsyncIterator[PoolConnectionProxy]:
        """Lend a connection for the block, waiting for the server as long as `timeout_s` allows (None: for ever).

        Raises `Unavailable` when the time is over. What the block raises passes through; ask `is_transient` about it.
        """
        try:
            async with asyncio.timeout(timeout_s):
                pool, connection = await self._acquire()
        except TimeoutError as late:
            raise Unavailable(self.problem or Text("runtime.connections-in-use", address=self.address)) from late
        try:
            with self._looked_after():
                yield connection
        except asyncio.CancelledError:
            connection.terminate()  # a server that hangs would keep whoever gave up waiting for its answer to that
            raise
        finally:
            # The work is done, or its own error is on the way; a connection that can't be reset is closed by the pool.
            with contextlib.suppress(
                asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError
            ):
                await pool.release(connection, timeout=RESET_LIMIT_S)

    @contextlib.asynccontextmanager
    async def own_connection(self, timeout_s: float | None = None) -> AsyncIterator[asyncpg.Connection]:
        """Like `connection`, but beside the pool: for whoever keeps it for hours, so that the pool is there for all others."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._is_up.wait()
                connection = await asyncpg.connect(
                    self._dsn, timeout=CONNECT_LIMIT_S, server_settings=self._server_settings
                )
        except TimeoutError as late:
            raise Unavailable(self.problem or Text("runtime.database-no-answer", address=self.address)) from late
        self._own.add(connection)
        try:
            with self._looked_after():
                yield connection
        finally:
            self._own.discard(connection)
            connection.terminate()

    @contextlib.contextmanager
    def _looked_after(self) -> Iterator[None]:
        """An error that may mean that the server has gone has it looked after at once."""
        try:
            yield
        except asyncpg.InternalClientError as error:
            # A server killed between two of its answers leaves asyncpg in the middle of one: only a new connection helps.
            self._look.set()
            raise Unavailable(f"{self.address}: the connection broke ({error})") from error
        except Exception as error:
            if is_transient(error):
                self._look.set()
            raise

    def listen(self, channel: str, callback: Listener) -> Callable[[], None]:
        """Call `callback` with the payload of every NOTIFY on `channel`; the function returned ends that.

        Each time listening begins, the first time and after every reconnect, the callback gets None: whatever was
        notified before is unknown then, so a cache refreshes itself.
        """
        self._listeners.setdefault(channel, []).append(callback)
        self._look.set()
        return lambda: self._listeners[channel].remove(callback)

    async def _acquire(self) -> tuple[asyncpg.Pool, PoolConnectionProxy]:
        backoff = Backoff(self._clock, longest_s=1.0)
        while True:
            await self._is_up.wait()
            pool = self._pool
            assert pool is not None
            try:
                return pool, await pool.acquire()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
                if not is_transient(error):
                    raise
                self._look.set()
                await backoff.wait()

    async def _keep(self) -> None:
        backoff = Backoff(self._clock)
        while True:
            try:
                async with self._connected() as monitor:
                    backoff.reset()
                    await self._watch(monitor)
            except (
                OSError,
                asyncpg.PostgresError,
                asyncpg.InterfaceError,
                asyncpg.InternalClientError,  # a server stopped in the middle of an answer
                ValueError,
            ) as error:
                self._went_down(error)
            await backoff.wait()

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncIterator[asyncpg.Connection]:
        """A pool, and beside it one connection that listens and by its end tells that the server has gone."""
        monitor = await asyncpg.connect(self._dsn, timeout=CONNECT_LIMIT_S, server_settings=self._server_settings)
        try:
            monitor.add_termination_listener(lambda _: self._look.set())
            pool = asyncpg.create_pool(
                self._dsn,
                min_size=0,
                max_size=self._max_connections,
                timeout=CONNECT_LIMIT_S,
                server_settings=self._server_settings,
            )
            try:
                await pool
                self._pool = pool
                yield monitor
            finally:
                self._is_up.clear()
                self._pool = None
                pool.terminate()
                for connection in self._own:
                    connection.terminate()
        finally:
            monitor.terminate()

    async def _watch(self, monitor: asyncpg.Connection) -> None:
        """Returns never; raises when the server no longer answers."""
        listening: set[str] = set()
        called: set[tuple[str, Listener]] = set()
        while True:
            self._look.clear()
            async with asyncio.timeout(PROBE_EVERY_S):
                for channel in self._listeners.keys() - listening:
                    await monitor.add_listener(channel, self._notified)
                    listening.add(channel)
                await monitor.execute("select 1")
            self._came_up()
            wanted = {(channel, callback) for channel in listening for callback in self._listeners[channel]}
            for _, callback in wanted - called:
                _call(callback, None)
            called = wanted
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PROBE_EVERY_S):
                    await self._look.wait()

    def _notified(self, connection: object, pid: int, channel: str, payload: object) -> None:
        for callback in list(self._listeners.get(channel, ())):
            _call(callback, str(payload))

    def _came_up(self) -> None:
        if not self._is_up.is_set():
            log.info("connected to the database %s", self.address)
        self.problem = None
        self._is_up.set()

    def _went_down(self, error: Exception) -> None:
        reason = str(error) or type(error).__name__
        for password in _passwords(self._dsn):
            reason = reason.replace(password, "•••")
        problem = f"{self.address}: {reason}"
        if problem != self.problem:
            log.warning("the database is not available, trying again: %s", problem)
        self.problem = problem


def is_transient(error: BaseException) -> bool:
    """Whether the same work may succeed later: connection lost, shutdown, no resources, a lost race between writers.

    A wrong statement, a broken constraint or a refused password is not transient. By SQLSTATE class: PostgreSQL's
    manual, appendix A.
    """
    if isinstance(error, asyncpg.PostgresError):
        state = error.sqlstate or ""
        return state[:2] in _TRANSIENT_CLASSES or state in _TRANSIENT_STATES
    if isinstance(error, asyncpg.InterfaceError):
        # asyncpg has one type for a connection that closed under the caller and for misuse; only the text differs.
        return any(words in str(error) for words in ("closed", "closing", "released back to the pool"))
    return isinstance(error, (OSError, Unavailable, asyncpg.InternalClientError))


_TRANSIENT_CLASSES = frozenset({"08", "53"})  # connection exceptions, insufficient resources
_TRANSIENT_STATES = frozenset(
    {
        "25006",  # read only: the primary moved
        "40001",  # serialization failure
        "40P01",  # deadlock
        "55P03",  # lock not available
        "57P01",  # shutdown by the administrator
        "57P02",  # shutdown after a crash
        "57P03",  # starting up or shutting down
    }
)


def _call(callback: Listener, payload: str | None) -> None:
    try:
        callback(payload)
    except Exception:
        # One listener's fault must not end the connection that all of them share.
        log.exception("a database listener failed")


def _passwords(dsn: str) -> list[str]:
    parts = urlsplit(dsn)
    found = [parts.netloc.rpartition("@")[0].partition(":")[2], *parse_qs(parts.query).get("password", [])]
    return [text for password in found if password for text in (password, unquote(password))]
