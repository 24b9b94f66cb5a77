"""The functions that flows are made of, written once for each shape: so many plain nodes in a row, so many wires at the end."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

from engine.core.message import Message

__all__ = ["FILE_NAME", "Chain", "Fail", "Process", "Sender", "chain_shape", "sender_shape"]

FILE_NAME = "<flow>"
"""What tracebacks show as the file of these functions."""
WRITTEN_OUT = 8
"""Wires that are calls of their own; more are a loop."""

Process = Callable[[Message], Any]
Fail = Callable[[Message, BaseException], None]


class Chain(NamedTuple):
    """Some plain nodes in a row.

    enter     delivers a message to the first
    bind      (*entries): where the first port of the last leads
    replace   (position, call): that node is this call from now on
    counts    () → for each node (received, sent out of its first port by this function, errors)
    """

    enter: Process
    bind: Callable[..., None]
    replace: Callable[[int, Process], None]
    counts: Callable[[], list[tuple[int, int, int]]]


class Sender(NamedTuple):
    """One output port: `enter` sends a message to all it leads to, `bind(*entries)` says where that is, `sent()` how many went."""

    enter: Process
    bind: Callable[..., None]
    sent: Callable[[], int]


@functools.cache
def chain_shape(length: int, has_port: bool, wires: int) -> Callable[..., Chain]:
    """Makes chains of so many nodes, given (call, fail, leave) of each in turn.

    `has_port`: whether the last node has an output; `wires`: how many lead away from its first.
    """
    numbers = range(length)
    lines = [f"def make({', '.join(f'p{n}, x{n}, d{n}' for n in numbers)}):"]
    lines += [f" i{n} = o{n} = e{n} = 0" for n in numbers]
    lines += _targets(wires)
    lines += [" def enter(m):", "  nonlocal " + ", ".join(f"i{n}, o{n}, e{n}" for n in numbers)]
    for n in numbers:
        lines += [
            f"  i{n} += 1",
            f"  try: r = p{n}(m)",
            "  except BaseException as error:",
            f"   e{n} += 1",
            f"   return x{n}(m, error)",
        ]
        if n == length - 1 and not has_port:
            lines += [f"  if r is not None: d{n}(m, r)"]
            break
        lines += [f"  if r.__class__ is not Message: return d{n}(m, r)", f"  o{n} += 1"]
        lines += ["  m = r"] if n < length - 1 else _calls(wires, "r")
    lines += _bind(wires)
    lines += [" def replace(at, call):", "  nonlocal " + ", ".join(f"p{n}" for n in numbers)]
    lines += [f"  if at == {n}: p{n} = call" for n in numbers]
    lines += [f" def counts(): return [{', '.join(f'(i{n}, o{n}, e{n})' for n in numbers)}]"]
    lines += [" return Chain(enter, bind, replace, counts)"]
    return _made(lines)


@functools.cache
def sender_shape(wires: int) -> Callable[[], Sender]:
    """Makes output ports that so many wires lead away from."""
    lines = ["def make():", " o = 0", *_targets(wires)]
    lines += [" def enter(m):", "  nonlocal o", "  o += 1", *_calls(wires, "m"), *_bind(wires)]
    return _made([*lines, " def sent(): return o", " return Sender(enter, bind, sent)"])


def _targets(wires: int) -> list[str]:
    return [f" t{n} = None" for n in range(wires)] if wires <= WRITTEN_OUT else [" ts = ()"]


def _calls(wires: int, message: str) -> list[str]:
    if wires <= WRITTEN_OUT:
        return [f"  t{n}({message})" for n in range(wires)]
    return [f"  for t in ts: t({message})"]


def _bind(wires: int) -> list[str]:
    if not wires:
        return [" def bind(): pass"]
    names = [f"t{n}" for n in range(wires)] if wires <= WRITTEN_OUT else ["ts"]
    return [
        " def bind(*given):",
        f"  nonlocal {', '.join(names)}",
        f"  {', '.join(names)}{',' if wires <= WRITTEN_OUT else ''} = given",
    ]


def _made(lines: list[str]) -> Callable[..., Any]:
    # The text is written by us from numbers only, never from a flow's text.
    scope: dict[str, Any] = {"Message": Message, "Chain": Chain, "Sender": Sender}
    exec(compile("\n".join(lines), FILE_NAME, "exec"), scope)
    made: Callable[..., Any] = scope["make"]
    return made
