"""Frees the event loop from foreign code that does not return: a thread sees that the loop has stopped and interrupts it."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

from engine.core.foreign_code import FILE_NAME as FOREIGN_CODE
from engine.core.foreign_code import NodeHangs
from engine.runtime.codegen import FILE_NAME as COMPILED_FLOW
from engine.texts.text import Text

__all__ = ["Watchdog"]

BEAT_S = 0.25
INTERRUPTED = (COMPILED_FLOW, FOREIGN_CODE)


class Watchdog:
    """Runs in the main thread's loop. A node's call that blocks the loop for `limit_s` gets NodeHangs raised into it.

    A signal reaches Python code and blocking calls such as `time.sleep` alike; the handler raises only while compiled flow code, or a call
    of `engine.core.foreign_code`, is on the stack, so it can never hit the engine itself. A C extension that never comes back can't be freed
    this way.

    `progress` tells how far the flows are, in any form: while it changes no node hangs, however long one turn of the loop takes (a source
    may bring a thousand messages in one read). It is called from the thread.
    """

    def __init__(self, limit_s: float = 5.0, progress: Callable[[], object] = lambda: None) -> None:
        self.limit_s = limit_s
        self._progress = progress
        self._beat = time.monotonic()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begins to watch. ValueError outside the main thread, where signals can't be taken."""
        signal.signal(signal.SIGUSR2, _interrupt)
        self._tick()
        self._thread = threading.Thread(target=self._watch, args=(threading.get_ident(),), name="watchdog", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread."""
        self._ended.set()
        if self._timer is not None:
            self._timer.cancel()
        if self._thread is not None:
            self._thread.join()

    def _tick(self) -> None:
        self._beat = time.monotonic()
        self._timer = asyncio.get_running_loop().call_later(BEAT_S, self._tick)

    def _watch(self, main: int) -> None:
        seen, looked = self._progress(), time.monotonic()
        while not self._ended.wait(min(BEAT_S, self.limit_s / 4)):
            now, before, looked = self._progress(), looked, time.monotonic()
            # A thread that was late itself tells nothing of the loop: the whole process had been stopped.
            if now != seen or looked - before > self.limit_s:
                seen, self._beat = now, looked
            elif looked - self._beat > self.limit_s:
                self._beat = time.monotonic()  # the next node of this turn has its own time
                signal.pthread_kill(main, signal.SIGUSR2)


def _interrupt(number: int, frame: FrameType | None) -> None:
    while frame is not None:
        if frame.f_code.co_filename in INTERRUPTED:
            raise NodeHangs(Text("runtime.interrupted"))
        frame = frame.f_back
