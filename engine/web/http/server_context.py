"""What the web sees of the running server; the server is one, tests make another."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

from aiohttp import web

from engine.access.accounts import Accounts
from engine.access.secrets_store import SecretsStore
from engine.core.clock import Clock
from engine.db.database import Database
from engine.deploy.deploys import Deploys
from engine.runtime.site import Site
from engine.settings import Settings

__all__ = ["SERVER", "ServerContext"]

_T = TypeVar("_T")


class ServerContext(Protocol):
    """Everything here may be used from the start, also before the database has answered for the first time.

    It is a `SiteView` too, so a pack's routes get it as it is.
    """

    settings: Settings
    clock: Clock
    version: str
    site: Site
    database: Database
    accounts: Accounts
    secrets: SecretsStore
    deploys: Deploys

    def service(self, kind: type[_T]) -> _T:
        """A service of the engine or of a pack. LookupError when there is none."""

    def health(self) -> dict[str, Any]:
        """{"status": "ok" | "degraded" | "locked", "version", "flows": {…}, "services": {…}}, nothing secret in it."""


SERVER: web.AppKey[ServerContext] = web.AppKey("server", ServerContext)
