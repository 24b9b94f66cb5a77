"""Where code that is not ours is called: whatever it raises comes back as an Exception, and nothing it raises ends the process."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from engine.core.background_task import describe_error
from engine.texts.text import Text

__all__ = ["FILE_NAME", "NodeBroke", "NodeHangs", "await_foreign", "call_foreign", "run_process"]

log = logging.getLogger("mcs.process")

FILE_NAME = __file__
"""What a stack shows while code that is not ours is called from here: the watchdog may interrupt it."""

_T = TypeVar("_T")


class NodeHangs(BaseException):
    """Raised into a node that does not return (see `engine.runtime.watchdog`); no `except Exception` of the node holds it up."""


class NodeBroke(Exception):
    """Foreign code raised what would have ended its task, or the process: a cancellation of its own, SystemExit, NodeHangs (its cause)."""


def call_foreign(call: Callable[..., _T], *args: Any) -> _T:
    """Calls it. Exceptions pass as they are, anything else is NodeBroke."""
    try:
        return call(*args)
    except Exception:
        raise
    except BaseException as error:
        raise _broke(error) from error


async def await_foreign(call: Callable[..., Any], *args: Any) -> Any:
    """Calls it, and awaits what it answers if that can be awaited. Exceptions pass as they are, and so does a cancellation that was asked
    for from outside; anything else is NodeBroke."""
    try:
        answer = call(*args)
        return await answer if inspect.isawaitable(answer) else answer
    except (Exception, GeneratorExit):
        raise
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise _broke(error) from None
    except BaseException as error:
        raise _broke(error) from error


def run_process(main: Coroutine[Any, Any, _T], loop_factory: Callable[[], asyncio.AbstractEventLoop]) -> _T:
    """`main` to its end, for a process that lives on signals it handles itself. A SystemExit or KeyboardInterrupt out of some task or
    timer that foreign code has made, which would stop the loop, is logged, and the loop goes on."""
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        loop = runner.get_loop()
        task = loop.create_task(main)
        while True:
            try:
                return loop.run_until_complete(task)
            except (SystemExit, KeyboardInterrupt) as error:
                if task.done():
                    raise
                log.error("a task or timer of some node asked the process to end; it goes on", exc_info=error)


def _broke(error: BaseException) -> NodeBroke:
    cancelled = isinstance(error, asyncio.CancelledError)
    return NodeBroke(Text("runtime.cancelled-itself") if cancelled else describe_error(error))
