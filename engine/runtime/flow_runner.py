"""One flow as it runs: its nodes, the compiled program between them, and the change from one version to the next."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.core.failure import PermanentError
from engine.core.foreign_code import NodeHangs
from engine.core.message import EMPTY, Message
from engine.core.node import ERROR_PORT
from engine.flow.check.plan import Plan
from engine.runtime.deploy_report import DeployReport
from engine.runtime.failure_routes import FailureRoutes
from engine.runtime.flow_change import FlowChange, put_aside
from engine.runtime.flow_counts import Counted, FlowCounts
from engine.runtime.flow_program import FlowProgram
from engine.runtime.flow_site import FlowSite
from engine.runtime.listeners import Listeners
from engine.runtime.node_runner import RunningNode
from engine.runtime.observer import FlowObserver
from engine.runtime.source_emitter import SourceEmitter
from engine.texts.text import Readable, Text, reason_of

__all__ = ["FlowRun"]

log = logging.getLogger("mcs.flow")

DEFAULT_WINDOW = 5000


class FlowRun:
    """Starts, feeds, changes and stops one flow."""

    def __init__(self, name: str, site: FlowSite, window: int = DEFAULT_WINDOW) -> None:
        self.name = name
        self.site = site
        self.window = window
        self.observer = FlowObserver(site.clock.now)
        self.nodes: dict[str, RunningNode] = {}
        self.plan: Plan | None = None
        self.own = SourceEmitter(
            clock=site.clock,
            journal=site.journal,
            next_id=site.message_id,
            window=window,
            observer=self.observer,
            acknowledge=None,
        )
        self._program = FlowProgram(self.observer, self.fail)
        self._counts = FlowCounts()
        self._listeners = Listeners((), self.enter)
        self._failures = FailureRoutes(name, site.quarantine, self.observer, self.enter)
        self._retired: list[SourceEmitter] = []
        self._next_sample = 0.0
        self._lock = asyncio.Lock()

    async def deploy(
        self,
        plan: Plan,
        *,
        renames: Mapping[str, str] = EMPTY,
        disabled: Callable[[str], bool] = lambda id: False,
        hold_sources: bool = False,
    ) -> DeployReport:
        """Goes over to `plan` (or starts it, the first time). Only what changed restarts; `renames` and `disabled` as for `FlowChange`.

        New instances start before anything old stops, so that a refusal (DeployFailed) leaves the old version untouched.
        `hold_sources` does everything but let new sources bring messages (tests feed them by hand).
        """
        async with self._lock:
            return await self._deploy(plan, FlowChange(self, plan, renames, disabled), hold_sources)

    async def follow_suspension(self) -> None:
        """While the site is suspended sources bring nothing, with what is under way going on; else they bring again."""
        async with self._lock:
            held = self.site.suspension.held
            sources = [node for node in self.nodes.values() if node.emitter is not None]
            if held:
                await asyncio.gather(*(node.pause() for node in sources))
            for node in sources:
                node.resume(held=held)

    async def stop(self, grace_s: float = 5.0) -> None:
        """Sources first, then up to `grace_s` for what is under way, then everything else. What is left comes again."""
        async with self._lock:
            await asyncio.gather(*(node.pause() for node in self.nodes.values()))
            try:
                async with asyncio.timeout(grace_s):
                    while any(node.queue is not None and node.queue.depth for node in self.nodes.values()):
                        await asyncio.gather(
                            *(node.queue.drained() for node in self.nodes.values() if node.queue is not None)
                        )
                    await self.site.journal.flush()
            except TimeoutError:
                log.warning(
                    "%s: %d messages are still under way at the end; their sources bring them again",
                    self.name,
                    self.under_way,
                )
            await asyncio.sleep(0)  # acknowledgements of the last messages leave in this turn
            await asyncio.gather(*(node.stop() for node in self.nodes.values()))
            self.nodes = {}
            self.plan = None

    async def remove(self) -> None:
        """Stops for good: what nodes still hold, in their queues and in their memory, goes to quarantine."""
        nodes = list(self.nodes.values())
        reason = Text("runtime.flow-removed")
        await asyncio.gather(*(node.leave() for node in nodes if node.emitter is not None))
        await self.stop()
        for node in nodes:
            for message in node.queue.take_over() if node.queue is not None else ():
                self.site.quarantine.put(self.name, node.id, message, reason)
                message.delivery.release()
            put_aside(self, node, node.id, reason)

    @property
    def emitters(self) -> list[SourceEmitter]:
        """Of all sources, of the flow itself, and of sources that are gone but whose messages are still under way."""
        return [*(node.emitter for node in self.nodes.values() if node.emitter is not None), self.own, *self._retired]

    @property
    def under_way(self) -> int:
        """Messages accepted and not settled."""
        return sum(emitter.under_way for emitter in self.emitters)

    @property
    def accepted(self) -> int:
        """Messages that have come in since the flow started."""
        return sum(emitter.accepted for emitter in self.emitters)

    def enter(self, node: str, message: Message) -> None:
        """Delivers a message to a node as if a wire had brought it; used by links, listeners, inject and the quarantine."""
        enter = self._program.current.enter.get(node)
        if enter is None:
            raise LookupError(Text("api.no-running-node", flow=self.name, node=node))
        journal = self.site.journal
        before, journal.current = journal.current, message.delivery
        try:
            enter(message)
        finally:
            journal.current = before

    def emit(self, node: str, message: Message, port: str) -> None:
        """Sends from a node outside of its `process`."""
        program = self._program.current
        if (node, port) not in program.send:
            if node in self.nodes:
                raise LookupError(Text("runtime.no-port", node=node, port=port))
            return  # a timer of a node that has just been removed
        own = message.delivery.pending <= 0
        if own:
            message = message.replace(delivery=self.own.adopt(), id=message.id or self.site.message_id())
        else:
            message.delivery.pending += 1
        if self.observer.all:
            self.observer.passed(node, port, message, {port: message}, 0.0)
        journal = self.site.journal
        before, journal.current = journal.current, message.delivery
        try:
            program.send[node, port](message)
        finally:
            journal.current = before
        message.delivery.release()

    def after(self, node: str, message: Message, result: Any) -> None:
        """A queue has its result."""
        program = self._program.observed if self._sample(node, message, result) else self._program.fast
        journal = self.site.journal
        before, journal.current = journal.current, message.delivery
        try:
            if result is not None and node in program.leave:
                program.leave[node](message, result)
            if self._listeners.hears("complete"):
                self._listeners.notify("complete", node, message)
        finally:
            journal.current = before

    def after_batch(self, node: str, messages: Sequence[Message], results: Sequence[Any]) -> None:
        """A queue has the results of a batch: each an output, or the exception that its message ended in. ValueError when there are not as many."""
        looking = self.observer.all or self._listeners.hears("complete")
        leave, journal = self._program.fast.leave.get(node), self.site.journal
        for message, result in zip(messages, results, strict=True):
            if isinstance(result, Exception):
                self.fail(node, message, result)
            elif looking or leave is None:
                self.after(node, message, result)
            elif result is not None:
                before, journal.current = journal.current, message.delivery
                try:
                    leave(message, result)
                finally:
                    journal.current = before
        if messages and not looking and not isinstance(results[-1], Exception):
            self._sample(node, messages[-1], results[-1])

    def fail(self, node: str, message: Message, error: BaseException) -> None:
        """Sends a message the way of errors: the node's error port, else the catch nodes, else `on_error`, else quarantine."""
        running = self.nodes.get(node)
        reason = reason_of(error) or type(error).__name__
        if running is not None:
            running.note_error(error)
            if isinstance(error, NodeHangs) and running.hung():
                self._program.set_aside(node)
        journal = self.site.journal
        before, journal.current = journal.current, message.delivery
        try:
            self._failures.send(node, message, error, reason)
        finally:
            journal.current = before

    def refuse(self, node: str, message: Message, reason: Readable, port: str) -> None:
        """A source could not take a message as it should be."""
        running = self.nodes.get(node)
        if running is not None and port != ERROR_PORT and running.planned.wires.get(port):
            self._program.fast.send[node, port](message)
        else:
            self.fail(node, message, PermanentError(reason))

    def status_changed(self, node: str, text: Readable, level: str) -> None:
        """A node has set its status line; `status` nodes hear of it."""
        if self._listeners.hears("status"):
            payload = {"node": node, "text": str(text), "level": level}
            self._listeners.notify("status", node, Message(payload, time=self.site.clock.now()))

    def counts(self) -> Counted:
        """{node: (received, {port: sent}, errors)} since the flow started, deploys included."""
        return self._counts.totals(self.nodes, self._program.both)

    def _sample(self, node: str, message: Message, result: Any) -> bool:
        """Shows a result to the observer, every 50 ms or while it looks at all; whether it did."""
        now = self.site.clock.monotonic()
        if not self.observer.all and now < self._next_sample:
            return False
        self._next_sample = now + 0.05
        running = self.nodes.get(node)
        first = running.planned.ports[0] if running is not None and running.planned.ports else ""
        self.observer.passed(node, first, message, result, 0.0)
        return True

    async def _deploy(self, plan: Plan, change: FlowChange, hold_sources: bool) -> DeployReport:
        site = self.site
        began = site.clock.monotonic()
        report = DeployReport(
            flow=self.name,
            added=change.effect.added,
            changed=change.effect.changed,
            removed=change.effect.removed,
            kept=change.effect.kept,
            renamed=change.effect.renamed,
            held_before=self.under_way,
            came_in=-self.accepted,
            went_out=-sum(emitter.done for emitter in self.emitters),
            quarantined=-site.quarantine.count,
        )
        await change.start()
        self._retired += await change.drain()
        self._go_over(change, plan)
        change.hand_over(self._program, self._counts)
        if not hold_sources:
            for node in self.nodes.values():
                node.resume(held=site.suspension.held)
        await change.end()
        report.came_in += self.accepted
        report.went_out += sum(emitter.done for emitter in self.emitters)
        report.held_after = self.under_way
        report.quarantined += site.quarantine.count
        report.seconds = site.clock.monotonic() - began
        self._retired = [emitter for emitter in self._retired if emitter.under_way]
        return report

    def _go_over(self, change: FlowChange, plan: Plan) -> None:
        """From one turn of the loop to the next the new program is in charge; nothing runs in between."""
        self._counts.carry(self.nodes, change.nodes, self._program.both, change.came_from)
        self.nodes = dict(change.nodes)
        for id, node in self.nodes.items():
            node.planned = plan.nodes[id]
        self.plan = plan
        self._listeners = Listeners(self.nodes.values(), self.enter)
        self._failures.follow(plan, self._listeners)
        self._program.compile(self.nodes, self._listeners)
