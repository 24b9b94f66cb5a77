"""The web application: middleware, the engine's routes, the packs' routes, and the editor, in this order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
from aiohttp import web

from engine.access.audit import AuditLog
from engine.core.errors import SetupError
from engine.core.route import Route
from engine.runtime.reprocessing import Reprocessing
from engine.texts.text import Text
from engine.web import health
from engine.web.api import (
    deploy,
    flow_tests,
    flows,
    merge,
    messages,
    node_types,
    preview,
    revisions,
    secrets,
    session,
    titles,
    trial,
    users,
)
from engine.web.api.drafts import Drafts
from engine.web.api.hooks import add_hooks
from engine.web.api.login_limit import SignInLimit
from engine.web.http.auth import AUDIT, guard
from engine.web.http.errors import errors_as_json
from engine.web.http.other_process import other_process
from engine.web.http.other_process import session as session_to_others
from engine.web.http.route import mount
from engine.web.http.server_context import SERVER, ServerContext
from engine.web.http.static import add_editor, built_editor, security_headers
from engine.web.live import socket as sockets
from engine.web.live import tracing
from engine.web.live.topics import Topics

__all__ = ["ROUTES", "make_app"]

LARGEST_BODY_BYTES = 16_000_000
"""Three texts of the largest flow file, in JSON."""

ROUTES: tuple[Route, ...] = (
    *health.ROUTES,
    *session.ROUTES,
    *node_types.ROUTES,
    *flows.ROUTES,
    *preview.ROUTES,
    *deploy.ROUTES,
    *merge.ROUTES,
    *revisions.ROUTES,
    *tracing.ROUTES,
    *trial.ROUTES,
    *flow_tests.ROUTES,
    *messages.ROUTES,
    *users.ROUTES,
    *titles.ROUTES,
    *secrets.ROUTES,
    *sockets.ROUTES,
)


def make_app(server: ServerContext, *, editor: Path | None = None) -> web.Application:
    """The application for a server, which may still be starting. `editor` is the built editor's folder, by default where the
    build puts it. SetupError when a pack adds a route outside of /api/."""
    app = web.Application(
        middlewares=[security_headers, errors_as_json, other_process, guard], client_max_size=LARGEST_BODY_BYTES
    )
    app[SERVER] = server
    app[AUDIT] = AuditLog(server.database)
    app[session.LIMIT] = SignInLimit(server.clock.monotonic)
    app[preview.DRAFTS] = Drafts()
    app[messages.REPROCESSING] = Reprocessing(server.site, server.database)
    app[health.PROCESS] = psutil.Process()
    app[sockets.TOPICS_KEY] = Topics(server)
    clients: set[sockets.Client] = set()
    app[sockets.CLIENTS] = clients
    mount(app, ROUTES)
    _add_packs(app, server)
    add_hooks(app)
    add_editor(app, editor or built_editor())
    app.cleanup_ctx.extend([_topics, session_to_others])
    app.on_shutdown.append(_say_goodbye)
    server.site.suspension.on_close.append(lambda: _close_sockets(app, 1013, "the API is closed"))
    return app


def _add_packs(app: web.Application, server: ServerContext) -> None:
    ours = set(app.router.routes())
    for pack in server.site.catalogue.packs.values():
        mount(app, pack.api)
        if pack.routes is not None:
            pack.routes(server, app.router)
        for route in set(app.router.routes()) - ours:
            path = route.resource.canonical if route.resource is not None else ""
            if not path.startswith("/api/"):
                raise SetupError(Text("setup.pack-route", pack=pack.name, path=path))


async def _topics(app: web.Application) -> AsyncIterator[None]:
    yield
    await app[messages.REPROCESSING].stop()
    app[sockets.TOPICS_KEY].stop()


async def _say_goodbye(app: web.Application) -> None:
    """Browsers are told that the server goes, and come back when it does."""
    await _close_sockets(app, 1001, "the server is stopping")


async def _close_sockets(app: web.Application, code: int, reason: str) -> None:
    clients = app[sockets.CLIENTS]
    closing = [client.close(code, reason) for client in list(clients)]
    await asyncio.gather(*closing, return_exceptions=True)
