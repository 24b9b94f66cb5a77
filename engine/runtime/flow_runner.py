"""One flow as it runs: its nodes, the compiled program between them, and the change from one version to the next."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import msgspec

from engine.core.failure import PermanentError
from engine.core.foreign_code import NodeHangs
from engine.core.gc_pause import gc_paused
from engine.core.message import Message
from engine.core.node import ERROR_PORT
from engine.flow.check.plan import Plan
from engine.runtime.compiler import Program, ProgramNode, compile_program
from engine.runtime.deploy_effect import DeployEffect, deploy_effect
from engine.runtime.flow_site import FlowSite
from engine.runtime.node_runner import RunningNode, with_type
from engine.runtime.observer import FlowObserver
from engine.runtime.source_emitter import SourceEmitter
from engine.texts.text import Readable, Text, reason_of

__all__ = ["DeployFailed", "DeployReport", "FlowRun"]

log = logging.getLogger("mcs.flow")

_T = TypeVar("_T")

DEFAULT_WINDOW = 5000
DRAIN_S = 10.0
HANGS_ALLOWED = 2


class DeployFailed(Exception):
    """The new version did not start; the old one goes on. `node` is the one that refused."""

    def __init__(self, node: str, reason: Readable) -> None:
        super().__init__(Text("runtime.node-reason", node=node, reason=reason))
        self.node = node
        self.reason = reason


class DeployReport(msgspec.Struct, kw_only=True):
    """What a deploy did. Counted over its time: came_in + held_before = went_out + held_after, in messages of the sources."""

    flow: str
    added: list[str]
    changed: list[str]
    removed: list[str]
    kept: list[str]
    came_in: int = 0
    went_out: int = 0
    held_before: int = 0
    held_after: int = 0
    quarantined: int = 0
    seconds: float = 0.0

    @property
    def balanced(self) -> bool:
        """Whether every message is accounted for."""
        return self.held_before + self.came_in == self.went_out + self.held_after


class FlowRun:
    """Starts, feeds, changes and stops one flow."""

    def __init__(self, name: str, site: FlowSite, window: int = DEFAULT_WINDOW) -> None:
        self.name = name
        self.site = site
        self.observer = FlowObserver(site.clock.now, self._select_program)
        self.nodes: dict[str, RunningNode] = {}
        self.plan: Plan | None = None
        self.own = SourceEmitter(
            clock=site.clock, journal=site.journal, next_id=site.message_id, window=window, acknowledge=None
        )
        self.window = window
        self.held: Readable = ""
        """Why sources bring nothing; "" while they do."""
        self._program: Program | None = None
        self._observed: Program | None = None
        self._failures: dict[str, list[str]] = {}
        self._listeners: dict[str, list[tuple[str, frozenset[str]]]] = {}
        self._retired: list[SourceEmitter] = []
        self._next_sample = 0.0
        self._lock = asyncio.Lock()

    async def deploy(self, plan: Plan, *, hold_sources: bool = False) -> DeployReport:
        """Goes over to `plan` (or starts it, the first time). Only what changed restarts.

        New instances start before anything old stops, so that a refusal (DeployFailed) leaves the old version untouched.
        `hold_sources` does everything but let new sources bring messages (tests feed them by hand).
        """
        async with self._lock:
            return await self._deploy(plan, hold_sources)

    async def hold(self, reason: Readable) -> None:
        """Stops sources from bringing more, with what is under way going on; "" lets them bring again."""
        async with self._lock:
            self.held = reason
            sources = [node for node in self.nodes.values() if node.emitter is not None]
            if reason:
                await asyncio.gather(*(node.pause() for node in sources))
            for node in sources:
                node.resume(held=reason)

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
        program = self._observed if self.observer.all else self._program
        if program is None or node not in program.enter:
            raise LookupError(Text("api.no-running-node", flow=self.name, node=node))
        program.enter[node](message)

    def emit(self, node: str, message: Message, port: str) -> None:
        """Sends from a node outside of its `process`."""
        program = self._program
        if program is None or (node, port) not in program.send:
            if program is not None and node in self.nodes:
                raise LookupError(Text("runtime.no-port", node=node, port=port))
            return  # a timer of a node that has just been removed
        own = message.delivery.pending <= 0
        if own:
            message = message.replace(delivery=self.own.adopt(), id=message.id or self.site.message_id())
        else:
            message.delivery.pending += 1
        if self.observer.all:
            self.observer.passed(node, port, message, {port: message}, 0.0)
            program = self._observed or program
        program.send[node, port](message)
        message.delivery.release()

    def after(self, node: str, message: Message, result: Any) -> None:
        """A queue has its result."""
        program = self._observed if self._sample(node, message, result) else self._program
        if result is not None and program is not None and node in program.leave:
            program.leave[node](message, result)
        if self._listeners.get("complete"):
            self._notify_listeners("complete", node, message)

    def _sample(self, node: str, message: Message, result: Any) -> bool:
        """Shows a result to the watch, every 50 ms or while it looks at all; whether it did."""
        now = self.site.clock.monotonic()
        if not self.observer.all and now < self._next_sample:
            return False
        self._next_sample = now + 0.05
        running = self.nodes.get(node)
        first = running.planned.ports[0] if running is not None and running.planned.ports else ""
        self.observer.passed(node, first, message, result, 0.0)
        return True

    def after_batch(self, node: str, messages: Sequence[Message], results: Sequence[Any]) -> None:
        """A queue has the results of a batch: each an output, or the exception that its message ended in. ValueError when there are not as many."""
        looking = self.observer.all or self._listeners.get("complete")
        leave = self._program.leave.get(node) if self._program is not None else None
        for message, result in zip(messages, results, strict=True):
            if isinstance(result, Exception):
                self.fail(node, message, result)
            elif looking or leave is None:
                self.after(node, message, result)
            elif result is not None:
                leave(message, result)
        if messages and not looking and not isinstance(results[-1], Exception):
            self._sample(node, messages[-1], results[-1])

    def fail(self, node: str, message: Message, error: BaseException) -> None:
        """Sends a message the way of errors: the node's error port, else the catch nodes, else `on_error`, else quarantine."""
        running = self.nodes.get(node)
        reason = reason_of(error) or type(error).__name__
        if running is not None:
            running.note_error(error)
            if isinstance(error, NodeHangs):
                self._hung(running)
        kind = "refused" if isinstance(error, PermanentError) else "error"
        failed = message.with_props(
            error={"node": node, "flow": self.name, "reason": str(reason), "kind": kind, "type": type(error).__name__}
        )
        self.observer.left(node, ERROR_PORT, failed)
        routes = self._failures.get(node, ())
        if "error" in message.props or not routes:
            self.site.quarantine.put(self.name, node, message, reason)
            return
        for target in routes:
            self.enter(target, failed)

    def refuse(self, node: str, message: Message, reason: Readable, port: str) -> None:
        """A source could not take a message as it should be."""
        program = self._program
        if (
            program is not None
            and port != ERROR_PORT
            and self.plan is not None
            and self.plan.nodes[node].wires.get(port)
        ):
            program.send[node, port](message)
        else:
            self.fail(node, message, PermanentError(reason))

    def status_changed(self, node: str, text: Readable, level: str) -> None:
        """A node has set its status line; `status` nodes hear of it."""
        if self._listeners.get("status"):
            self._notify_listeners(
                "status", node, Message({"node": node, "text": str(text), "level": level}, time=self.site.clock.now())
            )

    def counts(self) -> dict[str, tuple[int, dict[str, int], int]]:
        """{node: (received, {port: sent}, errors)} since the flow started, deploys included."""
        live: dict[str, tuple[int, dict[str, int], int]] = {}
        programs = [program.counts() for program in (self._program, self._observed) if program is not None]
        for id, node in self.nodes.items():
            received = node.received + (node.queue.received if node.queue is not None else 0)
            sent = dict(node.sent)
            for counted in programs:
                more, ports, _ = counted.get(id, (0, {}, 0))
                received += more
                for port, number in ports.items():
                    sent[port] = sent.get(port, 0) + number
            if node.emitter is not None and node.planned.ports:
                sent[node.planned.ports[0]] = sent.get(node.planned.ports[0], 0) + node.emitter.accepted
            live[id] = (received, sent, node.errors)
        return live

    async def _deploy(self, plan: Plan, hold_sources: bool) -> DeployReport:
        site = self.site
        began = site.clock.monotonic()
        configs = self._configs(plan)
        effect = deploy_effect(self.nodes, plan, configs)
        fresh = self._make(plan, configs, effect)
        report = DeployReport(
            flow=self.name,
            added=effect.added,
            changed=effect.changed,
            removed=effect.removed,
            kept=effect.kept,
            held_before=self.under_way,
            came_in=-self.accepted,
            went_out=-sum(emitter.done for emitter in self.emitters),
            quarantined=-site.quarantine.count,
        )
        await self._start(fresh)
        replaced = [self.nodes[id] for id in [*effect.changed, *effect.removed]]
        await self._drain(replaced)
        self._swap(plan, {**{id: self.nodes[id] for id in effect.kept}, **fresh})
        for old in replaced:
            self._hand_over(old, fresh.get(old.id))
        if not hold_sources:
            for node in self.nodes.values():
                node.resume(held=self.held)
        await asyncio.gather(*(old.stop() for old in replaced))
        for old in replaced:
            if old.id not in plan.nodes or plan.nodes[old.id].kind.type != old.planned.kind.type:
                site.memories.drop(f"{self.name}/{old.id}/")
        report.came_in += self.accepted
        report.went_out += sum(emitter.done for emitter in self.emitters)
        report.held_after = self.under_way
        report.quarantined += site.quarantine.count
        report.seconds = site.clock.monotonic() - began
        self._retired = [emitter for emitter in self._retired if emitter.under_way]
        return report

    def _configs(self, plan: Plan) -> dict[str, dict[str, Any]]:
        """Every node's config with its references filled in."""
        configs = {}
        for id, planned in plan.nodes.items():
            try:
                configs[id] = self.site.resolve(planned.config, planned.kind)
            except (LookupError, ValueError, TypeError) as error:
                raise DeployFailed(id, reason_of(error)) from error
        return configs

    def _make(self, plan: Plan, configs: dict[str, dict[str, Any]], effect: DeployEffect) -> dict[str, RunningNode]:
        """New instances of what is new or changed, in the order of the plan."""
        fresh = {}
        kept = set(effect.kept)
        for id, planned in plan.nodes.items():
            try:
                if id not in kept:
                    fresh[id] = RunningNode(self, planned, configs[id])
            except Exception as error:
                raise DeployFailed(id, reason_of(error)) from error
        return fresh

    async def _start(self, fresh: dict[str, RunningNode]) -> None:
        started: list[RunningNode] = []
        for id, node in fresh.items():
            try:
                started.append(node)
                await node.start()
            except Exception as error:
                for one in reversed(started):
                    await one.stop()
                reason = reason_of(error)
                told = isinstance(reason, Text) or isinstance(error, (PermanentError, ValueError, LookupError))
                raise DeployFailed(id, reason if told else with_type(error)) from error

    async def _drain(self, replaced: list[RunningNode]) -> None:
        """Old sources stop bringing, then what they and the queues that go away still hold may finish, for a bounded time."""
        sources = [node for node in replaced if node.emitter is not None]
        queues = [node.queue for node in replaced if node.queue is not None]
        for node in sources:
            assert node.emitter is not None
            node.emitter.close()
        try:
            async with asyncio.timeout(DRAIN_S):
                for node in sources:
                    assert node.emitter is not None
                    await node.emitter.empty()
                while any(queue.depth and not queue.problem and not queue.stuck for queue in queues):
                    await asyncio.gather(*(queue.drained() for queue in queues))
        except TimeoutError:
            log.warning(
                "%s: the drain before the deploy took over %g s; what is left goes to the new nodes or to quarantine",
                self.name,
                DRAIN_S,
            )
        await asyncio.gather(*(node.pause() for node in sources))
        self._retired += [node.emitter for node in sources if node.emitter is not None]

    def _swap(self, plan: Plan, nodes: dict[str, RunningNode]) -> None:
        """From one turn of the loop to the next the new program is in charge; nothing runs in between."""
        counted = self._keep_counts()
        for id, node in nodes.items():
            if node is not self.nodes.get(id, node):
                node.received, node.sent, node.errors = counted[id]
        self.nodes = {id: nodes[id] for id in plan.nodes}
        for id, node in self.nodes.items():
            node.planned = plan.nodes[id]
        self.plan = plan
        self._route_failures(plan)
        self._compile()

    def _keep_counts(self) -> dict[str, tuple[int, dict[str, int], int]]:
        """The counts so far, kept in the nodes too: the next program counts from 0."""
        counted = self.counts()
        for id, (received, sent, _) in counted.items():
            node = self.nodes[id]
            node.received = received - (node.queue.received if node.queue is not None else 0)
            node.sent = dict(sent)
            if node.emitter is not None and node.planned.ports:
                node.sent[node.planned.ports[0]] -= node.emitter.accepted
        return counted

    def _route_failures(self, plan: Plan) -> None:
        self._listeners = {}
        for id, planned in plan.nodes.items():
            kind = getattr(planned.kind.cls, "listens", "")
            if kind:
                scope = frozenset(getattr(self.nodes[id].instance, "scope", ()))
                self._listeners.setdefault(kind, []).append((id, scope))
        catching = self._listeners.get("errors", [])
        self._failures = {}
        for id, planned in plan.nodes.items():
            wired = list(planned.wires.get(ERROR_PORT, ()))
            caught = [catch for catch, scope in catching if not scope or id in scope]
            last = [plan.on_error] if plan.on_error and plan.on_error != id else []
            self._failures[id] = wired or caught or last

    def _compile(self) -> None:
        plain: dict[str, ProgramNode] = {}
        seen: dict[str, ProgramNode] = {}
        for id, node in self.nodes.items():
            call, is_plain = self._program_call(node)
            ports, wires = node.planned.ports, node.planned.wires
            plain[id] = ProgramNode(id, call, is_plain, ports, wires, partial(self.fail, id))
            looked_at = self.observer.wrap(id, ports[0] if ports else "", call) if is_plain else call
            seen[id] = ProgramNode(id, looked_at, is_plain, ports, wires, partial(self.fail, id))
        with gc_paused():
            self._program = compile_program(plain)
            self._observed = compile_program(seen, longest_chain=1)
        self._select_program()

    def _program_call(self, node: RunningNode) -> tuple[Callable[[Message], Any], bool]:
        if node.set_aside:
            return _refuse_set_aside, True
        if node.queue is not None:
            return node.queue.put, False
        call = node.instance.process
        completes = [(id, scope) for id, scope in self._listeners.get("complete", ()) if not scope or node.id in scope]
        if not completes or node.id in {id for id, _ in self._listeners.get("complete", ())}:
            return call, True

        def complete(message: Message) -> Any:
            result = call(message)
            if result is None:
                self._notify_listeners("complete", node.id, message)
            return result

        return complete, True

    def _notify_listeners(self, kind: str, node: str, message: Message) -> None:
        for listener, scope in self._listeners.get(kind, ()):
            if listener != node and (not scope or node in scope):
                self.enter(listener, message.with_props(origin=node))

    def _select_program(self) -> None:
        """Points every source at the fast program, or at the observed one while something is tapped or traced."""
        if self._program is None or self._observed is None:
            return
        for id, node in self.nodes.items():
            if node.emitter is None:
                continue
            first = node.planned.ports[0]
            fast, seen = self._entry(self._program, id), self._entry(self._observed, id)

            def observed(
                message: Message, id: str = id, first: str = first, seen: Callable[[Message], None] = seen
            ) -> None:
                self.observer.entering(message)
                self.observer.passed(id, first, message, message, 0.0)
                seen(message)

            node.emitter.entry, node.emitter.observed = fast, observed
            node.emitter.observe_all = self.observer.all

    @staticmethod
    def _entry(program: Program, source: str) -> Callable[[Message], None]:
        targets = program.targets[source]
        if len(targets) == 1:
            return targets[0]

        def fan(message: Message) -> None:
            for target in targets:
                target(message)

        return fan

    def _hand_over(self, old: RunningNode, new: RunningNode | None) -> None:
        """What still waited in an old queue goes to the new node of that name, else to quarantine: the admin sees it."""
        if old.queue is None:
            return
        for message in old.queue.take_over():
            if new is not None:
                new.received -= 1  # it is counted as received already, by the node before
                self.enter(new.id, message)
            else:
                self.site.quarantine.put(self.name, old.id, message, Text("runtime.node-removed"))
            message.delivery.release()

    def _hung(self, node: RunningNode) -> None:
        node.hangs += 1
        if node.hangs >= HANGS_ALLOWED and not node.set_aside:
            node.set_aside = True
            log.error("%s/%s does not return: set aside, its messages go the way of errors", self.name, node.id)
            for program in (self._program, self._observed):
                if program is not None:
                    program.replace(node.id, _refuse_set_aside)


def _refuse_set_aside(message: Message) -> Any:
    raise PermanentError(Text("runtime.set-aside"))
