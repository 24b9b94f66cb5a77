"""All flows of one process with what they share: clock, node memory, quarantine, connections, services."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from engine.catalogue.node_types import Catalogue, NodeType
from engine.core.background_task import BackgroundTask, Supervisor
from engine.core.clock import Clock, SystemClock
from engine.core.message import EMPTY, message_ids
from engine.db.database import Database
from engine.db.reserved_tables import ReservedTables
from engine.flow.check.check import check_flow
from engine.flow.check.plan import Plan
from engine.flow.model import Flow
from engine.flow.problem import FlowError, Problem, errors_in
from engine.flow.references import References
from engine.ops.process_folder import Holder, unlocked
from engine.runtime.deploy_report import DeployFailed, DeployReport
from engine.runtime.flow_runner import FlowRun
from engine.runtime.quarantine import Quarantine
from engine.runtime.renames import is_disabled, running_renames
from engine.runtime.services.leases import NoLeases
from engine.runtime.services.links import Links
from engine.runtime.services.live_hubs import DebugHub, LiveHub
from engine.runtime.services.shared_connections import Connections
from engine.runtime.services.suspension import Suspension
from engine.runtime.services.targets import Targets
from engine.runtime.services.webhooks import WebhookRouter
from engine.runtime.state.journal import Journal, JournalStore
from engine.runtime.state.memory import Memories
from engine.runtime.state.spool.spool import Spool
from engine.runtime.state.spooled_memory import SpooledMemory
from engine.settings import Settings
from engine.texts.text import Readable, Text, reason_of

__all__ = ["Site"]

log = logging.getLogger("mcs.site")

_T = TypeVar("_T")

CHECK_EVERY_S = 0.5
SWEEP_EVERY_S = 60.0
RECENT_S = 60.0
CHECKED_AT_ONCE = 50


class Site:
    """Starts, deploys, watches and stops flows. Without stores (tests, simulations) everything is kept in memory."""

    def __init__(
        self,
        catalogue: Catalogue,
        clock: Clock | None = None,
        *,
        references: References | None = None,
        secrets: Mapping[str, str] | None = None,
        journal_store: JournalStore | None = None,
        quarantine: Quarantine | None = None,
        database: Database | None = None,
        settings: Settings | None = None,
        spool: Spool | None = None,
        supervisor: Supervisor | None = None,
        holder: Holder | None = None,
    ) -> None:
        self.catalogue = catalogue
        self.clock: Clock = clock or SystemClock()
        self.supervisor = supervisor if supervisor is not None else Supervisor(self.clock)
        self.spool = spool if spool is not None else Spool(None, self.clock, self.supervisor)
        if spool is not None and journal_store is not None:
            journal_store = SpooledMemory(journal_store, self.spool)
        self.references = references or References()
        # Not `or`: a store that holds no secret yet is as false as none, and is to be asked once it does.
        self.secrets: Mapping[str, str] = {} if secrets is None else secrets
        self.journal = Journal(journal_store, self.supervisor)
        self.memories = Memories(self.clock, self.journal)
        self.connections = Connections()
        self.quarantine = quarantine or Quarantine()
        self.live = LiveHub()
        self.debug = DebugHub()
        self.suspension = Suspension(self._change_sources)
        self.flows: dict[str, FlowRun] = {}
        self.problems: dict[str, list[Problem]] = {}
        self.refused: dict[str, Readable] = {}
        self._journal_store = journal_store
        self._services: dict[type[Any], Any] = {}
        self._ticker = BackgroundTask("site ticker", self._tick, self.supervisor)
        self._ids = message_ids()
        self.message_id = self._ids.__next__
        for service in (
            self.live,
            self.debug,
            self.suspension,
            self.supervisor,
            self.spool,
            ReservedTables(name for pack in catalogue.packs.values() for name in pack.reserved_tables),
            Links(),
            WebhookRouter(),
            NoLeases(),
            settings or Settings(),
            Targets(settings or Settings()),
            holder or unlocked(),
        ):
            self.provide(service)
        self.provide(self.quarantine, Quarantine)
        if database is not None:
            self.provide(database)

    def provide(self, service: Any, kind: type[Any] | None = None) -> None:
        """Makes a service available to nodes under its class."""
        self._services[kind or type(service)] = service

    def service(self, kind: type[_T]) -> _T:
        try:
            return self._services[kind]  # type: ignore[no-any-return]
        except KeyError:
            pack = kind.__module__.partition(".")[0]
            raise LookupError(Text("runtime.no-service", service=kind.__name__, pack=pack)) from None

    def secret(self, name: str) -> str:
        try:
            return self.secrets[name]
        except KeyError:
            raise KeyError(Text("flow.secret-missing", name=name)) from None

    def resolve(self, config: dict[str, Any], kind: NodeType) -> dict[str, Any]:
        """A node's config with its references filled in, secrets too."""
        return self.references.resolve(config, kind.schema, self.secrets)

    @property
    def messages_begun(self) -> str:
        """How far message ids have come, without taking one; for any thread."""
        return repr(self._ids)

    async def start(self) -> None:
        """Takes node memory back from its store (waiting for it as long as it takes) and starts the quarantine."""
        if self._journal_store is not None:
            await self._journal_store.start()
            self.memories.take(await self._journal_store.load())
        self.quarantine.start()
        self._ticker.start()

    async def stop(self, grace_s: float = 5.0) -> None:
        """Ends all flows, each with up to `grace_s` for what is under way."""
        await self._ticker.stop()
        await asyncio.gather(*(run.stop(grace_s) for run in self.flows.values()))
        self.flows.clear()
        await self.quarantine.stop()
        await self.journal.close()
        await self.spool.stop()

    def check(self, flow: Flow) -> tuple[Plan | None, list[Problem]]:
        """What a deploy of this flow would have to say."""
        return check_flow(flow, self.catalogue, self.references)

    async def deploy(
        self,
        flow: Flow,
        *,
        read_problems: Sequence[Problem] = (),
        renames: Mapping[str, str] = EMPTY,
        hold_sources: bool = False,
    ) -> DeployReport:
        """Starts a flow or goes over to its new version. `read_problems` are those that reading its file has found already; `renames` are the
        nodes that have another id now ({address before: new id}, see `running_renames`); of those that are not told of the content tells.

        Raises FlowError with every problem when it does not pass the checks, DeployFailed when a node refuses to start; a version that
        runs goes on either way. A disabled flow is stopped.
        """
        # A large flow is checked off the loop: that takes longer than a message may wait.
        small = len(flow.nodes) <= CHECKED_AT_ONCE
        plan, problems = self.check(flow) if small else await asyncio.to_thread(self.check, flow)
        problems = [*read_problems, *problems]
        self.problems[flow.flow] = problems
        if plan is None or errors_in(problems):
            raise FlowError(problems)
        run = self.flows.get(flow.flow)
        if flow.disabled:
            return await self._disable(flow, run)
        fresh = run is None
        run = run or FlowRun(flow.flow, self)
        try:
            report = await run.deploy(
                plan,
                renames=running_renames(flow, plan.nodes, renames),
                disabled=lambda id: is_disabled(flow, id),
                hold_sources=hold_sources,
            )
        except DeployFailed as failed:
            self.refused[flow.flow] = reason_of(failed)
            raise
        self.refused.pop(flow.flow, None)
        self.memories.close_all()
        if fresh:
            self.flows[flow.flow] = run
        return report

    async def remove(self, name: str) -> None:
        """Stops a flow for good; what its nodes hold goes to quarantine. One that does not run leaves its memory for a flow of its name."""
        run = self.flows.pop(name, None)
        if run is not None:
            await run.remove()
            self.memories.close_all()
        self.problems.pop(name, None)
        self.refused.pop(name, None)

    async def hand_over(self, name: str) -> None:
        """Stops a flow that another process runs; what its nodes have stored stays for that one."""
        run = self.flows.pop(name, None)
        if run is not None:
            await run.stop()
        self.memories.forget(f"{name}/")
        self.problems.pop(name, None)

    async def take_over(self, name: str) -> None:
        """Before a flow is started that another process has run: reads what its nodes have stored since."""
        if self._journal_store is not None:
            loaded = await self._journal_store.load()
            self.memories.forget(f"{name}/")
            self.memories.take([change for change in loaded if change[0].startswith(f"{name}/")])

    def health(self) -> dict[str, Any]:
        """{"status", "flows": {name: {"status", "under_way", "nodes": {id: problem}}}, "quarantined", "memory"}; only troubled nodes are
        listed. "held" says why sources bring nothing, when they are held."""
        flows: dict[str, Any] = {}
        for name, run in self.flows.items():
            nodes = self._problem_nodes(run)
            flows[name] = {"status": "degraded" if nodes else "ok", "under_way": run.under_way, "nodes": nodes}
        for name, problems in self.problems.items():
            if errors_in(problems) and name not in self.flows:
                flows[name] = {
                    "status": "stopped",
                    "under_way": 0,
                    "nodes": {},
                    "problems": [problem.on_one_line for problem in errors_in(problems)],
                }
        for name, reason in self.refused.items():
            flows.setdefault(name, {"status": "stopped", "under_way": 0, "nodes": {}})["refused"] = reason
        bad = self.journal.problem or self.quarantine.problem or any(flow["status"] != "ok" for flow in flows.values())
        return {
            "status": "degraded" if bad else "ok",
            "flows": flows,
            "quarantined": self.quarantine.count,
            "memory": self.journal.problem or "ok",
            **({"held": self.suspension.held} if self.suspension.held else {}),
        }

    def _problem_nodes(self, run: FlowRun) -> dict[str, Readable]:
        now = self.clock.monotonic()
        nodes: dict[str, Readable] = {}
        for id, node in run.nodes.items():
            queue = node.queue
            if node.problem:
                nodes[id] = node.problem
            elif queue is not None and (queue.stuck or queue.problem):
                nodes[id] = queue.problem or Text("runtime.hangs", node=id)
            elif node.context.status_level == "error":
                nodes[id] = str(node.context.status_text)
            elif node.errors and now - node.last_error_at < RECENT_S and node.last_error:
                nodes[id] = Text("runtime.errors", count=node.errors, last=node.last_error)
        return nodes

    async def _change_sources(self) -> None:
        await asyncio.gather(*(run.follow_suspension() for run in self.flows.values()))

    async def _disable(self, flow: Flow, run: FlowRun | None) -> DeployReport:
        removed: list[str] = []
        if run is not None:
            removed = list(run.nodes)
            await run.stop()
            self.memories.close_all()
            del self.flows[flow.flow]
        return DeployReport(flow=flow.flow, added=[], changed=[], removed=removed, kept=[])

    async def _tick(self) -> None:
        since_sweep = 0.0
        while True:
            await asyncio.sleep(CHECK_EVERY_S)
            for run in self.flows.values():
                for node in run.nodes.values():
                    if node.queue is not None:
                        node.queue.check()
            since_sweep += CHECK_EVERY_S
            if since_sweep >= SWEEP_EVERY_S:
                since_sweep = 0.0
                self.memories.forget_ended()
