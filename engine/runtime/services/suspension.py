"""Why the site stands still, for as long as it does: sources bring nothing, and the API refuses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from engine.texts.text import Readable, ReadableField

__all__ = ["Refusal", "Suspension"]


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """What the closed API answers: 403 with this code, message and hint. Paths that begin with one of `open` still answer."""

    code: str
    message: ReadableField
    hint: ReadableField = ""
    open: tuple[str, ...] = ()


class Suspension:
    """The door by which a service of a pack stops the site and lets it go on. Each reason has an owner, and stands until that one lifts it.

    While sources are held what is under way finishes, nothing new is taken and nothing is acknowledged: a broker keeps what its session
    allows. Flows that are deployed meanwhile start with their sources held. Timers of nodes go on.
    """

    def __init__(self, change_sources: Callable[[], Awaitable[None]] | None = None) -> None:
        """`change_sources` brings the sources of the site to what `held` says."""
        self.on_close: list[Callable[[], Awaitable[None]]] = []
        """Called after the API was closed, to end connections that last."""
        self._change_sources = change_sources if change_sources is not None else _nothing
        self._reasons: dict[str, Readable] = {}
        self._refusals: dict[str, Refusal] = {}

    @property
    def held(self) -> Readable:
        """Why sources bring nothing, "" when they do."""
        return next(iter(self._reasons.values()), "")

    async def hold_sources(self, owner: str, reason: Readable) -> None:
        """Returns when no source brings anything any more. Holding again only changes the reason."""
        fresh = not self._reasons
        self._reasons[owner] = reason
        if fresh:
            await self._change_sources()

    async def release(self, owner: str) -> None:
        """Takes this owner's reason back; sources go on when it was the last one."""
        if self._reasons.pop(owner, None) is not None and not self._reasons:
            await self._change_sources()

    async def close_api(self, owner: str, refusal: Refusal) -> None:
        """From now on every route under /api and /hook refuses but health, sign-in and what `refusal.open` names; sockets are closed."""
        fresh = owner not in self._refusals
        self._refusals[owner] = refusal
        if fresh:
            for call in self.on_close:
                await call()

    def open_api(self, owner: str) -> None:
        """Takes this owner's refusal back."""
        self._refusals.pop(owner, None)

    def refusal(self, path: str) -> Refusal | None:
        """What a request to `path` is answered with, None when it may pass."""
        for refusal in self._refusals.values():
            if not any(_under(path, open) for open in refusal.open):
                return refusal
        return None


def _under(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder + "/")


async def _nothing() -> None:
    pass
