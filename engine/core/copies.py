"""Copies on disk of what a start without the database needs."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Copies", "NoCopies"]


class Copies(Protocol):
    """Kept by the spool of the site; as fresh as the last seconds before the process ended."""

    complete: bool
    """Whether a start before this one has made them: then what has no copy is not there, and nobody need wait for the database to say so."""

    def copy(self, name: str, key: str, body: bytes | None) -> None:
        """Keeps a copy (None: no longer); written within seconds."""

    async def copies(self, name: str) -> dict[str, bytes]:
        """All copies under a name."""


class NoCopies:
    """For tests and simulations: whoever starts without the database waits for it."""

    complete = False

    def copy(self, name: str, key: str, body: bytes | None) -> None:
        """Keeps nothing."""

    async def copies(self, name: str) -> dict[str, bytes]:
        return {}
