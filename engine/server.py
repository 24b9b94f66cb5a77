"""One engine process: settings, database, broker, packs, flows and the web, started in order and stopped in reverse."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib.metadata
import logging
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
from aiohttp import web

from engine.access.accounts import Accounts
from engine.access.audit import AuditLog
from engine.access.secrets_store import SecretsStore
from engine.catalogue.node_types import Catalogue
from engine.core.background_jobs import BackgroundJobs
from engine.core.background_task import Supervisor, TaskState, describe_error
from engine.core.backoff import Backoff
from engine.core.clock import Clock, SystemClock
from engine.core.errors import SetupError
from engine.core.secret import Secret
from engine.core.site_health import SiteHealth
from engine.db.database import Database, is_transient
from engine.db.migrations import Migration, read_migrations
from engine.db.owner import as_owner, make_engine_login, migrate_as
from engine.db.preflight import refuse_unusable
from engine.db.query_login import QueryLogin
from engine.db.reserved_tables import ReservedTables
from engine.deploy.custom_nodes import NodeFolders
from engine.deploy.deploys import Deploys
from engine.deploy.file_shipping import FileShipping
from engine.deploy.flow_files import FlowFile, FlowFiles
from engine.deploy.flow_upgrade import copy_shipped_flows
from engine.deploy.revisions import Revisions
from engine.flow.references import References
from engine.ops.backup.age import BackupAge
from engine.ops.backup.save import database_of
from engine.ops.certificates import Certificates
from engine.ops.embedded.broker import EmbeddedBroker
from engine.ops.embedded.postgres import EmbeddedPostgres
from engine.ops.process_folder import folder_of, locked
from engine.pack import Pack, Service, discover_packs
from engine.runtime.quarantine import Quarantine
from engine.runtime.services.leases import Leases, NoLeases
from engine.runtime.services.machine_watch import ClockWatch, disk_health
from engine.runtime.site import Site
from engine.runtime.state.journal import JournalStore
from engine.runtime.state.redis_journal import RedisJournal
from engine.runtime.state.spool.spool import Spool
from engine.runtime.state.spool.spool_file import SpoolFile
from engine.runtime.state.stores import PostgresJournal, PostgresQuarantine
from engine.runtime.watchdog import Watchdog
from engine.settings import Settings
from engine.testing.flow_tests.report import FileResult
from engine.texts.text import Readable, Text, reason_of
from engine.web.api.flow_tests import run_tests
from engine.web.app import make_app
from engine.web.live.socket import TOPICS_KEY

__all__ = ["Server", "migrate_only", "migrations_of"]

log = logging.getLogger("mcs.server")

_T = TypeVar("_T")

BROKER_PORTS = (1883, 0)
STARTED = "started"
START_WITHIN_S = 5.0


class Server:
    """`async with Server(settings) as server:` runs until the block ends.

    What must be right on this machine (port, data folder, packs) raises SetupError at once. What may come later (database, broker) is
    waited for in the background, while the web already answers and says what is missing.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        flow_paths: list[Path] | None = None,
        demo: bool = False,
        clock: Clock | None = None,
    ) -> None:
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.supervisor = Supervisor(self.clock)
        self.version = importlib.metadata.version("mcs-iot")
        self.ready = asyncio.Event()
        self.starting: Readable = Text("setup.starting")
        self._flow_paths = flow_paths
        self._demo = demo
        self._setup_error: SetupError | None = None
        self._open = contextlib.AsyncExitStack()
        self._services: list[Service] = []
        self._jobs = BackgroundJobs()

    async def __aenter__(self) -> Server:
        async with contextlib.AsyncExitStack() as opened:
            await self._start(opened)
            self._open = opened.pop_all()
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self._open.aclose()

    @property
    def url(self) -> str:
        """Where the browser finds it."""
        return f"http://{self.settings.host}:{self.settings.port}"

    def service(self, kind: type[_T]) -> _T:
        """A service of the engine or a pack; see `SiteView`."""
        return self.site.service(kind)

    def health(self) -> dict[str, Any]:
        """The answer of GET /api/health."""
        site = self.site.health()
        services: dict[str, Mapping[str, Any]] = {
            "database": _as_service(self._database_problem()),
            "memory": _as_service(self.site.journal.problem),
            "quarantine": _as_service(self.site.quarantine.problem),
            "secrets": _as_service(self.secrets.problem),
            "tasks": _tasks_as_service(self.supervisor.tasks()),
            "spool": self.site.spool.health(),
            "leases": self.leases.health(),
            "backups": self.backups.health(),
            "certificates": self.certificates.health(),
            "disk": disk_health(self.settings.data),
            "clock": self.clock_watch.health(),
        }
        for name, note in self.deploys.notes.items():
            flow = site["flows"].setdefault(name, {"status": "stopped", "under_way": 0, "nodes": {}})
            flow["file"] = note.text
            flow["status"] = "degraded" if flow["status"] == "ok" else flow["status"]
        for service in self._services:
            services[type(service).__name__.lower()] = service.health()
        states = [site["status"], *(str(service["status"]) for service in services.values())]
        if not self.ready.is_set() or self.deploys.notes:
            states.append("degraded")
        status = "locked" if "locked" in states else "degraded" if "degraded" in states else "ok"
        facts = {
            "status": status,
            "version": self.version,
            "flows": site["flows"],
            "services": services,
            "quarantined": site["quarantined"],
        }
        if "held" in site:
            facts["held"] = site["held"]
        return facts if self.ready.is_set() else {**facts, "starting": self.starting}

    def _database_problem(self) -> Readable:
        if self._setup_error is not None:
            return Text("setup.failed", reason=self._setup_error.text)
        return "" if self.database.up else Text("runtime.database-away", reason=self.database.problem or "")

    async def _start(self, opened: contextlib.AsyncExitStack) -> None:
        listening = _listen(self.settings.host, self.settings.port)
        opened.callback(listening.close)
        _writable(self.settings.data)
        folder = folder_of(self.settings.data, self.settings.process)
        holder = opened.enter_context(locked(folder, self.settings.process))
        _readable(self._flow_paths or [])
        if self._demo:
            copy_shipped_flows(self.settings.flows)
        self.settings = await self._embed(opened)
        packs = _packs()
        self.catalogue = Catalogue(packs)
        for nodes in self.settings.nodes:
            await asyncio.to_thread(self.catalogue.add_folder, nodes)
        spool_file = SpoolFile(folder / "spool.sqlite", limit_bytes=self.settings.spool_mb * 1_000_000)
        await spool_file.open()
        opened.push_async_callback(spool_file.close)
        self.spool = Spool(spool_file, self.clock, self.supervisor, closed=True)
        self.spool.complete = bool(await self.spool.copies(STARTED))
        assert self.settings.database_url is not None
        assert self.settings.mqtt_url is not None
        if not self.spool.complete:  # one that has started before judges on from its copies, whatever the database says
            await refuse_unusable(self.settings.database_url.reveal())
        self.database = Database(self.settings.database_url.reveal(), supervisor=self.supervisor)
        await self.database.start()
        opened.push_async_callback(self.database.stop)
        self.secrets = SecretsStore(self.database, self.settings.data, self.spool, self.supervisor)
        self.query = QueryLogin(
            self.settings.database_url.reveal(),
            ReservedTables(name for pack in packs for name in pack.reserved_tables),
            given=self.settings.query_database_url.reveal() if self.settings.query_database_url else None,
            supervisor=self.supervisor,
        )
        opened.push_async_callback(self.query.stop)
        self.accounts = Accounts(self.database, self.settings.admin_password)
        self.revisions = Revisions(self.database)
        self.site = Site(
            self.catalogue,
            self.clock,
            references=References(brokers={"site": self.settings.mqtt_url.reveal()}, secrets=self.secrets),
            secrets=self.secrets,
            journal_store=self._journal_store(opened),
            quarantine=Quarantine(PostgresQuarantine(self.database), self.supervisor),
            database=self.database,
            settings=self.settings,
            supervisor=self.supervisor,
            spool=self.spool,
            holder=holder,
        )
        self.site.provide(self.secrets)
        self.leases = Leases(
            self.database,
            holder=holder.id,
            process=self.settings.process,
            url=_reached_at(self.settings.host, self.settings.port),
            copies=self.spool,
            supervisor=self.supervisor,
        )
        self.site.provide(self.query)
        self.site.provide(self.leases, NoLeases)
        self.backups = BackupAge(self.database, self.settings.backup_days, self.supervisor)
        self.site.provide(SiteHealth(self.health))
        self.clock_watch = ClockWatch(self.clock, self.database, self.supervisor)
        self.clock_watch.start()
        opened.push_async_callback(self.clock_watch.stop)
        self.certificates = Certificates(self.settings.certificates, self.clock)
        self.deploys = Deploys(
            self.site,
            FlowFiles(self.settings.flows, self._flow_paths),
            self.revisions,
            self.leases,
            copies=self.spool,
            rule=self.settings.deploy_files,
        )
        self._shipping = FileShipping(self.deploys, self.site, AuditLog(self.database), self._run_tests, self._editors)
        self._node_folders = NodeFolders(
            self.catalogue, self.settings.nodes, lambda types: self.deploys.refresh(types), self.supervisor
        )
        watchdog = Watchdog(progress=lambda: self.site.messages_begun)
        watchdog.start()
        opened.callback(watchdog.stop)
        await self._serve(listening, packs, opened)
        opened.push_async_callback(self._end)
        self._jobs.start("starting the site", self._bring_up, packs)

    async def _embed(self, opened: contextlib.AsyncExitStack) -> Settings:
        settings = self.settings
        if settings.database_url is None:
            postgres = await opened.enter_async_context(EmbeddedPostgres(settings.data))
            settings = replace(
                settings, database_url=Secret(postgres.dsn), owner_database_url=Secret(postgres.owner_dsn)
            )
        elif settings.owner_database_url is not None:
            log.warning("%s", Text("setup.owner-not-for-run"))
            settings = replace(settings, owner_database_url=None)
        if settings.mqtt_url is None:
            broker = await opened.enter_async_context(_broker())
            log.info("embedded broker at %s", broker.url)
            settings = replace(settings, mqtt_url=Secret(broker.url))
        return settings

    def _journal_store(self, opened: contextlib.AsyncExitStack) -> JournalStore:
        if self.settings.redis_url is None:
            return PostgresJournal(self.database)
        store = RedisJournal(
            self.settings.redis_url.reveal(), self.supervisor, lambda changes: self.site.memories.follow(changes)
        )
        opened.push_async_callback(store.stop)
        return store

    async def _serve(self, listening: socket.socket, packs: list[Pack], opened: contextlib.AsyncExitStack) -> None:
        self._app = make_app(self)
        runner = web.AppRunner(self._app, access_log=None, shutdown_timeout=2.0)
        await runner.setup()
        opened.push_async_callback(runner.cleanup)
        await web.SockSite(runner, listening).start()

    async def _bring_up(self, packs: list[Pack]) -> None:
        """In this order: tables, accounts and secrets, node memory, services, flows. Each waits for the database if it must."""
        try:
            self.starting = Text("setup.waiting-for-database")
            await self._tables_made(packs)
            await self.secrets.start()
            await self.revisions.start()
            await self.leases.start()
            self.backups.start()
            self.starting = Text("setup.reading-memory")
            await self.site.start()
            for pack in packs:
                for make in pack.services:
                    service = make(self)
                    self.site.provide(service)
                    await service.start()
                    self._services.append(service)
            self.starting = Text("setup.starting-flows")
            await self.deploys.start()
            self._shipping.start()
            self._node_folders.start()
            self.spool.copy(STARTED, "version", self.version.encode())
            # What is there by now mostly stays: the collector need not stop all messages to walk through it again and again.
            gc.collect()
            gc.freeze()
        except SetupError as error:
            self.starting = Text("setup.failed", reason=error.text)
            log.error("%s", error)
            return
        except Exception as error:
            self.starting = Text("setup.failed", reason=describe_error(error))
            raise
        self.ready.set()
        if self._demo:
            for pack in packs:
                if pack.demo is not None:
                    self._jobs.start(f"the demo of {pack.name}", pack.demo, self)

    async def _run_tests(self, file: FlowFile) -> FileResult | None:
        return await run_tests(self, file.path.with_name(f"{file.path.stem}_test.yaml"), file.text)

    def _editors(self, flow: str) -> list[str]:
        return self._app[TOPICS_KEY].presence.users(flow)

    async def _tables_made(self, packs: list[Pack]) -> None:
        """Returns when the tables are there; a site that has started before waits a few seconds only, and goes on from its copies on disk."""
        making = self._jobs.start("making the tables", self._make_tables, packs)
        await asyncio.wait([making], timeout=START_WITHIN_S if self.spool.complete else None)
        if self._setup_error is not None:
            raise self._setup_error
        if not making.done():
            log.warning("the database does not answer: the site starts from its copies on disk and judges what comes")

    async def _make_tables(self, packs: list[Pack]) -> None:
        try:
            await _migrate(self.database, self.settings, packs)
            await self.accounts.start()
            async with self.database.connection() as connection:
                await self.query.prepare(connection, self.secrets.derived("query login"))
        except SetupError as error:
            self._setup_error = error
        except Exception as error:
            log.exception("the tables can't be made")
            self._setup_error = SetupError(Text("setup.tables", reason=describe_error(error)))
        else:
            self.spool.open()

    async def _end(self) -> None:
        await self._jobs.stop()
        await self._node_folders.stop()
        await self._shipping.stop()
        await self.deploys.stop()
        await self.site.stop()
        for service in reversed(self._services):
            await service.stop()
        await self.backups.stop()
        await self.leases.stop()
        await self.secrets.stop()


def _as_service(problem: Readable) -> dict[str, Any]:
    return {"status": "degraded", "problem": problem} if problem else {"status": "ok"}


def _tasks_as_service(tasks: list[TaskState]) -> dict[str, Any]:
    """How many run, and which have ended by themselves."""
    ended = [Text("runtime.task-ended", task=task.name, reason=task.problem) for task in tasks if task.problem]
    problem = Text("runtime.tasks-ended", tasks=ended) if ended else ""
    return {**_as_service(problem), "running": sum(task.state == "running" for task in tasks)}


async def migrate_only(settings: Settings) -> list[str]:
    """Brings the tables up to date and ends; the names of the files applied. Waits for the database.

    With the owner's address it makes the logins of the engine and of queries as well, and takes the audit log into the owner's keeping.
    """
    packs = _packs()
    async with database_of(settings) as named, contextlib.AsyncExitStack() as opened:
        assert named.database_url is not None
        dsn = named.database_url.reveal()
        if named.owner_database_url is not None:
            await _waited_for(lambda owner: make_engine_login(owner, dsn), named.owner_database_url)
        await refuse_unusable(dsn)
        database = Database(dsn)
        await database.start()
        opened.push_async_callback(database.stop)
        applied = await _migrate(database, named, packs)
        if named.owner_database_url is not None and named.query_database_url is None:
            password = SecretsStore(database, settings.data).derived("query login")
            query = QueryLogin(dsn, ReservedTables())
            await _waited_for(lambda owner: query.make_login(owner, password), named.owner_database_url)
        return applied


def migrations_of(packs: list[Pack]) -> list[Migration]:
    """The engine's migrations and then each pack's, in the order in which they are applied."""
    folders = [
        ("engine", Path(__file__).parent / "sql"),
        *((pack.name, pack.migrations) for pack in packs if pack.migrations),
    ]
    return [migration for name, folder in folders for migration in read_migrations(name, folder)]


async def _migrate(database: Database, settings: Settings, packs: list[Pack]) -> list[str]:
    migrations = migrations_of(packs)
    owner = settings.owner_database_url.reveal() if settings.owner_database_url else None
    backoff = Backoff(SystemClock(), longest_s=1.0)
    while True:
        try:
            async with database.connection() as connection:
                return [applied.path.name for applied in await migrate_as(connection, migrations, owner)]
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            if not is_transient(error):
                raise SetupError(Text("setup.tables", reason=str(error))) from error
            await backoff.wait()


async def _waited_for(do: Callable[[asyncpg.Connection], Awaitable[None]], owner_url: Secret) -> None:
    """Does it with the owner's connection, as soon as the database answers."""
    backoff = Backoff(SystemClock(), longest_s=1.0)
    while True:
        try:
            async with as_owner(owner_url.reveal()) as owner:
                return await do(owner)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            if not is_transient(error):
                raise SetupError(Text("setup.tables", reason=str(error))) from error
            await backoff.wait()


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as failure:
        listening.close()
        text = Text("setup.port-taken", address=f"{host}:{port}", reason=failure.strerror or str(failure))
        raise SetupError(text) from failure
    return listening


def _reached_at(host: str, port: int) -> str:
    """Where the other processes of the site find this one."""
    if host in ("0.0.0.0", "::"):
        host = socket.gethostname()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as failure:
        text = Text("setup.data-unwritable", folder=str(folder), reason=failure.strerror or str(failure))
        raise SetupError(text) from failure


def _readable(flows: list[Path]) -> None:
    for flow in flows:
        if not flow.is_file():
            raise SetupError(Text("setup.no-flow-file", file=str(flow)))


def _packs() -> list[Pack]:
    try:
        return discover_packs()
    except (ValueError, ImportError, TypeError) as error:
        raise SetupError(Text("setup.pack-broken", reason=reason_of(error))) from error


def _broker() -> EmbeddedBroker:
    """On MQTT's own port when that is free, so that devices and tools find it; else on any."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", BROKER_PORTS[0]))
        except OSError:
            return EmbeddedBroker(port=BROKER_PORTS[1])
    return EmbeddedBroker(port=BROKER_PORTS[0])
