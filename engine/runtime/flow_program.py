"""The compiled program of a flow, and what sends messages into it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from engine.core.failure import PermanentError
from engine.core.gc_pause import gc_paused
from engine.core.message import Message
from engine.runtime.compiler import Program, ProgramNode, compile_program
from engine.runtime.listeners import Listeners
from engine.runtime.node_runner import RunningNode
from engine.runtime.observer import FlowObserver
from engine.texts.text import Text

__all__ = ["FlowProgram"]

Fail = Callable[[str, Message, BaseException], None]


class FlowProgram:
    """The same flow compiled twice: `fast`, and `observed`, which shows every message to the observer.

    Which of them a message takes is decided where it comes in; it stays there up to the next queue."""

    def __init__(self, observer: FlowObserver, fail: Fail) -> None:
        self.fast = self.observed = compile_program({})
        self._observer = observer
        self._fail = fail

    @property
    def current(self) -> Program:
        """What a message takes that comes in now."""
        return self.observed if self._observer.all else self.fast

    @property
    def both(self) -> tuple[Program, Program]:
        return self.fast, self.observed

    def compile(self, nodes: Mapping[str, RunningNode], listeners: Listeners) -> None:
        """Compiles this version and points its sources at it."""
        plain: dict[str, ProgramNode] = {}
        seen: dict[str, ProgramNode] = {}
        for id, node in nodes.items():
            call, is_plain = _call(node, listeners)
            ports, wires = node.planned.ports, node.planned.wires
            plain[id] = ProgramNode(id, call, is_plain, ports, wires, partial(self._fail, id))
            looked_at = self._observer.wrap(id, ports[0] if ports else "", call) if is_plain else call
            seen[id] = ProgramNode(id, looked_at, is_plain, ports, wires, partial(self._fail, id))
        with gc_paused():
            self.fast = compile_program(plain)
            self.observed = compile_program(seen, longest_chain=1)
        for id, node in nodes.items():
            if node.emitter is not None:
                node.emitter.connect(_entry(self.fast, id), self._observed_entry(id, node.planned.ports[0]))

    def set_aside(self, node: str) -> None:
        """From now on the plain node refuses all messages."""
        for program in self.both:
            program.replace(node, _refuse_set_aside)

    def _observed_entry(self, source: str, port: str) -> Callable[[Message], None]:
        observer, enter = self._observer, _entry(self.observed, source)

        def observed(message: Message) -> None:
            observer.entering(message)
            observer.passed(source, port, message, message, 0.0)
            enter(message)

        return observed


def _call(node: RunningNode, listeners: Listeners) -> tuple[Callable[[Message], Any], bool]:
    """What takes a message for the node, and whether that returns the node's output."""
    if node.set_aside:
        return _refuse_set_aside, True
    if node.queue is not None:
        return node.queue.put, False
    call = node.instance.process
    if node.id in listeners.hears("complete") or not listeners.of("complete", node.id):
        return call, True

    def complete(message: Message) -> Any:
        result = call(message)
        if result is None:
            listeners.notify("complete", node.id, message)
        return result

    return complete, True


def _entry(program: Program, source: str) -> Callable[[Message], None]:
    targets = program.targets[source]
    if len(targets) == 1:
        return targets[0]

    def fan(message: Message) -> None:
        for target in targets:
            target(message)

    return fan


def _refuse_set_aside(message: Message) -> Any:
    raise PermanentError(Text("runtime.set-aside"))
