"""The titles of names in tables and pages, for a browser to show them."""

from __future__ import annotations

from engine.core.route import Nothing, Route
from engine.texts.titles import titles
from engine.web.http.route import Call

__all__ = ["ROUTES"]


async def list_titles(call: Call[Nothing]) -> dict[str, dict[str, str]]:
    """Title by kind and name in both languages: {"action.user.add": {"zh": …, "en": …}}. A name without one is shown as it is."""
    return {code: {str(language): title for language, title in both.items()} for code, both in titles().items()}


ROUTES = (
    Route(method="GET", path="/api/titles", role="viewer", handler=list_titles, answer=dict[str, dict[str, str]]),
)
