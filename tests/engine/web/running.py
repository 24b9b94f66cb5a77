"""A server for tests: the real site, database, accounts and web application, around a folder of flows."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, TypeVar

import aiohttp
from aiohttp import web
from yarl import URL

from engine.access.accounts import Accounts
from engine.access.secrets_store import SecretsStore
from engine.api import (
    Call,
    Context,
    Emitter,
    Example,
    Injectable,
    Message,
    Meta,
    Node,
    Pack,
    PermanentError,
    Port,
    Route,
    SiteView,
    Source,
    node,
    requires,
)
from engine.catalogue.node_types import Catalogue
from engine.core.background_task import Supervisor
from engine.core.clock import Clock, SystemClock
from engine.core.secret import Secret
from engine.db.database import Database
from engine.db.migrations import migrate, read_migrations
from engine.deploy.deploys import Deploys
from engine.deploy.flow_files import FlowFiles
from engine.deploy.revisions import Revisions
from engine.flow.references import References
from engine.runtime.quarantine import Quarantine
from engine.runtime.site import Site
from engine.runtime.state.stores import PostgresQuarantine
from engine.settings import Settings
from engine.web.app import make_app

_T = TypeVar("_T")

PASSWORD = "correct horse battery"
SQL = Path(__file__).parents[3] / "engine" / "sql"

FLOW = """\
# The flow of the tests.
flow: gas
title: {zh: 气体, en: Gas}
nodes:
  tick:
    type: tick
    to: scale
  scale:
    type: scale        # comments stay
    with: {factor: 2}
    to: last
  last:
    type: last
layout:
  tick: [40, 80]
"""


@node(category="testing")
class Tick(Source, Injectable):
    """Brings what is injected; 1 by itself."""

    def inject(self) -> Message:
        return Message(1, "tick/own")

    async def run(self, emit: Emitter) -> None:
        self.emit = emit
        await asyncio.Event().wait()


@node(category="testing", icon="x")
class Scale(Node):
    """Multiply a number."""

    factor: Annotated[float, Meta(ge=0, description="By how much.", extra_json_schema={"x-unit": "1"})] = 1.0

    examples: ClassVar[Sequence[Example]] = [Example("doubles", {"factor": 2}, given=[3], expect=[6])]

    def process(self, msg: Message) -> Message:
        if not isinstance(msg.payload, (int, float)):
            raise PermanentError("the payload is no number; send a number")
        return msg.replace(payload=msg.payload * self.factor)


@node(category="testing", side_effect=True)
class Last(Node):
    """Keeps the last payload."""

    outputs: ClassVar[tuple[Port, ...]] = ()

    def start(self, ctx: Context) -> None:
        self.kept: list[Any] = []

    def process(self, msg: Message) -> None:
        self.kept.append(msg.payload)


@node(category="testing")
class Stubborn(Node):
    """Refuses to start."""

    def start(self, ctx: Context) -> None:
        raise PermanentError("no such device; plug it in")

    def process(self, msg: Message) -> Message:
        return msg


def _routes(site: SiteView, router: web.UrlDispatcher) -> None:
    async def look(request: web.Request) -> web.Response:
        """Look at the pack."""
        return web.json_response({"pack": True})

    @requires("operator")
    async def press(request: web.Request) -> web.Response:
        """Press the button."""
        return web.json_response({"pressed": True})

    async def change(request: web.Request) -> web.Response:
        """Change the pack."""
        return web.json_response({"changed": True})

    router.add_get("/api/testing/look", look)
    router.add_post("/api/testing/press", press)
    router.add_put("/api/testing/change/{what}", change)


async def weigh(call: Call[bytes]) -> dict[str, int]:
    """How many bytes came."""
    call.details = {"size": len(call.given)}
    return {"size": len(call.given)}


API = [
    Route(
        method="POST",
        path="/api/testing/weigh/{what}",
        role="operator",
        handler=weigh,
        given=bytes,
        media=("image/png",),
        answer=dict[str, int],
        action="testing.weigh",
    )
]


class RunningServer:
    """A `ServerContext`. Its web listens on a free port of 127.0.0.1."""

    def __init__(self, dsn: str, folder: Path) -> None:
        self.settings = Settings(data=folder / "data", flows=folder / "flows", admin_password=Secret(PASSWORD))
        self.settings.flows.mkdir(parents=True, exist_ok=True)
        self.clock: Clock = SystemClock()
        self.version = "1.2.3"
        self.starting = ""
        self.database = Database(dsn)
        self.announced: list[str] = []
        self.accounts = Accounts(self.database, self.settings.admin_password, self.announced.append)
        self.secrets = SecretsStore(self.database, self.settings.data)
        pack = Pack(name="testing", nodes=[Tick, Scale, Last, Stubborn], api=API, routes=_routes)
        self.site = Site(
            Catalogue([pack]),
            self.clock,
            references=References(secrets=self.secrets),
            secrets=self.secrets,
            quarantine=Quarantine(PostgresQuarantine(self.database), Supervisor(self.clock)),
            database=self.database,
        )
        self.deploys = Deploys(self.site, FlowFiles(self.settings.flows), Revisions(self.database))
        self.app = make_app(self, editor=folder / "editor")
        self.url = URL()

    def service(self, kind: type[_T]) -> _T:
        return self.site.service(kind)

    def health(self) -> dict[str, Any]:
        told = {**self.site.health(), "version": self.version, "services": {"database": {"up": self.database.up}}}
        return {**told, "starting": self.starting} if self.starting else told

    @property
    def kept(self) -> list[Any]:
        """What the node `last` of the flow `gas` has kept."""
        kept: list[Any] = self.site.flows["gas"].nodes["last"].instance.kept  # type: ignore[attr-defined]
        return kept


@contextlib.asynccontextmanager
async def running(dsn: str, folder: Path, *, port: int = 0) -> AsyncIterator[RunningServer]:
    """Starts one and stops it."""
    editor = folder / "editor"
    (editor / "assets").mkdir(parents=True, exist_ok=True)
    (editor / "index.html").write_text('<!doctype html><meta property="csp-nonce" nonce="__CSP_NONCE__"><div id=root>')
    (editor / "assets" / "app-3f2a.js").write_text("console.log('plain')")
    (editor / "assets" / "app-3f2a.js.gz").write_bytes(b"\x1f\x8bnot really")
    (folder / "outside.txt").write_text("not for the web")
    server = RunningServer(dsn, folder)
    (server.settings.flows / "gas.yaml").write_text(FLOW, encoding="utf-8")
    runner = web.AppRunner(server.app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    server.url = URL(f"http://127.0.0.1:{runner.addresses[0][1]}")
    await server.database.start()
    async with server.database.connection(20) as connection:
        await migrate(connection, read_migrations("engine", SQL))
    await server.accounts.start()
    await server.secrets.start()
    await server.site.start()
    await server.deploys.start()
    try:
        yield server
    finally:
        await server.deploys.stop()
        await runner.cleanup()
        await server.site.stop(grace_s=0.5)
        await server.secrets.stop()
        await server.database.stop()


class Browser:
    """A client as a browser is one: it keeps cookies, and says where its page comes from."""

    def __init__(self, server: RunningServer, session: aiohttp.ClientSession) -> None:
        self.server = server
        self.session = session
        self.headers = {"X-MCS": "1", "Origin": str(server.url.origin())}

    async def sign_in(self, user: str = "admin", password: str = PASSWORD) -> Browser:
        """Signs in; AssertionError when that fails."""
        status, answer = await self.call("POST", "/api/session", {"user": user, "password": password})
        assert status == 200, answer
        return self

    async def call(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """(status, decoded JSON; None without a body)."""
        sent = self.headers if headers is None else headers
        async with self.session.request(method, self.server.url.join(URL(path)), json=body, headers=sent) as answer:
            text = await answer.read()
            is_json = answer.content_type == "application/json" and text
            return answer.status, await answer.json() if is_json else text.decode("utf-8", "replace") or None

    async def get(self, path: str) -> Any:
        """The answer of a GET that succeeds."""
        status, answer = await self.call("GET", path)
        assert status == 200, (path, status, answer)
        return answer
