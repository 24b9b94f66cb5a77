"""All WebSocket clients of one path under /hook, shared by the nodes that name it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Any

import msgspec
from aiohttp import WSMsgType, web

from engine.api import ROLES, BackgroundJobs, Context, Endpoint, HttpCall, Role, WebhookRouter

__all__ = ["Room", "Rules", "Session", "room_of"]

HEARTBEAT_S = 30.0
CHECK_EVERY_S = 20.0
SEND_S = 5.0

Take = Callable[["Session", Any], None]


class Rules(msgspec.Struct, frozen=True):
    """Who may connect, and how much; `reads`: what clients send is wanted. Where nodes differ the strictest holds."""

    open: bool
    role: Role
    largest_bytes: int
    most_clients: int
    reads: bool


class Inbox(msgspec.Struct, frozen=True, eq=False):
    """The websocket-in of a path: `take` gets each frame, after `room` says that there is room for it."""

    take: Take
    room: Callable[[], Any]


class Session:
    """One client."""

    def __init__(self, socket: web.WebSocketResponse, call: HttpCall) -> None:
        self.id = os.urandom(8).hex()
        self.user = call.user
        self.address = call.address
        self.parameters = dict(call.parameters)
        self._socket = socket
        self._request = call.request

    async def send(self, data: str | bytes) -> bool:
        """False when the client is gone, or takes nothing for 5 s: then it is cut off, so that it does not hold up the others."""
        try:
            async with asyncio.timeout(SEND_S):
                if isinstance(data, str):
                    await self._socket.send_str(data)
                else:
                    await self._socket.send_bytes(data)
        except TimeoutError:
            self._cut_off()
            return False
        except (OSError, RuntimeError):
            return False
        return True

    async def close(self, code: int, reason: str) -> None:
        """Says why, and hangs up; after 5 s without asking."""
        try:
            async with asyncio.timeout(SEND_S):
                await self._socket.close(code=code, message=reason.encode())
        except TimeoutError:
            self._cut_off()

    def _cut_off(self) -> None:
        # A close frame would stand in the same buffer that the client does not read.
        if self._request.transport is not None:
            self._request.transport.abort()


class Room:
    """Open as long as a node has entered. Clients stay connected when a node is deployed anew."""

    def __init__(self, paths: WebhookRouter, path: str) -> None:
        self.sessions: dict[str, Session] = {}
        self._paths = paths
        self._path = path
        self._rules: dict[str, tuple[Any, Rules]] = {}
        self._endpoint: Endpoint | None = None
        self._inbox: Inbox | None = None
        self._inbox_there = asyncio.Event()

    def enter(self, owner: str, node: Any, rules: Rules) -> None:
        """A node is there; a later one of the same owner takes the place of the earlier."""
        self._rules[owner] = (node, rules)
        self._open(owner)

    def leave(self, owner: str, node: Any) -> None:
        """It is gone; harmless when another has taken its place."""
        if self._rules.get(owner, (None,))[0] is not node:
            return
        del self._rules[owner]
        if self._rules:
            self._open(next(iter(self._rules)))
        elif self._endpoint is not None:
            self._paths.close(self._endpoint)
            self._endpoint = None

    def attach(self, inbox: Inbox | None) -> None:
        """Where frames go; while that is None they wait, and with them their clients."""
        self._inbox = inbox
        if inbox is not None:
            self._inbox_there.set()
        else:
            self._inbox_there.clear()

    async def close(self) -> None:
        """Tells all clients that nobody serves them any more."""
        await asyncio.gather(*(session.close(1001, "the flow has stopped") for session in list(self.sessions.values())))

    def _open(self, owner: str) -> None:
        before = self._endpoint
        rules = self._strictest()
        endpoint = Endpoint(owner, "GET", self._path, "anyone" if rules.open else rules.role, self._serve)
        if before is not None and before.owner != owner:
            endpoint = msgspec.structs.replace(endpoint, owner=before.owner)
        self._paths.open(endpoint)
        self._endpoint = endpoint

    def _strictest(self) -> Rules:
        all_rules = [rules for _, rules in self._rules.values()]
        return Rules(
            open=all(rules.open for rules in all_rules),
            role=max((rules.role for rules in all_rules), key=ROLES.index),
            largest_bytes=min(rules.largest_bytes for rules in all_rules),
            most_clients=min(rules.most_clients for rules in all_rules),
            reads=any(rules.reads for rules in all_rules),
        )

    async def _serve(self, call: HttpCall) -> web.StreamResponse:
        rules = self._strictest()
        if len(self.sessions) >= rules.most_clients:
            return web.json_response(
                {
                    "error": {
                        "code": "busy",
                        "message": f"{rules.most_clients} clients are connected",
                        "hint": "try later",
                    }
                },
                status=503,
                headers={"Retry-After": "5"},
            )
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT_S, max_msg_size=rules.largest_bytes)
        if not socket.can_prepare(call.request).ok:
            return web.json_response(
                {
                    "error": {
                        "code": "upgrade",
                        "message": "this is a WebSocket",
                        "hint": "connect with ws:// or wss://",
                    }
                },
                status=426,
                headers={"Upgrade": "websocket"},
            )
        session = Session(socket, call)
        self.sessions[session.id] = session  # before the first wait, so that the limit holds
        try:
            async with BackgroundJobs() as jobs:
                jobs.start("checking who has a websocket open", _check, session, call)
                await socket.prepare(call.request)
                await self._read(session, socket)
        finally:
            del self.sessions[session.id]
        return socket

    async def _read(self, session: Session, socket: web.WebSocketResponse) -> None:
        async for frame in socket:
            if frame.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                continue
            inbox = await self._reader()
            if inbox is not None:
                inbox.take(session, frame.data)

    async def _reader(self) -> Inbox | None:
        """The websocket-in once it has room, also when another takes its place meanwhile; None when no node wants to read."""
        while self._rules and self._strictest().reads:
            inbox = self._inbox
            if inbox is None:
                await self._inbox_there.wait()
                continue
            await inbox.room()
            if inbox is self._inbox:
                return inbox
        return None


async def _check(session: Session, call: HttpCall) -> None:
    while True:
        await asyncio.sleep(CHECK_EVERY_S)
        if not await call.still_admitted():
            await session.close(1008, "signed out")


async def room_of(ctx: Context, path: str) -> Room:
    """The room of a path, made by the first node that names it. ValueError when another flow has the path, or it is none."""
    paths = ctx.service(WebhookRouter)
    paths.check(f"{ctx.flow}/{ctx.node}", "GET", path)

    async def make() -> Room:
        return Room(paths, path)

    return await ctx.shared(f"websocket {ctx.flow} {path}", make, Room.close)
