"""One node of a running flow: the instance, its queue when it is asynchronous, its emitter when it is a source, and its figures."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from msgspec.structs import asdict

from engine.core.background_task import BackgroundTask, describe_error
from engine.core.clock import Clock
from engine.core.failure import PermanentError
from engine.core.foreign_code import NodeHangs, await_foreign, call_foreign
from engine.core.message import Message
from engine.core.node import DEFAULT_PORT, Event, Listener, Node
from engine.core.rate_limit import RateLimit
from engine.flow.changes.diff import same_value
from engine.flow.check.plan import PlannedNode
from engine.flow.references import revealed
from engine.runtime.flow_site import FlowSite
from engine.runtime.node_queue import NodeQueue
from engine.runtime.observer import FlowObserver
from engine.runtime.source_emitter import SourceEmitter
from engine.runtime.state.memory import KeyedMemory
from engine.texts.text import Readable, Text, reason_of

__all__ = ["NodeContext", "OwnFlow", "RunningNode", "is_async", "with_type"]

_T = TypeVar("_T")

REPORT_EVERY_S = 10.0
START_LIMIT_S = 30.0
LEAVE_LIMIT_S = 30.0
HANGS_ALLOWED = 2


def is_async(node: Node) -> bool:
    """Whether the node needs a queue: `async def process`, or `process_batch`."""
    return has_batch(node) or inspect.iscoroutinefunction(type(node).process)


def has_batch(node: Node) -> bool:
    """Whether the node takes many messages at once."""
    return hasattr(type(node), "process_batch")


def with_type(error: BaseException) -> Readable:
    """What somebody's own code has raised, with the name of the exception."""
    return Text("runtime.error", type=type(error).__name__, reason=reason_of(error) or type(error).__name__)


class OwnFlow(Protocol):
    """What a running node needs from the flow that it is in."""

    name: str
    site: FlowSite
    window: int
    observer: FlowObserver

    @property
    def nodes(self) -> Mapping[str, RunningNode]: ...

    def emit(self, node: str, message: Message, port: str) -> None: ...

    def fail(self, node: str, message: Message, error: BaseException) -> None: ...

    def refuse(self, node: str, message: Message, reason: Readable, port: str) -> None: ...

    def after(self, node: str, message: Message, result: Any) -> None: ...

    def after_batch(self, node: str, messages: Sequence[Message], results: Sequence[Any]) -> None: ...

    def status_changed(self, node: str, text: Readable, level: str) -> None: ...


class NodeContext:
    """The engine's side of one node; see `engine.core.context.Context`."""

    def __init__(self, run: OwnFlow, node: str, before: str = "") -> None:
        self.flow = run.name
        self.node = node
        self.before = before or node
        """The id that its state is kept under: until a deploy that renames it is through, the one that it had."""
        self.clock: Clock = run.site.clock
        self.log = logging.LoggerAdapter(logging.getLogger("mcs.node"), {"flow": run.name, "node": node})
        self.status_text: Readable = ""
        self.status_level = "ok"
        self.dropped = 0
        self.shared_keys: list[str] = []
        self._run = run

    def state(self, name: str, type: Any = Any) -> KeyedMemory:
        return self._run.site.memories.open(f"{self.flow}/{self.before}/{name}", type)

    def shared_state(self, name: str, type: Any = Any) -> KeyedMemory:
        return self._run.site.memories.open(name, type)

    def emit(self, message: Message, port: str = DEFAULT_PORT) -> None:
        self._run.emit(self.node, message, port)

    def fail(self, message: Message, error: Exception) -> None:
        self._run.fail(self.node, message, error)

    def wired(self, port: str) -> bool:
        running = self._run.nodes.get(self.node)
        return running is not None and bool(running.planned.wires.get(port))

    def drop(self, count: int = 1) -> None:
        self.dropped += count

    def status(self, text: Readable, level: str = "ok") -> None:
        if (text, level) != (self.status_text, self.status_level):
            self.status_text, self.status_level = text, level
            self._run.status_changed(self.node, text, level)

    def secret(self, name: str) -> str:
        return self._run.site.secret(name)

    def service(self, kind: type[_T]) -> _T:
        return self._run.site.service(kind)

    async def shared(self, key: str, make: Callable[[], Awaitable[_T]], close: Callable[[_T], Awaitable[None]]) -> _T:
        self.shared_keys.append(key)
        return await self._run.site.connections.take(key, make, close)


class RunningNode:
    """A node with everything that stays with it across deploys."""

    def __init__(self, run: OwnFlow, planned: PlannedNode, config: dict[str, Any], before: str = "") -> None:
        """`before` is the id of the node whose place it takes, "" for its own."""
        self.planned = planned
        self.config = config
        self.instance = planned.kind.make(revealed(config))
        self.context = NodeContext(run, planned.id, before)
        self.emitter: SourceEmitter | None = None
        self.queue: NodeQueue | None = None
        self.task: BackgroundTask | None = None
        self.errors = 0
        self.last_error: Readable = ""
        self.last_error_at = 0.0  # monotonic
        self.set_aside = False
        self._run = run
        self._hangs = 0
        self._problem: Readable = ""
        self._resumed = False
        self._reports = RateLimit(1, REPORT_EVERY_S, run.site.clock)
        if planned.kind.is_source:
            self.emitter = SourceEmitter(
                clock=run.site.clock,
                journal=run.site.journal,
                next_id=run.site.message_id,
                window=run.window,
                observer=run.observer,
                acknowledge=self._acknowledge,
                refused=lambda message, reason, port: run.refuse(planned.id, message, reason, port),
            )
            self.task = BackgroundTask(
                Text("runtime.task-source", flow=run.name, node=planned.id),
                self._bring,
                run.site.supervisor,
                log=self.context.log,
            )
        elif is_async(self.instance):
            self.queue = NodeQueue(
                name=f"{run.name}/{planned.id}",
                call=self.call,
                batch=self.instance.max_batch if has_batch(self.instance) else 1,
                timeout_s=self.instance.timeout_s,
                supervisor=run.site.supervisor,
                after=lambda message, result: run.after(planned.id, message, result),
                fail=lambda message, error: run.fail(planned.id, message, error),
                linger_s=self.instance.linger_s,
                after_batch=lambda messages, results: run.after_batch(planned.id, messages, results),
            )

    @property
    def id(self) -> str:
        return self.planned.id

    @property
    def problem(self) -> Readable:
        """Why it does not work as it should, "" while it does."""
        if self.set_aside:
            return Text("runtime.set-aside")
        if self.task is not None and not self.task.running and self.task.problem:
            return self.task.problem
        return self._problem

    @property
    def call(self) -> Callable[[Any], Any]:
        """What the engine calls with a message (or, for a batch node, with a list)."""
        if has_batch(self.instance):
            return self.instance.process_batch  # type: ignore[attr-defined, no-any-return]
        return self.instance.process

    def same_as(self, planned: PlannedNode, config: dict[str, Any]) -> bool:
        """Whether a deploy may keep this node as it runs: same class, same config, same output ports."""
        return planned.kind.cls is self.planned.kind.cls and same_value(config, self.config) and not self.set_aside

    @property
    def listening(self) -> tuple[Event, frozenset[str]] | None:
        """What it hears of other nodes, and of which (all when empty); None when it is no listener."""
        event = self.planned.kind.about.listens
        if event is None:
            return None
        # What listens without being a Listener is of an older version; its class was warned of.
        scope = self.instance.scope if isinstance(self.instance, Listener) else asdict(self.instance).get("scope", ())
        return event, frozenset(scope)

    def note_error(self, error: BaseException) -> None:
        """Counts and shows a failure, and logs it: the first one with its traceback, then at most one in ten seconds, or a node that always
        fails fills the disk."""
        self.errors += 1
        self.last_error = reason_of(error) if isinstance(error, PermanentError) else with_type(error)
        self.last_error_at = self._run.site.clock.monotonic()
        if isinstance(error, (PermanentError, NodeHangs)):
            return
        if self._reports.passes():
            exception = error if self.errors == 1 else None
            self.context.log.warning("%s (error %d)", self.last_error, self.errors, exc_info=exception)

    def hung(self) -> bool:
        """A plain node did not return and was interrupted. True when it is set aside for it: it has done so before."""
        self._hangs += 1
        if self._hangs < HANGS_ALLOWED or self.set_aside:
            return False
        self.set_aside = True
        self.context.log.error("does not return: set aside, its messages go the way of errors")
        return True

    async def start(self) -> None:
        """Starts the instance. Whatever it raises refuses the deploy, and so does a start that never ends."""
        self.instance.ctx = self.context  # type: ignore[attr-defined]
        try:
            async with asyncio.timeout(START_LIMIT_S):
                await await_foreign(self.instance.start, self.context)
        except TimeoutError as late:
            raise PermanentError(Text("runtime.did-not-start", seconds=START_LIMIT_S)) from late

    def resume(self, *, held: Readable = "") -> None:
        """Begins to feed it: its queue's task, or its own when it is a source that is not `held`."""
        if not self._resumed:
            self._resumed = True
            try:
                call_foreign(self.instance.resume)
            except Exception as error:  # the deploy is past the point where it could be refused
                self._problem = describe_error(error)
                self.context.log.exception("failed to take over what the state holds")
        if self.queue is not None:
            self.queue.start()
        if self.emitter is not None and held:
            self.context.status(held, "warning")
        elif self.task is not None and not self.task.running:
            if self.context.status_level == "warning":
                self.context.status("")
            self.task.start()

    async def leave(self) -> None:
        """Of a source that is gone: it brings what waits for it outside, and gives that up."""
        try:
            async with asyncio.timeout(LEAVE_LIMIT_S):
                await await_foreign(self.instance.leave, self.emitter)  # type: ignore[attr-defined]  # only a Source has an emitter
        except Exception:
            self.context.log.exception("could not give up what collects messages for it")

    async def pause(self) -> None:
        """Stops a source from bringing more. What it has brought goes on."""
        if self.task is not None:
            await self.task.stop()

    async def stop(self, timeout_s: float = 5.0) -> None:
        """Ends it; a node that does not stop in time is left behind, with a warning that names it."""
        await self.pause()
        if self.queue is not None:
            await self.queue.stop()
        try:
            async with asyncio.timeout(timeout_s):
                await await_foreign(self.instance.stop)
        except TimeoutError:
            self.context.log.warning("did not stop within %g s; left behind", timeout_s)
        except Exception:  # a node that fails to stop must not keep the others from stopping
            self.context.log.exception("failed to stop")
        for key in self.context.shared_keys:
            try:
                await await_foreign(self._run.site.connections.leave, key)
            except Exception:
                self.context.log.exception("failed to close what it shares with others")
        self.context.shared_keys.clear()

    def _acknowledge(self, tokens: list[Any]) -> None:
        try:
            call_foreign(self.instance.settled, tokens)  # type: ignore[attr-defined]  # only a Source has an emitter
        except Exception as error:  # noqa: BLE001 - what is not acknowledged comes again
            self.note_error(error)

    async def _bring(self) -> None:
        """One run of a source, which lasts until it is cancelled."""
        try:
            await await_foreign(self.instance.run, self.emitter)  # type: ignore[attr-defined]
            self.context.status(Text("runtime.source-returned"), "error")
        except Exception as error:
            self.context.status(describe_error(error), "error")
            raise
