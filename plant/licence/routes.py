"""The Licence page's side of the API; it answers while everything else is locked."""

from __future__ import annotations

import msgspec
from aiohttp import web

from engine.api import ApiError, SiteView, Text, json_answer, reader_language, reason_of, requires
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
            raise ApiError(503, "starting", Text("licence.starting"))
        return _answer(request, licence.view())

    @requires("admin")
    async def verify(request: web.Request) -> web.Response:
        """Ask the vendor now."""
        licence = _guard(site)
        if licence is None:
            raise ApiError(503, "starting", Text("licence.starting"))
        return _answer(request, await licence.ask_now())

    @requires("admin")
    async def set_key(request: web.Request) -> web.Response:
        """Keep a licence key and ask with it."""
        licence = _guard(site)
        if licence is None:
            raise ApiError(503, "starting", Text("licence.starting"))
        try:
            key = msgspec.json.decode(await request.read(), type=_Key).key.strip()
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as wrong:
            raise ApiError(400, "bad_request", Text("licence.bad-body", reason=str(wrong))) from wrong
        if not key.isascii() or not key.isprintable() or not 0 < len(key) <= LONGEST_KEY:
            raise ApiError(400, "bad_value", Text("licence.bad-key"))
        try:
            return _answer(request, await licence.use_key(key))
        except ValueError as refused:
            raise ApiError(409, "key_from_settings", reason_of(refused)) from refused
        except OSError as failure:
            raise ApiError(507, "not_kept", Text("licence.not-kept", reason=failure.strerror or "")) from failure

    router.add_get("/api/licence", show)
    router.add_post("/api/licence/verify", verify)
    router.add_put("/api/licence/key", set_key)


def _guard(site: SiteView) -> Licence | None:
    try:
        return site.service(Licence)
    except LookupError:
        return None


def _answer(request: web.Request, view: LicenceView) -> web.Response:
    return json_answer(view, language=reader_language(request))
