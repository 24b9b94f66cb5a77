"""The harness that tests our nodes and yours: one node or a whole flow, from its YAML config, on a clock that the test moves."""

from __future__ import annotations

import builtins
import functools
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import networkx as nx
import yaml

from engine.catalogue.node_file import load_here
from engine.catalogue.node_types import Catalogue, NodeType
from engine.core.clock import ManualClock, settle
from engine.core.message import EMPTY, UNSET, Message
from engine.core.node import ERROR_PORT, Example, Node, node
from engine.core.paths import plain
from engine.flow.check.plan import Plan, PlannedNode
from engine.flow.problem import FlowError, errors_in
from engine.flow.yaml.read import read_flow
from engine.pack import Pack, discover_packs
from engine.runtime.flow_runner import FlowRun
from engine.runtime.site import Site

__all__ = ["FlowHarness", "NodeHarness", "Output", "check_example", "load_node", "run_node"]

OWN_FIELDS = ("payload", "topic", "key", "time")


class Output(msgspec.Struct):
    """What left a port: `at` in seconds since the harness started."""

    port: str
    at: float
    message: Message

    @property
    def payload(self) -> Any:
        return self.message.payload


@node(category="testing", type="collector")
class _Collector(Node):
    """Keeps what it is given, for the harness."""

    outputs = ()

    def start(self, ctx: Any) -> None:
        self.clock = ctx.clock
        self.began = ctx.clock.now()
        self.port = ctx.node.partition(" ")[2]
        self.kept: list[Output] = []

    def process(self, msg: Message) -> None:
        self.kept.append(Output(self.port, self.clock.now() - self.began, msg))


class NodeHarness:
    """One node in a flow of its own, as `async with NodeHarness(Deadband, {"band": 0.5}) as bench`.

    `type` is a node class, or a type name of `nodes`/`catalogue`; `config` a mapping or YAML text. What leaves any port, the error port
    too, is in `outputs` in order. `services` are what `ctx.service(...)` finds, by class.
    """

    def __init__(
        self,
        type: str | type[Node],
        config: Mapping[str, Any] | str | None = None,
        *,
        catalogue: Catalogue | None = None,
        clock: ManualClock | None = None,
        services: Iterable[Any] = (),
        secrets: Mapping[str, str] | None = None,
        site: Site | None = None,
    ) -> None:
        self.clock = clock or ManualClock()
        # What a node says stands in the catalogues of the packs.
        packs = _packs()
        kind = NodeType(type) if not isinstance(type, str) else (catalogue or Catalogue(packs)).types[type]
        self.kind = kind
        parsed = yaml.safe_load(config) if isinstance(config, str) else config
        self.config = dict(parsed or {})
        self.site = site or Site(Catalogue(), self.clock, secrets=secrets)
        for service in services:
            self.site.provide(service)
        self.run = FlowRun("test", self.site)
        self._began = self.clock.now()
        self._collectors: list[_Collector] = []

    async def __aenter__(self) -> NodeHarness:
        await self.run.deploy(self._plan(), hold_sources=not self.kind.is_source)
        self._collectors = [
            running.instance for running in self.run.nodes.values() if isinstance(running.instance, _Collector)
        ]
        for running in self.run.nodes.values():
            running.resume()
        await settle()
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self.run.stop(grace_s=0.2)

    @property
    def node(self) -> Node:
        """The instance under test."""
        return self.run.nodes["node"].instance

    @property
    def outputs(self) -> list[Output]:
        """Everything that has left so far, by time."""
        return sorted(
            (output for collector in self._collectors for output in collector.kept), key=lambda output: output.at
        )

    @property
    def errors(self) -> list[str]:
        """Reasons of what left by the error port."""
        return [output.message.props["error"]["reason"] for output in self.outputs if output.port == ERROR_PORT]

    def sent(self, port: str | None = None) -> list[Any]:
        """Payloads that left a port (default: the first)."""
        wanted = port or self.run.nodes["node"].planned.ports[0]
        return [output.payload for output in self.outputs if output.port == wanted]

    async def give(self, *given: Any) -> None:
        """Feeds messages (payloads, dicts of message fields, or Messages) one after the other; a dict's `at` moves the clock first."""
        for one in given:
            if isinstance(one, dict) and "at" in one:
                await self.clock.advance_to(self._began + one["at"])
            message = self.message(one)
            self.run.enter("node", message)
            message.delivery.release()
            await settle(3)
        await settle()

    async def advance(self, seconds: float) -> None:
        """Moves the clock."""
        await self.clock.advance(seconds)

    def message(self, given: Any) -> Message:
        """A Message of any form `give` takes."""
        fields = _fields(given)
        own = {name: fields.pop(name) for name in OWN_FIELDS if name in fields}
        own.setdefault("time", self.clock.now())
        return Message(**own, id=self.site.message_id(), props=fields, delivery=self.run.own.adopt())

    def _plan(self) -> Plan:
        made = self.kind.make(self.config)
        ports = [port.name for port in made.output_ports()]
        collector = NodeType(_Collector)
        nodes = {
            "node": PlannedNode(
                id="node",
                kind=self.kind,
                config=self.config,
                ports=tuple(ports),
                wires={port: (f"to {port}",) for port in [*ports, ERROR_PORT]},
            )
        }
        for port in [*ports, ERROR_PORT]:
            nodes[f"to {port}"] = PlannedNode(id=f"to {port}", kind=collector, config={}, ports=(), wires={})
        return Plan(flow="test", nodes=nodes, on_error=None, graph=nx.MultiDiGraph())


async def run_node(
    type: str | type[Node],
    config: Mapping[str, Any] | str | None,
    given: Sequence[Any],
    *,
    until_s: float = 0.0,
    **options: Any,
) -> list[Output]:
    """Gives a node these messages, moves the clock to `until_s` after the start, and returns everything that left it."""
    async with NodeHarness(type, config, **options) as bench:
        await bench.give(*given)
        await bench.clock.advance_to(bench._began + until_s)
        return bench.outputs


async def check_example(kind: NodeType, example: Example, **options: Any) -> None:
    """Runs a documented example; AssertionError shows what left instead."""
    async with NodeHarness(kind.cls, example.config, **options) as bench:
        await bench.give(*example.given)
        ports = bench.run.nodes["node"].planned.ports
        expected = (
            example.expect if isinstance(example.expect, dict) else {ports[0] if ports else ERROR_PORT: example.expect}
        )
        last = max(
            (one["at"] for part in expected.values() for one in part if isinstance(one, dict) and "at" in one),
            default=0.0,
        )
        await bench.clock.advance_to(bench._began + last)
        got: dict[str, list[Output]] = {}
        for output in bench.outputs:
            got.setdefault(output.port, []).append(output)
        problem = _difference(expected, got)
        assert not problem, f"{kind.type}, example “{example.title}”: {problem}"


def load_node(test_file: str, type: str) -> builtins.type[Node]:
    """The node class of that type from the file beside a test: `test_gas_index.py` → `gas_index.py`. AssertionError shows why not."""
    catalogue = Catalogue()
    test = Path(test_file)
    catalogue.take(load_here(test.with_name(test.name.removeprefix("test_"))))
    assert not catalogue.broken, next(iter(catalogue.broken.values())).traceback
    return catalogue.types[type].cls


class FlowHarness:
    """A whole flow from its YAML text on the manual clock: sources do not run, messages are given to nodes by id."""

    def __init__(
        self,
        text: str,
        *,
        catalogue: Catalogue | None = None,
        clock: ManualClock | None = None,
        services: Iterable[Any] = (),
    ) -> None:
        self.clock = clock or ManualClock()
        self.site = Site(catalogue or Catalogue(_packs()), self.clock)
        for service in services:
            self.site.provide(service)
        self.text = text

    async def __aenter__(self) -> FlowHarness:
        self.run = await self.deploy(self.text)
        return self

    async def deploy(self, text: str, renames: Mapping[str, str] = EMPTY) -> FlowRun:
        """Goes over to another version; `renames` as for `Site.deploy`. FlowError with all problems."""
        flow, problems = read_flow(text)
        if flow is None or errors_in(problems):
            raise FlowError(problems)
        self.report = await self.site.deploy(flow, renames=renames, hold_sources=True)
        run = self.site.flows[flow.flow]
        for running in run.nodes.values():
            if running.emitter is None:
                running.resume()
        return run

    async def give(self, node: str, *given: Any) -> None:
        """Feeds messages into a node as if a wire had brought them; a source puts them out instead."""
        for one in given:
            fields = _fields(one)
            own = {name: fields.pop(name) for name in OWN_FIELDS if name in fields}
            own.setdefault("time", self.clock.now())
            emitter = self.run.nodes[node].emitter
            if emitter is not None:
                emitter.push(own.pop("payload", UNSET), own.pop("topic", ""), props=fields, **own)
            else:
                delivery = self.run.own.adopt()
                self.run.enter(node, Message(**own, id=self.site.message_id(), props=fields, delivery=delivery))
                delivery.release()
        await settle()

    async def __aexit__(self, *failure: object) -> None:
        await self.site.stop(grace_s=0.2)


def _fields(given: Any) -> dict[str, Any]:
    if isinstance(given, Message):
        own = {name: getattr(given, name) for name in OWN_FIELDS}
        return {**own, **given.props}
    if isinstance(given, dict) and given.keys() & {"payload", "topic", "at", "props"}:
        return {name: value for name, value in given.items() if name not in ("at", "props")} | dict(
            given.get("props", {})
        )
    return {"payload": given}


def _difference(expected: Mapping[str, list[Any]], got: Mapping[str, list[Output]]) -> str:
    for port in {*expected, *got}:
        wanted, came = expected.get(port, []), got.get(port, [])
        shown = [plain(output.payload) for output in came]
        if len(wanted) != len(came):
            return f"port {port} was to send {len(wanted)} messages and sent {len(came)}: {shown}"
        for one, output in zip(wanted, came, strict=True):
            problem = _mismatch(one, output)
            if problem:
                return f"port {port}: {problem}; it sent {shown}"
    return ""


def _mismatch(wanted: Any, output: Output) -> str:
    fields = (
        dict(wanted) if isinstance(wanted, dict) and wanted.keys() & {"payload", "topic", "at"} else {"payload": wanted}
    )
    for name, value in fields.items():
        if name == "at":
            if abs(output.at - value) > 1e-6:
                return f"expected at {value} s, came at {output.at:g} s"
            continue
        came = getattr(output.message, name) if name in OWN_FIELDS else output.message.props.get(name, UNSET)
        if came is UNSET or not _matches(value, plain(came)):
            return f"expected {name} {value!r}, got {came if came is UNSET else plain(came)!r}"
    return ""


def _matches(wanted: Any, came: Any) -> bool:
    """Dicts match on the keys they name; numbers to nine digits; True is not 1."""
    if isinstance(wanted, dict):
        return isinstance(came, dict) and all(
            key in came and _matches(value, came[key]) for key, value in wanted.items()
        )
    if isinstance(wanted, list):
        return (
            isinstance(came, list)
            and len(wanted) == len(came)
            and all(_matches(one, other) for one, other in zip(wanted, came, strict=True))
        )
    if isinstance(wanted, bool) or isinstance(came, bool):
        return wanted is came
    if isinstance(wanted, float) and isinstance(came, (int, float)):
        return abs(wanted - came) <= 1e-9 * max(1.0, abs(wanted))
    return bool(wanted == came)


@functools.cache
def _packs() -> list[Pack]:
    return discover_packs()
