"""The WebSocket: one connection per browser tab, many topics, each frame as large as what gathered while the last was on its way."""

from __future__ import annotations

import asyncio
import logging
import os
from typing import Annotated

import msgspec
from aiohttp import WSMsgType, web
from msgspec import UNSET, Meta, UnsetType

from engine.core.background_jobs import BackgroundJobs
from engine.core.rate_limit import RateLimit
from engine.core.roles import at_least
from engine.core.route import Nothing, Route
from engine.db.database import Unavailable
from engine.runtime.services.live_hubs import Subscription
from engine.texts.text import Readable, Text, in_full, reason_of
from engine.web.http.auth import identify, role_missing
from engine.web.http.errors import ApiError, reader_language, starting
from engine.web.http.origin import same_origin
from engine.web.http.route import IDENTITY, Call
from engine.web.http.server_context import SERVER
from engine.web.live.topics import TOPICS, DebugFilter, Topics

__all__ = ["CLIENTS", "ROUTES", "TOPICS_KEY", "Client"]

log = logging.getLogger("mcs.web")

FRAMES_PER_S = 2_000
"""All clients together; with one client that is a pause of 0.5 ms between frames, with a hundred 50 ms each."""
SEND_LIMIT_S = 20.0
CHECK_EVERY_S = 20.0
LARGEST_REQUEST_BYTES = 65_536
MOST_TOPICS = 200
REQUESTS_PER_S = 50

_ROLES = {topic.name: topic.role for topic in TOPICS}


class PresenceNote(msgspec.Struct, forbid_unknown_fields=True):
    """I have this flow open, and in it this node."""

    flow: Annotated[str, Meta(max_length=64)]
    open: Annotated[str, Meta(max_length=200)] = ""


class Request(msgspec.Struct, forbid_unknown_fields=True):
    """What a client may send."""

    subscribe: Annotated[str, Meta(max_length=400)] | UnsetType = UNSET
    unsubscribe: Annotated[str, Meta(max_length=400)] | UnsetType = UNSET
    filter: DebugFilter = msgspec.field(default_factory=DebugFilter)
    ref: int | UnsetType = UNSET
    """Stands in every frame of this subscription: what an earlier one of the topic has still sent is known by it."""
    presence: PresenceNote | UnsetType = UNSET


class Client:
    """One tab."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.id = os.urandom(8).hex()
        self.identity = request[IDENTITY]
        self.language = reader_language(request)
        self._socket = socket
        self._request = request
        self._topics = request.app[TOPICS_KEY]
        self._clients = request.app[CLIENTS]
        self._jobs = BackgroundJobs()
        self._pumps: dict[str, asyncio.Task[None]] = {}

    async def serve(self) -> None:
        """Until the tab closes, the session ends or the server stops."""
        server = self._request.app[SERVER]
        accounts = server.accounts
        changed = asyncio.Event()
        accounts.on_change.append(changed.set)
        self._jobs.start("checking who has a socket open", self._check_identity, changed)
        limit = RateLimit(REQUESTS_PER_S, 1.0, server.clock)
        try:
            async for message in self._socket:
                if not limit.passes():
                    await self._socket.close(code=1008, message=b"too many requests")
                    break
                if message.type is WSMsgType.TEXT:
                    await self._handle(message.data)
        finally:
            accounts.on_change.remove(changed.set)
            self._topics.presence.gone(self.id)
            await self._jobs.stop()

    async def close(self, code: int, reason: str) -> None:
        """Ends the connection; the browser connects again by itself unless it was signed out (1008)."""
        await self._socket.close(code=code, message=reason.encode())

    async def _handle(self, text: str) -> None:
        try:
            wanted = msgspec.json.decode(text, type=Request)
        except (msgspec.DecodeError, RecursionError) as wrong:
            await self._refuse("", "bad_request", Text("api.socket-not-understood", reason=str(wrong)))
            return
        if wanted.presence is not UNSET:
            self._topics.presence.here(wanted.presence.flow, self.id, self.identity.user, wanted.presence.open)
        if wanted.unsubscribe is not UNSET:
            self._unsubscribe(wanted.unsubscribe)
        if wanted.subscribe is not UNSET:
            await self._subscribe(wanted.subscribe, wanted.filter, wanted.ref)

    async def _subscribe(self, topic: str, filter: DebugFilter, ref: int | UnsetType) -> None:
        need = _ROLES.get(topic.partition(":")[0])
        if need is None:
            await self._refuse(topic, "not_found", Text("api.no-topic", topic=topic[:80]))
            return
        if not at_least(self.identity.role, need):
            await self._refuse(topic, "role", role_missing(self.identity, need))
            return
        self._unsubscribe(topic)
        if len(self._pumps) >= MOST_TOPICS:
            await self._refuse(topic, "too_many", Text("api.many-topics", limit=MOST_TOPICS))
            return
        try:
            subscription = self._topics.open(topic, filter, self.language)
        except LookupError as missing:
            await self._refuse(topic, "not_found", reason_of(missing))
            return
        self._pumps[topic] = self._jobs.start(f"socket {topic}", self._pump, topic, subscription, ref)

    def _unsubscribe(self, topic: str) -> None:
        pump = self._pumps.pop(topic, None)
        if pump is not None:
            pump.cancel()

    async def _pump(self, topic: str, subscription: Subscription, ref: int | UnsetType) -> None:
        """The next frame is made when the last has left, so a slow tab makes its own frames rarer and nobody else's."""
        answers = b"" if ref is UNSET else b',"ref":%d' % ref
        head = b'{"topic":' + msgspec.json.encode(topic) + answers + b',"items":'
        try:
            while True:
                items = await subscription.take()
                skipped, subscription.skipped = subscription.skipped, 0
                tail = b',"skipped":%d}' % skipped if skipped else b"}"
                async with asyncio.timeout(SEND_LIMIT_S):
                    await self._socket.send_frame(head + items + tail, WSMsgType.TEXT)
                await asyncio.sleep(len(self._clients) / FRAMES_PER_S)
        except TimeoutError:
            log.info("a browser of %s does not take its frames any more; closed", self.identity.user)
            if self._request.transport is not None:
                self._request.transport.abort()
        except (ConnectionError, RuntimeError) as gone:
            log.debug("a browser has gone: %s", gone)
        finally:
            subscription.close()

    async def _refuse(self, topic: str, code: str, text: Readable) -> None:
        error = {"topic": topic, "error": {"code": code, "message": in_full(text, self.language)}}
        await self._socket.send_frame(msgspec.json.encode(error), WSMsgType.TEXT)

    async def _check_identity(self, changed: asyncio.Event) -> None:
        """A session that has ended, or a role that was taken away, ends the connection within seconds."""
        while True:
            try:
                async with asyncio.timeout(CHECK_EVERY_S):
                    await changed.wait()
            except TimeoutError:
                pass
            changed.clear()
            try:
                identity, _ = await identify(self._request)
            except Unavailable:
                continue
            if identity is None or identity.must_change:
                await self.close(1008, "signed out")
            elif identity.role != self.identity.role:
                await self.close(1012, "the role has changed")


async def open_socket(call: Call[Nothing]) -> web.StreamResponse:
    """The WebSocket; send {"subscribe": TOPIC, "ref": NUMBER}, {"unsubscribe": TOPIC} or {"presence": {"flow", "open"}}."""
    request = call.request
    # Not by the header: a page elsewhere makes a browser send one (wss://user:x@host), and the cookie with it.
    if call.who.via == "session" and not same_origin(request):
        raise ApiError(403, "cross_site", Text("api.socket-cross-site"))
    if "starting" in call.server.health():
        # A topic of a flow that is not there yet would be refused for good: a browser comes again by itself.
        raise starting(Text("api.flows-starting"))
    socket = web.WebSocketResponse(heartbeat=25.0, compress=False, max_msg_size=LARGEST_REQUEST_BYTES, timeout=2.0)
    if not socket.can_prepare(request).ok:
        raise ApiError(426, "no_upgrade", Text("api.no-upgrade"))
    await socket.prepare(request)
    client = Client(socket, request)
    request.app[CLIENTS].add(client)
    try:
        await client.serve()
    finally:
        request.app[CLIENTS].discard(client)
    return socket


TOPICS_KEY = web.AppKey("topics", Topics)
CLIENTS: web.AppKey[set[Client]] = web.AppKey("clients", set)

ROUTES = (
    Route(
        method="GET",
        path="/api/ws",
        role="viewer",
        handler=open_socket,
        answer=None,
        status=101,
        refusals=(426, 503),
        time_limit_s=float("inf"),
    ),
)
