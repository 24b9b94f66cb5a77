"""Waiting in a test: for a condition, with a deadline, and never for a length of time."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable

PATIENCE_S = 60.0
"""A busy machine is slow, and that is no failure: a test that passes waits no longer for it."""


async def eventually(condition: Callable[[], object | Awaitable[object]], within_s: float = PATIENCE_S) -> None:
    """Return as soon as `condition()`, plain or async, is true; `AssertionError` naming it when the time is over."""
    deadline = time.monotonic() + within_s
    while True:
        answer = condition()
        if inspect.isawaitable(answer):
            answer = await answer
        if answer:
            return
        assert time.monotonic() < deadline, f"not within {within_s:g} s: {_text(condition)}"
        await asyncio.sleep(0.01)


def wait_until(condition: Callable[[], object], within_s: float = PATIENCE_S) -> None:
    """The same for code outside an event loop."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, f"not within {within_s:g} s: {_text(condition)}"
        time.sleep(0.01)


def _text(condition: Callable[[], object]) -> str:
    try:
        return inspect.getsource(condition).strip()
    except (OSError, TypeError):
        return repr(condition)
