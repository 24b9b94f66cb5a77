"""What one hop costs: a plain node in a compiled flow, counters and error handling included."""

from __future__ import annotations

import statistics
import time

from engine.core.message import Message
from engine.runtime.compiler import Program, ProgramNode, compile_program

SHORT, LONG = 1, 11
MESSAGES = 20_000


def _chain(length: int) -> Program:
    def process(message: Message) -> Message:
        return message

    def fail(message: Message, error: BaseException) -> None:
        raise error

    return compile_program(
        {
            str(n): ProgramNode(str(n), process, True, ("out",), {"out": (str(n + 1),)} if n + 1 < length else {}, fail)
            for n in range(length)
        }
    )


def _cpu_s(program: Program) -> float:
    enter, message = program.enter["0"], Message(1)
    began = time.process_time()
    for _ in range(MESSAGES):
        enter(message)
    return (time.process_time() - began) / MESSAGES


def hop_us(repetitions: int) -> float:
    """CPU microseconds per hop, the median: what ten more nodes add to a message."""
    short, long = _chain(SHORT), _chain(LONG)
    found = [(_cpu_s(long) - _cpu_s(short)) / (LONG - SHORT) for _ in range(repetitions)]
    return statistics.median(found) * 1e6
