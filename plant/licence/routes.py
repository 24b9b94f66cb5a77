"""The Licence page's side of the API; it answers while everything else is locked."""

from __future__ import annotations

import msgspec
from aiohttp import web

from engine.api import SiteView, requires
from plant.licence.guard import Licence, LicenceView

__all__ = ["add_routes"]

LONGEST_KEY = 100


class _Key(msgspec.Struct, forbid_unknown_fields=True):
    key: str


def add_routes(site: SiteView, router: web.UrlDispatcher) -> None:
    """GET /api/licence, POST /api/licence/verify, PUT /api/licence/key."""

    @requires("viewer")
    async def show(request: web.Request) -> web.Response:
        """How the site stands with its licence."""
        licence = _guard(site)
        if licence is None:
            return _no(503, "starting", "the licence guard is still starting", "try again in a moment")
        return _answer(licence.view())

    @requires("admin")
    async def verify(request: web.Request) -> web.Response:
        """Ask the vendor now."""
        licence = _guard(site)
        if licence is None:
            return _no(503, "starting", "the licence guard is still starting", "try again in a moment")
        return _answer(await licence.ask_now())

    @requires("admin")
    async def set_key(request: web.Request) -> web.Response:
        """Keep a licence key and ask with it."""
        licence = _guard(site)
        if licence is None:
            return _no(503, "starting", "the licence guard is still starting", "try again in a moment")
        try:
            key = msgspec.json.decode(await request.read(), type=_Key).key.strip()
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as wrong:
            return _no(400, "bad_request", f"the body: {wrong}", 'send {"key": "…"}')
        if not key.isascii() or not key.isprintable() or not 0 < len(key) <= LONGEST_KEY:
            return _no(400, "bad_value", "this is no licence key", "copy it as the vendor has sent it")
        try:
            return _answer(await licence.use_key(key))
        except ValueError as refused:
            return _no(409, "key_from_settings", str(refused), "change the setting")
        except OSError as failure:
            return _no(507, "not_kept", f"the key can't be kept ({failure.strerror})", "see to the data folder")

    router.add_get("/api/licence", show)
    router.add_post("/api/licence/verify", verify)
    router.add_put("/api/licence/key", set_key)


def _guard(site: SiteView) -> Licence | None:
    try:
        return site.service(Licence)
    except LookupError:
        return None


def _answer(view: LicenceView) -> web.Response:
    return web.Response(
        body=msgspec.json.encode(view), content_type="application/json", headers={"Cache-Control": "no-store"}
    )


def _no(status: int, code: str, message: str, hint: str) -> web.Response:
    body = msgspec.json.encode({"error": {"code": code, "message": message, "hint": hint}})
    return web.Response(body=body, status=status, content_type="application/json")
