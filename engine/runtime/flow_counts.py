"""How many messages have gone through each node of a flow since it started, deploys included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.runtime.compiler import Program
from engine.runtime.node_runner import RunningNode

__all__ = ["FlowCounts"]

Counted = dict[str, tuple[int, dict[str, int], int]]
"""{node: (received, {port: sent}, errors)}."""


class FlowCounts:
    """Adds up what is counted in several places: by programs for plain nodes, by queues and emitters for the others, and by all those before them."""

    def __init__(self) -> None:
        self._before: dict[str, tuple[int, dict[str, int]]] = {}

    def totals(self, nodes: Mapping[str, RunningNode], programs: Iterable[Program]) -> Counted:
        """What has gone through these nodes so far; `programs` are those that feed them now."""
        counted = [program.counts() for program in programs]
        found: Counted = {}
        for id, node in nodes.items():
            received, sent_before = self._before.get(id, (0, {}))
            sent = dict(sent_before)
            received += node.queue.received if node.queue is not None else 0
            for program in counted:
                more, ports, _ = program.get(id, (0, {}, 0))
                received += more
                for port, number in ports.items():
                    sent[port] = sent.get(port, 0) + number
            if node.emitter is not None and node.planned.ports:
                first = node.planned.ports[0]
                sent[first] = sent.get(first, 0) + node.emitter.accepted
            found[id] = (received, sent, node.errors)
        return found

    def carry(
        self,
        before: Mapping[str, RunningNode],
        after: Mapping[str, RunningNode],
        programs: Iterable[Program],
        came_from: Mapping[str, str],
    ) -> None:
        """Other nodes and programs take over, which count from 0. A node goes on from what the one before had, of the same id or of that in
        `came_from`."""
        totals = self.totals(before, programs)
        self._before = {}
        for id, node in after.items():
            old = came_from.get(id, id)
            if old not in totals:
                continue
            received, sent, errors = totals[old]
            if node is before[old]:
                received -= node.queue.received if node.queue is not None else 0
                if node.emitter is not None and node.planned.ports:
                    sent[node.planned.ports[0]] -= node.emitter.accepted
            else:
                node.errors = errors
            self._before[id] = (received, sent)

    def handed_over(self, node: str) -> None:
        """A message comes to this node that the one before it had received already."""
        received, sent = self._before.get(node, (0, {}))
        self._before[node] = (received - 1, sent)
