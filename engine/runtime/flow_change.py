"""The way from one version of a flow to the next: new instances, the end of the old ones, and what those still hold."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from engine.core.failure import PermanentError
from engine.flow.check.plan import Plan
from engine.runtime.deploy_effect import deploy_effect
from engine.runtime.deploy_report import DeployFailed
from engine.runtime.flow_counts import FlowCounts
from engine.runtime.flow_program import FlowProgram
from engine.runtime.node_runner import OwnFlow, RunningNode, with_type
from engine.runtime.source_emitter import SourceEmitter
from engine.texts.text import Text, reason_of

__all__ = ["FlowChange"]

log = logging.getLogger("mcs.flow")

DRAIN_S = 10.0


class FlowChange:
    """One deploy of one flow. Its steps in order: `start`, `drain`, then the flow goes over to `nodes`, `hand_over`, `end`."""

    def __init__(self, run: OwnFlow, plan: Plan) -> None:
        """Makes the new instances. DeployFailed names the node whose config can't be used."""
        self._run = run
        self._plan = plan
        self._before = dict(run.nodes)
        configs = self._configs()
        self.effect = deploy_effect(self._before, plan, configs)
        self._fresh = self._make(configs)
        self.replaced = [self._before[id] for id in [*self.effect.changed, *self.effect.removed]]

    @cached_property
    def nodes(self) -> Mapping[str, RunningNode]:
        """All nodes of the new version, in its order."""
        return {id: self._fresh.get(id) or self._before[id] for id in self._plan.nodes}

    async def start(self) -> None:
        """Starts the new instances, while the old ones work. DeployFailed when one refuses; those that had started are stopped then."""
        started: list[RunningNode] = []
        for id, node in self._fresh.items():
            try:
                started.append(node)
                await node.start()
            except Exception as error:
                for one in reversed(started):
                    await one.stop()
                reason = reason_of(error)
                explained = isinstance(reason, Text) or isinstance(error, (PermanentError, ValueError, LookupError))
                raise DeployFailed(id, reason if explained else with_type(error)) from error

    async def drain(self) -> list[SourceEmitter]:
        """Old sources stop bringing, then what they and the queues that go away still hold may finish, for a bounded time.
        The emitters of those sources: they settle what is under way still."""
        sources = [(node, node.emitter) for node in self.replaced if node.emitter is not None]
        queues = [node.queue for node in self.replaced if node.queue is not None]
        for _, emitter in sources:
            emitter.close()
        try:
            async with asyncio.timeout(DRAIN_S):
                for _, emitter in sources:
                    await emitter.empty()
                while any(queue.depth and not queue.problem and not queue.stuck for queue in queues):
                    await asyncio.gather(*(queue.drained() for queue in queues))
        except TimeoutError:
            log.warning(
                "%s: the drain before the deploy took over %g s; what is left goes to the new nodes or to quarantine",
                self._run.name,
                DRAIN_S,
            )
        await asyncio.gather(*(node.pause() for node, _ in sources))
        return [emitter for _, emitter in sources]

    def hand_over(self, program: FlowProgram, counts: FlowCounts) -> None:
        """What still waited in an old queue goes to the new node of that name, else to quarantine: the admin sees it."""
        for old in self.replaced:
            if old.queue is None:
                continue
            for message in old.queue.take_over():
                if old.id in self.nodes:
                    counts.handed_over(old.id)
                    program.current.enter[old.id](message)
                else:
                    self._run.site.quarantine.put(self._run.name, old.id, message, Text("runtime.node-removed"))
                message.delivery.release()

    async def end(self) -> None:
        """Stops what was replaced; the memory of a node that is gone, or is of another type now, goes too."""
        await asyncio.gather(*(old.stop() for old in self.replaced))
        for old in self.replaced:
            planned = self._plan.nodes.get(old.id)
            if planned is None or planned.kind.type != old.planned.kind.type:
                self._run.site.memories.drop(f"{self._run.name}/{old.id}/")

    def _configs(self) -> dict[str, dict[str, Any]]:
        """Every node's config with its references filled in."""
        configs = {}
        for id, planned in self._plan.nodes.items():
            try:
                configs[id] = self._run.site.resolve(planned.config, planned.kind)
            except (LookupError, ValueError, TypeError) as error:
                raise DeployFailed(id, reason_of(error)) from error
        return configs

    def _make(self, configs: Mapping[str, dict[str, Any]]) -> dict[str, RunningNode]:
        """New instances of what is new or changed, in the order of the plan."""
        fresh = {}
        kept = set(self.effect.kept)
        for id, planned in self._plan.nodes.items():
            try:
                if id not in kept:
                    fresh[id] = RunningNode(self._run, planned, configs[id])
            except Exception as error:
                raise DeployFailed(id, reason_of(error)) from error
        return fresh
