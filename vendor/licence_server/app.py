"""The licence server's web side: one question, one signed answer, and not too many of them."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections import OrderedDict
from collections.abc import Callable

import msgspec
from aiohttp import web

from licence_server.store import LicenceStore
from plant.licence.vendor import PATH, Question, VendorRefused

__all__ = ["RateLimit", "make_app"]

log = logging.getLogger("mcs.licence-server")

LARGEST_QUESTION_BYTES = 4096
ADDRESS_PER_HOUR, ADDRESS_BURST = 120.0, 30.0
_FINGERPRINT = re.compile(r"[0-9a-f]{32}")
_NONCE = re.compile(r"[0-9a-f]{16,64}")


class RateLimit:
    """So many an hour for each name, `burst` of them at once. Remembers the 50,000 names that asked last."""

    MOST_NAMES = 50_000

    def __init__(self, per_hour: float, burst: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._per_s = per_hour / 3600
        self._burst = burst
        self._monotonic = monotonic
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str) -> float:
        """0.0 when it may pass, else the seconds until it may."""
        now = self._monotonic()
        left, since = self._left.pop(name, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._per_s)
        allowed = left >= 1
        self._left[name] = (left - 1 if allowed else left, now)
        while len(self._left) > self.MOST_NAMES:
            self._left.popitem(last=False)
        return 0.0 if allowed else (1 - left) / self._per_s


def make_app(store: LicenceStore, *, behind_proxy: bool = False, limit: RateLimit | None = None) -> web.Application:
    """`behind_proxy` takes the asker's address from the last X-Forwarded-For, which the proxy has written."""
    limit = limit or RateLimit(ADDRESS_PER_HOUR, ADDRESS_BURST)

    async def verify(request: web.Request) -> web.Response:
        address = request.remote or ""
        if behind_proxy:
            address = request.headers.get("X-Forwarded-For", address).rpartition(",")[2].strip()
        wait_s = limit.take(address)
        if wait_s:
            return _no(429, "too_many", "too many questions from this address", {"Retry-After": str(int(wait_s) + 1)})
        try:
            question = msgspec.json.decode(await request.read(), type=Question)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return _no(400, "bad_request", "this is no question")
        if not _FINGERPRINT.fullmatch(question.machine) or not _NONCE.fullmatch(question.nonce):
            return _no(400, "bad_request", "this is no question")
        try:
            token = await asyncio.to_thread(store.answer, question)
        except VendorRefused as refused:
            log.info("refused %s from %s: %s", question.key[-5:], address, refused.code)
            return _no(403, refused.code, str(refused))
        log.info("verified %s for machine %s from %s", question.key[-5:], question.machine, address)
        return web.Response(body=token, content_type="application/json", headers={"Cache-Control": "no-store"})

    async def health(request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    app = web.Application(client_max_size=LARGEST_QUESTION_BYTES)
    app.router.add_post(PATH, verify)
    app.router.add_get("/api/health", health)
    return app


def _no(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response({"error": {"code": code, "message": message}}, status=status, headers=headers)
