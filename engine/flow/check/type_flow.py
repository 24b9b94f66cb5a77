"""What each output really sends: nodes that pass messages on unchanged hand on their type and unit, too."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from typing import Any

from engine.core.node import ERROR_PORT, Port
from engine.flow.check.expand import ExpandedWire

__all__ = ["propagate_types"]

LINK = "link"
"""The port name of a wire from a link-out to its link-in."""
End = tuple[str, str]
"""(node, output port)."""


def propagate_types(
    wires: Sequence[tuple[ExpandedWire, str, str]], declared: Mapping[End, Port], outputs: Mapping[str, Sequence[Port]]
) -> dict[End, dict[End, Port]]:
    """{output: {the output where the messages were made: its port}} for all outputs whose type or unit is known.

    `declared` are the outputs that say what they send. What comes to an input goes on from every output of that node that is
    `same_as` it, and from a link-out to its link-in; an output that is reached twice from one origin names it once. Loops end
    by themselves, because an origin is added to an output only once.
    """
    into_links = {wire.source for wire, _, _ in wires if wire.link}
    onward: defaultdict[End, list[End]] = defaultdict(list)
    for wire, port, input in wires:
        for out in outputs.get(wire.target, ()):
            if wire.link or (out.same_as and out.same_as == input):
                onward[wire.source, port].append((wire.target, out.name))
        if wire.target in into_links and not wire.link:
            onward[wire.source, port].append((wire.target, LINK))
    known: defaultdict[End, dict[End, Port]] = defaultdict(dict)
    waiting = deque((end, end, port) for end, port in declared.items() if port.unit or port.payload is not Any)
    while waiting:
        end, origin, made = waiting.popleft()
        if origin in known[end] or end[1] == ERROR_PORT:
            continue
        known[end][origin] = made
        waiting.extend((further, origin, made) for further in onward[end])
    return dict(known)
