"""Plays one case: the whole flow on a virtual clock, sources fed by the case, side effects captured."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar

import msgspec
from msgspec import UNSET

from engine.catalogue.node_types import Catalogue, NodeType
from engine.core.clock import ManualClock, settle
from engine.core.context import Context
from engine.core.failure import PermanentError
from engine.core.message import EMPTY, Message
from engine.core.node import ERROR_PORT, Node, node
from engine.core.paths import plain
from engine.flow.check.expand import LINK_OUT, links_out
from engine.flow.check.plan import Plan, PlannedNode
from engine.flow.model import Flow
from engine.flow.problem import FlowError, errors_in
from engine.flow.references import References
from engine.runtime.deploy_report import DeployFailed
from engine.runtime.flow_runner import FlowRun
from engine.runtime.quarantine import Quarantine
from engine.runtime.site import Site
from engine.testing.flow_tests.cases import Answer, Case, Expected, FlowTests
from engine.testing.flow_tests.samples import expected_payload, typed_payload, typed_props
from engine.texts.text import Readable, ReadableField, Text, in_full, reason_of

__all__ = ["CaseResult", "Sent", "play_case"]

QUARANTINE = "quarantine"
"""A node of that name, or in a flow without one the place where messages go that nobody takes."""


@node(category="testing", type="captured")
class _Captured(Node):
    """Stands in for a node with side effects: takes its messages, touches nothing outside, and sends what the case says that it answers.

    Without an answer, one that passes its messages on unchanged (a write to a database) does so by `passes`, and any other sends nothing.
    """

    outputs = ()
    answers: list[Answer] = msgspec.field(default_factory=list)
    first: str = ""
    passes: str = ""

    types: ClassVar[dict[str, Any]] = {}

    def start(self, ctx: Context) -> None:
        self.count = 0

    def process(self, msg: Message) -> Any:
        if not self.answers:
            return {self.passes: msg} if self.passes else None
        answer = self.answers[min(self.count, len(self.answers) - 1)]
        self.count += 1
        if answer.port == ERROR_PORT:
            raise PermanentError(Text("flow-test.refused") if answer.payload is UNSET else str(answer.payload))
        port = answer.port or self.first
        changes = {} if answer.payload is UNSET else {"payload": self._typed(answer.payload, port)}
        if answer.topic is not UNSET:
            changes["topic"] = answer.topic
        return {port: msg.replace(**changes).with_props(**answer.props)}

    def _typed(self, payload: Any, port: str) -> Any:
        """As the Struct that the real node sends. msgspec.ValidationError when it is none: then the case is wrong."""
        wanted = self.types.get(port, Any)
        return payload if wanted is Any else msgspec.convert(payload, wanted)


class Sent(msgspec.Struct):
    """A message that left a port, or reached a captured node; `at` in seconds from the start of the case."""

    at: float
    topic: str
    payload: Any
    props: dict[str, Any]


class CaseResult(msgspec.Struct):
    """How a case went. `differences` is empty when it passed; `sent` is all that was seen, by `node.port`."""

    name: str
    differences: list[ReadableField]
    sent: dict[str, list[Sent]]
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        return not self.differences


async def play_case(
    flow: Flow,
    tests: FlowTests,
    case: Case,
    catalogue: Catalogue,
    references: References,
    own: Iterable[object] = (),
) -> CaseResult:
    """Plays it. FlowError when the flow itself has problems. `own` are services that go before those the packs have for tests."""
    clock = ManualClock(tests.start)
    sent: dict[str, list[Sent]] = {}
    keep = _keeper(clock, tests.start, sent)
    site = Site(
        catalogue,
        clock,
        references=references,
        secrets=_TestSecrets(tests.secrets),
        quarantine=_SeenQuarantine(keep(QUARANTINE) if QUARANTINE not in flow.nodes else lambda message: None),
    )
    for pack in catalogue.packs.values():
        for service in pack.testing({**tests.site, **case.site}) if pack.testing is not None else ():
            site.provide(service)
    for service in own:
        site.provide(service)
    plan, problems = site.check(flow)
    if plan is None or errors_in(problems):
        raise FlowError(problems)
    run = FlowRun(flow.flow, site)
    site.flows[flow.flow] = run
    try:
        played = _capturing(plan, tests.run, case)
        await run.deploy(played, hold_sources=True)
        for running in run.nodes.values():
            if isinstance(running.instance, _Captured):
                running.instance.__dict__["types"] = {
                    port.name: port.payload for port in plan.nodes[running.id].kind.outputs
                }
        _listen(run, keep)
        for running in run.nodes.values():
            if running.emitter is None:
                running.resume()
        await _feed(run, clock, tests.start, _typed(case, plan, catalogue))
        reached = sorted(id for id, (received, _, _) in run.counts().items() if received or sent.get(id))
        differences = [*_compare(case, played, sent), *_unexpected_quarantine(site, played, case)]
    except DeployFailed as failed:
        differences, reached = [Text("flow-test.does-not-start", reason=reason_of(failed))], []
    finally:
        await site.stop(grace_s=0.1)
    return CaseResult(case.name, differences, {**sent, **{id: sent.get(id, []) for id in reached}})


class _TestSecrets(Mapping[str, str]):
    """In a test every secret has a value, and it is no secret."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given

    def __getitem__(self, name: str) -> str:
        return self._given.get(name, f"test-{name}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)


def _acts_outside(flow: str, planned: PlannedNode) -> bool:
    """A link to other flows does, too: they are not played."""
    if planned.kind.is_source:
        return False
    links = [name for name, _ in links_out(flow, planned.config)] if planned.kind.type in LINK_OUT else []
    return planned.kind.about.side_effect or (bool(links) and not any(name.startswith(f"{flow}/") for name in links))


def _capturing(plan: Plan, really_run: Iterable[str], case: Case) -> Plan:
    captured = NodeType(_Captured)
    nodes = {
        id: _stand_in(captured, planned, case.answers.get(id, []))
        if _acts_outside(plan.flow, planned) and id not in really_run
        else planned
        for id, planned in plan.nodes.items()
    }
    for id in case.answers:
        if id not in nodes or nodes[id].kind is not captured:
            raise DeployFailed(id, "the case says what it answers, but the flow has no such node with side effects")
    return Plan(flow=plan.flow, nodes=nodes, on_error=plan.on_error, graph=plan.graph)


def _stand_in(captured: NodeType, planned: PlannedNode, answers: Answer | list[Answer]) -> PlannedNode:
    listed = answers if isinstance(answers, list) else [answers]
    for answer in listed:
        if answer.port not in ("", ERROR_PORT, *planned.ports):
            known = list(planned.ports) or Text("flow.none")
            raise DeployFailed(planned.id, Text("flow-test.no-such-port", port=answer.port, known=known))
        if not answer.port and not planned.ports:
            raise DeployFailed(planned.id, Text("flow-test.sends-nothing"))
    same = [port.name for port in planned.kind.outputs if port.same_as and port.name in planned.ports]
    config = {
        "answers": msgspec.to_builtins(listed),
        "first": planned.ports[0] if planned.ports else "",
        "passes": same[0] if same else "",
    }
    return PlannedNode(id=planned.id, kind=captured, config=config, ports=planned.ports, wires=planned.wires)


def _keeper(
    clock: ManualClock, start: float, sent: dict[str, list[Sent]]
) -> Callable[[str], Callable[[Message], None]]:
    """For a place what notes each message there, with its time."""

    def keep(place: str) -> Callable[[Message], None]:
        return lambda message: sent.setdefault(place, []).append(
            Sent(
                round(clock.now() - start, 6),
                message.topic,
                plain(message.payload) if message.payload is not UNSET else None,
                _props(message),
            )
        )

    return keep


def _listen(run: FlowRun, keep: Callable[[str], Callable[[Message], None]]) -> None:
    for id, running in run.nodes.items():
        for port in dict.fromkeys((*running.planned.ports, ERROR_PORT)):
            run.observer.tap(id, port, keep(f"{id}.{port}"))
        if isinstance(running.instance, _Captured) or not running.planned.ports:
            run.observer.arriving(id, keep(id))


class _SeenQuarantine(Quarantine):
    """Shows what comes here as the error port would."""

    def __init__(self, show: Callable[[Message], None]) -> None:
        super().__init__()
        self._show = show

    def put(self, flow: str, node: str, message: Message, reason: Readable) -> None:
        super().put(flow, node, message, reason)
        self._show(message.with_props(error={"node": node, "flow": flow, "reason": in_full(reason, "en")}))


def _props(message: Message) -> dict[str, Any]:
    return {name: plain(value) for name, value in message.props.items()}


def _typed(case: Case, plan: Plan, catalogue: Catalogue) -> Case:
    given = []
    for one in case.given:
        if one.node not in plan.nodes:
            raise DeployFailed(one.node, Text("flow-test.no-node").with_hint(_inside(one.node, plan)))
        try:
            payload = typed_payload(plan, one.node, one.payload)
            props = typed_props(catalogue, one.props)
        except msgspec.ValidationError as wrong:
            raise DeployFailed(one.node, Text("flow-test.message-unfit", reason=str(wrong))) from wrong
        given.append(msgspec.structs.replace(one, payload=payload, props=props))
    return msgspec.structs.replace(case, given=given)


async def _feed(run: FlowRun, clock: ManualClock, start: float, case: Case) -> None:
    for given in sorted(case.given, key=lambda given: given.at):
        await clock.advance_to(start + given.at)
        emitter = run.nodes[given.node].emitter
        if emitter is not None:
            emitter.push(given.payload, given.topic, key=given.key, props=given.props or EMPTY)
        else:
            delivery = run.own.adopt()
            message = Message(
                given.payload,
                given.topic,
                given.key,
                clock.now(),
                run.site.message_id(),
                given.props or EMPTY,
                delivery,
            )
            run.enter(given.node, message)
            delivery.release()
        await settle()
    last = max([case.until, *(expected.at for expected in case.expect if expected.at is not None)])
    await clock.advance_to(start + last)
    await settle()


def _compare(case: Case, plan: Plan, sent: dict[str, list[Sent]]) -> list[Readable]:
    wanted: dict[str, list[Expected]] = {}
    for expected in case.expect:
        place = _place(expected.node, plan)
        payload = expected_payload(plan, place, expected.payload)
        wanted.setdefault(place, []).append(msgspec.structs.replace(expected, payload=payload))
    differences: list[Readable] = []
    for place, all_expected in wanted.items():
        came = sent.get(place, [])
        counts = [expected.count for expected in all_expected if expected.count is not None]
        if counts:
            if len(came) != counts[0]:
                differences.append(Text("flow-test.count", place=place, wanted=counts[0], came=len(came)))
            continue
        for number, (expected, one) in enumerate(zip(all_expected, came, strict=False), 1):
            differences += [
                Text("flow-test.message", place=place, number=number, difference=text)
                for text in _mismatches(expected, one)
            ]
        for expected in all_expected[len(came) :]:
            differences.append(
                Text("flow-test.nothing-came-at-all", place=place)
                if expected.payload is UNSET
                else Text("flow-test.nothing-came", place=place, payload=_short(expected.payload))
            )
        for extra in came[len(all_expected) :]:
            differences.append(
                Text("flow-test.unexpected", place=place, payload=_short(extra.payload), at=_rounded(extra.at))
            )
    for name in case.never:
        place = _place(name, plan)
        differences += [
            Text("flow-test.never", place=place, payload=_short(one.payload), at=_rounded(one.at))
            for one in sent.get(place, [])
        ]
    return differences


def _place(name: str, plan: Plan) -> str:
    """`limits` → `limits.out` (its first port) or `store` (a captured node)."""
    if name in plan.nodes:
        planned = plan.nodes[name]
        return name if planned.kind.cls is _Captured or not planned.ports else f"{name}.{planned.ports[0]}"
    if name == QUARANTINE:
        return name
    id, _, port = name.rpartition(".")
    if id in plan.nodes and port in (*plan.nodes[id].ports, ERROR_PORT):
        return name
    raise DeployFailed(name, Text("flow-test.no-place").with_hint(_inside(name.partition(".")[0], plan)))


def _inside(id: str, plan: Plan) -> Text | None:
    """What to write instead where a subflow is meant."""
    inner = [one for one in plan.nodes if one.startswith(f"{id}/")]
    return Text("flow-test.inside", nodes=inner[:5]) if inner else None


def _unexpected_quarantine(site: Site, plan: Plan, case: Case) -> list[Readable]:
    """What no node took, unless the case expects it there, or as leaving its node by `error`."""
    expected = {_place(one.node, plan) for one in case.expect}
    if QUARANTINE in expected:
        return []
    return [
        Text("flow-test.quarantined", node=kept.node, reason=kept.said)
        for kept in site.quarantine.recent
        if f"{kept.node}.{ERROR_PORT}" not in expected
    ]


def _mismatches(expected: Expected, came: Sent) -> list[Text]:
    found: list[Text] = []
    if expected.at is not None and abs(expected.at - came.at) > expected.within_s:
        found.append(Text("flow-test.at", wanted=_rounded(expected.at), came=_rounded(came.at)))
    if expected.topic is not UNSET and expected.topic != came.topic:
        found.append(Text("flow-test.differs", path="topic", wanted=repr(expected.topic), came=repr(came.topic)))
    if expected.payload is not UNSET:
        found += _differences("payload", expected.payload, came.payload)
    for name, value in expected.props.items():
        found += _differences(name, value, came.props.get(name))
    return found


def _differences(path: str, wanted: Any, came: Any) -> list[Text]:
    if isinstance(wanted, dict) and isinstance(came, dict):
        return [text for key, value in wanted.items() for text in _differences(f"{path}.{key}", value, came.get(key))]
    if isinstance(wanted, list) and isinstance(came, list) and len(wanted) == len(came):
        return [text for n, value in enumerate(wanted) for text in _differences(f"{path}[{n}]", value, came[n])]
    if type(wanted) in (int, float) and type(came) in (int, float):
        return (
            []
            if abs(wanted - came) <= 1e-6 * max(1.0, abs(wanted))
            else [Text("flow-test.differs", path=path, wanted=repr(wanted), came=repr(came))]
        )
    return (
        []
        if wanted == came and isinstance(wanted, bool) is isinstance(came, bool)
        else [Text("flow-test.differs", path=path, wanted=_short(wanted), came=_short(came))]
    )


def _rounded(seconds: float) -> float:
    return float(f"{seconds:g}")


def _short(value: Any) -> str:
    text = msgspec.json.encode(value, enc_hook=str).decode()
    return text if len(text) <= 120 else text[:117] + "…"
