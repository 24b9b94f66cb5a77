"""The way from one version of a flow to the next: new instances, the end of the old ones, and what those still hold."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from engine.core.failure import PermanentError
from engine.core.foreign_code import call_foreign
from engine.core.message import Delivery
from engine.flow.check.plan import Plan
from engine.runtime.deploy_effect import deploy_effect
from engine.runtime.deploy_report import DeployFailed
from engine.runtime.flow_counts import FlowCounts
from engine.runtime.flow_program import FlowProgram
from engine.runtime.node_runner import OwnFlow, RunningNode, with_type
from engine.runtime.source_emitter import SourceEmitter
from engine.texts.text import Readable, Text, reason_of

__all__ = ["FlowChange", "put_aside"]

log = logging.getLogger("mcs.flow")

DRAIN_S = 10.0


class FlowChange:
    """One deploy of one flow. Its steps in order: `start`, `drain`, then the flow goes over to `nodes`, `hand_over`, `end`."""

    def __init__(self, run: OwnFlow, plan: Plan, renames: Mapping[str, str], disabled: Callable[[str], bool]) -> None:
        """Makes the new instances. DeployFailed names the node whose config can't be used. `renames` as for `deploy_effect`; a node that is gone
        and `disabled` keeps its memory for when it is enabled again."""
        self._run = run
        self._disabled = disabled
        self._plan = plan
        self._before = dict(run.nodes)
        configs = self._configs()
        self.effect = deploy_effect(self._before, plan, configs, renames)
        self.came_from = {new: old for old, new in self.effect.renamed.items()}
        """{id now: id before} of what goes on under another id."""
        other_type = [
            id for id in self.effect.changed if plan.nodes[id].kind.type != self._before[id].planned.kind.type
        ]
        self._gone = [self._before[id] for id in [*other_type, *self.effect.removed]]
        self._strangers = {id for id in [*other_type, *self.effect.added] if id in self._before}
        self._fresh = self._make(configs)
        replaced = [*self.effect.changed, *self.effect.removed, *self.effect.renamed]
        self.replaced = [self._before[id] for id in replaced]

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
        await asyncio.gather(*(node.leave() for node, _ in sources if self._leaves(node)))
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
        """What still waited in an old queue goes to the new node, under its new name if it has one, else to quarantine: the admin sees it.
        The memory follows as well."""
        self._rename_memories()
        for old in self.replaced:
            if old.queue is None:
                continue
            for message in old.queue.take_over():
                now = self.effect.renamed.get(old.id, old.id)
                if old.id not in self.effect.removed:
                    counts.handed_over(now)
                    program.current.enter[now](message)
                else:
                    self._run.site.quarantine.put(self._run.name, old.id, message, self._reason(old))
                message.delivery.release()

    async def end(self) -> None:
        """Stops what was replaced; what the memory of a node holds that is gone, or is of another type now, goes to quarantine."""
        await asyncio.gather(*(old.stop() for old in self.replaced))
        for old in self._gone:
            if not self._disabled(old.id):
                put_aside(self._run, old, _gone_name(old.id), self._reason(old))

    def _leaves(self, source: RunningNode) -> bool:
        """Whether nothing takes up what waits for a source outside."""
        new = None if source in self._gone else self._fresh[self.effect.renamed.get(source.id, source.id)]
        if new is None:
            return not self._disabled(source.id)
        try:
            return bool(call_foreign(source.instance.mailbox) != call_foreign(new.instance.mailbox))  # type: ignore[attr-defined]
        except Exception:
            source.context.log.exception("it can't be told where its messages wait")
            return False

    def _reason(self, old: RunningNode) -> Text:
        return Text("runtime.node-disabled") if self._disabled(old.id) else Text("runtime.node-removed")

    def _rename_memories(self) -> None:
        flow = self._run.name
        names = dict(self.effect.renamed)
        names |= {old.id: _gone_name(old.id) for old in self._gone if not self._disabled(old.id)}
        names |= {_new_name(id): id for id in self._strangers}
        self._run.site.memories.rename({f"{flow}/{old}/": f"{flow}/{new}/" for old, new in names.items()})
        for node in self._fresh.values():
            node.context.before = node.id

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
                    before = _new_name(id) if id in self._strangers else self.came_from.get(id, id)
                    fresh[id] = RunningNode(self._run, planned, configs[id], before)
            except Exception as error:
                raise DeployFailed(id, reason_of(error)) from error
        return fresh


def put_aside(run: OwnFlow, node: RunningNode, state: str, reason: Readable) -> None:
    """What a node that has stopped for good holds in its memory (kept under the id `state`) goes to quarantine; once it is stored there, the
    memory goes."""
    site, below = run.site, f"{run.name}/{state}/"
    delivery = Delivery(lambda _: site.memories.drop(below))
    try:
        for message in call_foreign(lambda: list(node.instance.kept_messages())):
            site.quarantine.put(run.name, node.id, message.replace(delivery=delivery), reason)
    except Exception:
        node.context.log.exception("what it held could not be put into quarantine; its memory is kept")
        return
    delivery.release()


def _gone_name(id: str) -> str:
    """No id has a blank, so these two are nobody's."""
    return f"{id} (removed)"


def _new_name(id: str) -> str:
    return f"{id} (new)"
