"""The web application: middleware, the engine's routes, the packs' routes, and the editor, in this order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
from aiohttp import web

from engine.audit import AuditLog
from engine.errors import SetupError
from engine.web import (
    deploying,
    flows,
    health,
    merging,
    messages,
    node_types,
    previewing,
    revisions,
    secrets,
    session,
    testing_flows,
    trying,
    users,
    watching,
)
from engine.web import socket as sockets
from engine.web.drafts import Drafts
from engine.web.guard import AUDIT, guard
from engine.web.hooks import add_hooks
from engine.web.refusals import errors_as_json
from engine.web.route import Route, mount
from engine.web.sign_in_limit import SignInLimit
from engine.web.static import add_editor, built_editor, security_headers
from engine.web.topics import Topics
from engine.web.view import SERVER, ServerView

__all__ = ["ROUTES", "make_app"]

LARGEST_BODY_BYTES = 16_000_000
"""Three texts of the largest flow file, in JSON."""

ROUTES: tuple[Route, ...] = (
    *health.ROUTES,
    *session.ROUTES,
    *node_types.ROUTES,
    *flows.ROUTES,
    *previewing.ROUTES,
    *deploying.ROUTES,
    *merging.ROUTES,
    *revisions.ROUTES,
    *watching.ROUTES,
    *trying.ROUTES,
    *testing_flows.ROUTES,
    *messages.ROUTES,
    *users.ROUTES,
    *secrets.ROUTES,
    *sockets.ROUTES,
)


def make_app(server: ServerView, *, editor: Path | None = None) -> web.Application:
    """The application for a server, which may still be starting. `editor` is the built editor's folder, by default where the
    build puts it. SetupError when a pack adds a route outside of /api/."""
    app = web.Application(middlewares=[security_headers, errors_as_json, guard], client_max_size=LARGEST_BODY_BYTES)
    app[SERVER] = server
    app[AUDIT] = AuditLog(server.database)
    app[session.LIMIT] = SignInLimit(server.clock.monotonic)
    app[previewing.DRAFTS] = Drafts()
    app[health.PROCESS] = psutil.Process()
    app[sockets.TOPICS_KEY] = Topics(server)
    clients: set[sockets.Client] = set()
    app[sockets.CLIENTS] = clients
    mount(app, ROUTES)
    _add_packs(app, server)
    add_hooks(app)
    add_editor(app, editor or built_editor())
    app.cleanup_ctx.append(_topics)
    app.on_shutdown.append(_say_goodbye)
    server.site.standstill.on_close.append(lambda: _close_sockets(app, 1013, "the API is closed"))
    return app


def _add_packs(app: web.Application, server: ServerView) -> None:
    ours = set(app.router.routes())
    for pack in server.site.catalogue.packs.values():
        mount(app, pack.api)
        if pack.routes is not None:
            pack.routes(server, app.router)
        for route in set(app.router.routes()) - ours:
            path = route.resource.canonical if route.resource is not None else ""
            if not path.startswith("/api/"):
                raise SetupError(f"pack {pack.name} adds the route {path}", f"put it under /api/{pack.name}/")


async def _topics(app: web.Application) -> AsyncIterator[None]:
    yield
    app[sockets.TOPICS_KEY].stop()


async def _say_goodbye(app: web.Application) -> None:
    """Browsers are told that the server goes, and come back when it does."""
    await _close_sockets(app, 1001, "the server is stopping")


async def _close_sockets(app: web.Application, code: int, reason: str) -> None:
    clients = app[sockets.CLIENTS]
    closing = [client.close(code, reason) for client in list(clients)]
    await asyncio.gather(*closing, return_exceptions=True)
