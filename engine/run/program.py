"""Compiles a flow to Python: a chain of plain nodes becomes one function of direct calls, without queue, task or copy between them.

Measured (CPython 3.11, ns per hop with counters and try): a queue and task per node 2,900, awaiting each node 402, callbacks 204, this 80–130.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from engine.message import Message

__all__ = ["NodeHangs", "Program", "ProgramNode", "compile_program"]

LONGEST_CHAIN = 8
"""Nodes written into one function; longer chains call the next function, so code stays linear in the number of nodes."""

Process = Callable[[Message], Any]
Fail = Callable[[Message, BaseException], None]


class NodeHangs(BaseException):
    """Raised into a plain node that does not return (see watchdog); no `except Exception` of the node holds it up."""


class ProgramNode(msgspec.Struct):
    """What the compiler must know of a node.

    call       `process` of a plain node; for any other what takes the message over (a lane's `put`)
    plain      whether `call` returns the output
    ports      output ports in order; the first one takes a bare message
    wires      port → ids of the nodes it leads to
    fail       what to do with a message on which `call` raised
    """

    id: str
    call: Process
    plain: bool
    ports: Sequence[str]
    wires: Mapping[str, Sequence[str]]
    fail: Fail


class Program(msgspec.Struct):
    """A compiled flow.

    enter      node id → function that delivers a message to the node
    leave      node id → function (message in, what process returned) that sends the output on
    targets    node id → entries that its first port leads to (for sources, whose output is not counted here)
    send       (node id, port) → function that sends a message out of that port
    counts     () → {node id: (received, {port: sent}, errors)} since it was compiled; `received` is 0 for nodes that are not plain
    source     the generated text, for tracebacks and the curious
    """

    enter: dict[str, Process]
    leave: dict[str, Callable[[Message, Any], None]]
    send: dict[tuple[str, str], Process]
    targets: dict[str, list[Process]]
    counts: Callable[[], dict[str, tuple[int, dict[str, int], int]]]
    source: str


class WrongOutput(Exception):
    """A node returned something that is no message, or named a port it does not have."""


def compile_program(name: str, nodes: Mapping[str, ProgramNode], longest_chain: int = LONGEST_CHAIN) -> Program:
    """Compiles all nodes of a flow together. Wires must lead to nodes in `nodes` and hold no cycle of plain nodes."""
    return _Writer(name, nodes, longest_chain).program()


class _Writer:
    def __init__(self, name: str, nodes: Mapping[str, ProgramNode], longest_chain: int) -> None:
        self.name = name
        self.longest_chain = longest_chain
        self.nodes = nodes
        self.number = {id: n for n, id in enumerate(nodes)}
        self.outs = {
            (id, port): f"o{self.number[id]}_{p}" for id, node in nodes.items() for p, port in enumerate(node.ports)
        }
        self.inner = self._inner()
        self.text: list[str] = []

    def program(self) -> Program:
        for id, node in self.nodes.items():
            if node.plain:
                self._function(id)
            for p, port in enumerate(node.ports):
                self._send(id, p, port)
        source = "\n".join([*self.text, *self._dispatchers(), *self._count_function(), ""])
        # The text is written by us from numbers only, never from a flow's text. Module globals, not closures: a compiler pass
        # over nested functions grows with the square of their number (2,000 nodes: 9 s against 0.3 s).
        made: dict[str, Any] = self._values()
        exec(compile(source, f"<flow {self.name}>", "exec"), made)
        numbered = made["counts"]
        return Program(
            enter={id: self._made(made, id) for id in self.nodes},
            leave={id: made[f"d{n}"] for id, n in self.number.items()},
            send={
                (id, port): made[f"s{self.number[id]}_{p}"]
                for id, node in self.nodes.items()
                for p, port in enumerate(node.ports)
            },
            targets={
                id: [self._made(made, target) for target in node.wires.get(node.ports[0], ())] if node.ports else []
                for id, node in self.nodes.items()
            },
            counts=lambda: self._named(numbered()),
            source=source,
        )

    def _made(self, made: Mapping[str, Any], id: str) -> Process:
        entry: Process = made[f"n{self.number[id]}"] if self.nodes[id].plain else self.nodes[id].call
        return entry

    def _values(self) -> dict[str, Any]:
        values: dict[str, Any] = {"Message": Message, "BAD": (Exception, NodeHangs), "dispatch": _dispatcher}
        values |= dict.fromkeys(self.outs.values(), 0)
        for id, n in self.number.items():
            values[f"i{n}"] = values[f"e{n}"] = 0
            values[f"p{n}"] = self.nodes[id].call
            values[f"x{n}"] = self.nodes[id].fail
            values[f"q{n}"] = tuple(self.nodes[id].ports)
        return values

    def _line(self, indent: int, text: str) -> None:
        self.text.append(" " * indent + text)

    def _function(self, head: str) -> None:
        """Writes `n`: the node and, as long as one plain node follows another by a single wire, those after it."""
        chain = self._chain(head)
        numbers = [self.number[id] for id in chain]
        first_outs = [self.outs[id, self.nodes[id].ports[0]] for id in chain if self.nodes[id].ports]
        self._line(0, f"def n{numbers[0]}(m):")
        self._line(1, "global " + ", ".join([f"i{n}" for n in numbers] + [f"e{n}" for n in numbers] + first_outs))
        for position, (id, n) in enumerate(zip(chain, numbers, strict=True)):
            node = self.nodes[id]
            self._line(1, f"i{n} += 1")
            self._line(1, f"try: r = p{n}(m)")
            self._line(1, "except BAD as error:")
            self._line(2, f"e{n} += 1")
            self._line(2, f"return x{n}(m, error)")
            if not node.ports:
                self._line(1, f"if r is not None: d{n}(m, r)")
                return
            self._line(1, f"if r.__class__ is not Message: return d{n}(m, r)")
            self._line(1, f"{self.outs[id, node.ports[0]]} += 1")
            if position + 1 < len(chain):
                self._line(1, "m = r")
            else:
                for target in node.wires.get(node.ports[0], ()):
                    self._line(1, f"{self._entry(target)}(r)")

    def _chain(self, head: str) -> list[str]:
        """Only heads are written out as chains: a node inside one gets a function of its own for the rare other way in."""
        chain = [head]
        while len(chain) < self.longest_chain and head not in self.inner:
            node = self.nodes[chain[-1]]
            targets = node.wires.get(node.ports[0], ()) if node.ports else ()
            if len(targets) != 1 or not self.nodes[targets[0]].plain or targets[0] in chain:
                break
            chain.append(targets[0])
        return chain

    def _inner(self) -> set[str]:
        feeders: dict[str, list[str]] = {}
        for id, node in self.nodes.items():
            for port, targets in node.wires.items():
                for target in targets:
                    feeders.setdefault(target, []).append(
                        id if node.plain and node.ports[:1] == (port,) and len(targets) == 1 else ""
                    )
        inner: set[str] = set()
        for id in self.nodes:
            if feeders.get(id, [""]) == [""] or len(feeders[id]) != 1:
                position, at = 0, id
                while self.nodes[at].plain and self.nodes[at].ports:
                    following = self.nodes[at].wires.get(self.nodes[at].ports[0], ())
                    if len(following) != 1 or feeders[following[0]] != [at] or not self.nodes[following[0]].plain:
                        break
                    at, position = following[0], position + 1
                    if position % self.longest_chain:
                        inner.add(at)
        return inner

    def _entry(self, id: str) -> str:
        return f"n{self.number[id]}" if self.nodes[id].plain else f"p{self.number[id]}"

    def _send(self, id: str, p: int, port: str) -> None:
        out = self.outs[id, port]
        self._line(0, f"def s{self.number[id]}_{p}(m):")
        self._line(1, f"global {out}")
        self._line(1, f"{out} += 1")
        for target in self.nodes[id].wires.get(port, ()):
            self._line(1, f"{self._entry(target)}(m)")

    def _dispatchers(self) -> list[str]:
        made = []
        for id, n in self.number.items():
            sends = "".join(f"s{n}_{p}, " for p in range(len(self.nodes[id].ports)))
            made.append(f"d{n} = dispatch(dict(zip(q{n}, ({sends}))), x{n})")
        return made

    def _count_function(self) -> list[str]:
        numbers = ", ".join(f"i{n}, e{n}" for n in range(len(self.nodes)))
        outs = ", ".join(self.outs.values())
        return ["def counts():", f" return ({numbers},), ({outs}{',' if outs else ''})"]

    def _named(self, counts: tuple[tuple[int, ...], tuple[int, ...]]) -> dict[str, tuple[int, dict[str, int], int]]:
        numbers, outs = counts
        sent = dict(zip(self.outs, outs, strict=True))
        return {
            id: (numbers[2 * n], {port: sent[id, port] for port in self.nodes[id].ports}, numbers[2 * n + 1])
            for id, n in self.number.items()
        }


def _dispatcher(sends: Mapping[str, Process], fail: Fail) -> Callable[[Message, Any], None]:
    """Sends on whatever `process` may return; see `engine.node.Output`."""
    first = next(iter(sends.values()), None)

    def send_all(message: Message, send: Process, output: Any) -> None:
        if output.__class__ is Message:
            send(output)
        elif isinstance(output, (list, tuple)) and all(one.__class__ is Message for one in output):
            for one in output:
                send(one)
        elif output is not None:
            fail(
                message,
                WrongOutput(
                    f"returned {type(output).__name__}; return a Message, None, a list of messages, or {{port: …}}"
                ),
            )

    def dispatch(message: Message, output: Any) -> None:
        if output is None:
            return
        if output.__class__ is dict:
            for port, part in output.items():
                send = sends.get(port)
                if send is None:
                    fail(
                        message,
                        WrongOutput(
                            f"returned a message for port {port!r}, which it does not have; ports: {', '.join(sends) or 'none'}"
                        ),
                    )
                elif part.__class__ is Message:
                    send(part)
                else:
                    send_all(message, send, part)
        elif first is None:
            fail(message, WrongOutput("returned a message, but has no output port"))
        else:
            send_all(message, first, output)

    return dispatch
