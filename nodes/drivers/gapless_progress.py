"""How far a stream is done without a gap, though its messages finish in any order."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

__all__ = ["Progress", "Step"]

_M = TypeVar("_M")


class Step(Generic[_M]):
    """One message of the stream; `mark` is where the stream stands once it is done."""

    __slots__ = ("done", "mark")

    def __init__(self, mark: _M) -> None:
        self.mark = mark
        self.done = False


class Progress(Generic[_M]):
    """Begun in order, done in any order.

    >>> progress = Progress[int]()
    >>> first, second = progress.begin(10), progress.begin(20)
    >>> progress.finish(second)
    >>> progress.finish(first)
    20
    """

    def __init__(self) -> None:
        self._open: deque[Step[_M]] = deque()

    def begin(self, mark: _M) -> Step[_M]:
        """The next message of the stream is under way."""
        step = Step(mark)
        self._open.append(step)
        return step

    def finish(self, step: Step[_M]) -> _M | None:
        """That one is done: the mark up to which all are, None when one before it is not."""
        step.done = True
        reached: _M | None = None
        while self._open and self._open[0].done:
            reached = self._open.popleft().mark
        return reached
