"""The node types of this site, as the palette, the form and the help beside it need them; and a run on sample messages."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from engine.catalogue.node_types import NodeType
from engine.core.node import Port
from engine.core.paths import plain
from engine.core.route import Nothing, Route
from engine.flow.check.compatibility import Kind, kinds_of
from engine.flow.yaml.file_schema import flow_schema
from engine.runtime.deploy_report import DeployFailed
from engine.testing import run_node
from engine.testing.flow_tests.samples import as_type
from engine.texts.text import ReadableField, Text, reason_of
from engine.web.http.errors import ApiError, not_found
from engine.web.http.permission import check_type, deciding
from engine.web.http.route import Call

__all__ = ["ROUTES"]

RUN_LIMIT_S = 5.0
LONGEST_RUN_S = 86_400.0


class Bilingual(msgspec.Struct):
    """A text in both languages; a missing one is ""."""

    zh: str
    en: str


class PortView(msgspec.Struct):
    """One port; `payload` names the type that passes for people, "any" when everything does, and `kinds` has its alternatives (none: everything).
    An output hands on what came in at `same_as`."""

    name: str
    title: Bilingual
    payload: str
    unit: str
    kinds: list[Kind]
    same_as: str = ""


class PortsView(msgspec.Struct):
    """The ports of one node with its config."""

    inputs: list[PortView]
    outputs: list[PortView]


class ExampleView(msgspec.Struct):
    """A documented case that can be run."""

    title: Bilingual
    config: dict[str, Any]
    given: list[Any]
    expect: Any
    site: dict[str, Any]


class BrokenView(msgspec.Struct):
    """Why a type can't be used."""

    problem: ReadableField
    traceback: str


class RemarkView(msgspec.Struct):
    """What to know of a custom node that is used: an example fails, or its test file was not run, as there is no pytest here."""

    code: Literal["example_fails", "tests_not_run"]
    detail: ReadableField


class NodeTypeView(msgspec.Struct):
    """One node type. `schema` is the JSON Schema of its `with`, with `title`, `x-unit`, `x-zh` {title, description} and `x-choices`
    {value: {en, zh}} per property; with `own_ports` the ports of a node hang on its config, and `/api/node-types/ports` tells them; with
    `buffers` messages wait in it, so that a loop of wires may lead through it. `broken`: there is no version of it that works;
    `held_back`: this one works, and a newer one in its file is not taken over, with the reason."""

    type: str
    category: str
    icon: str
    color: str
    title: Bilingual
    help: Bilingual
    schema: dict[str, Any]
    inputs: list[PortView]
    outputs: list[PortView]
    examples: list[ExampleView]
    source: bool
    side_effect: bool
    buffers: bool
    own_ports: bool
    listens: str
    origin: str
    broken: BrokenView | None = None
    held_back: BrokenView | None = None
    remark: RemarkView | None = None


class NodeConfig(msgspec.Struct, forbid_unknown_fields=True, rename={"with_": "with"}):
    """The type and the config of one node."""

    type: Annotated[str, Meta(min_length=1, max_length=200)]
    with_: dict[str, Any] = {}


class NodeConfigs(msgspec.Struct, forbid_unknown_fields=True):
    """Nodes whose ports are asked for."""

    nodes: Annotated[list[NodeConfig], Meta(max_length=10_000)]


class Samples(msgspec.Struct, forbid_unknown_fields=True, rename={"with_": "with"}):
    """Messages for a node: payloads, or objects {payload, topic, at (seconds after the start), …}. `until_s` moves the clock on;
    `site` is what the packs' services hold (`devices: {…}`), as in a flow's tests."""

    with_: dict[str, Any] = {}
    given: Annotated[list[Any], Meta(max_length=1000)] = []
    until_s: Annotated[float, Meta(ge=0, le=LONGEST_RUN_S)] = 0.0
    site: dict[str, Any] = {}


class Sent(msgspec.Struct):
    """One message that left the node. `error` is why a message left by the error port."""

    port: str
    at: float
    payload: Any
    topic: str
    key: str
    error: str = ""


async def list_types(call: Call[Nothing]) -> list[NodeTypeView]:
    """All node types, by category and name; files that can't be loaded are there too, with the reason."""
    catalogue = call.server.site.catalogue
    views = [_view(kind) for kind in catalogue.types.values()]
    for view in views:
        newer = catalogue.broken.get(view.origin)
        if newer is not None:
            view.held_back = BrokenView(newer.problem, newer.traceback)
        remark = catalogue.remarks.get(view.origin)
        if remark is not None:
            view.remark = RemarkView(remark.code, remark.detail)
    views += [
        _broken(type, BrokenView(broken.problem, broken.traceback), broken.file)
        for broken in catalogue.broken.values()
        for type in broken.types
        if type not in catalogue.types
    ]
    return sorted(views, key=lambda view: (view.category, view.type))


async def schema(call: Call[Nothing]) -> dict[str, Any]:
    """The JSON Schema of a whole flow file on this site, for editors that complete YAML."""
    return dict(flow_schema({kind.type: kind.schema for kind in call.server.site.catalogue.types.values()}))


async def ports(call: Call[NodeConfigs]) -> list[PortsView | None]:
    """The ports of each of these nodes (a switch has an output per rule); null for one whose type is unknown or whose config does not hold."""
    site = call.server.site
    answers: list[PortsView | None] = []
    for node in call.given.nodes:
        kind = site.catalogue.types.get(node.type)
        try:
            answers.append(ports_view(kind, site.references.preview(node.with_, kind.schema)[0]) if kind else None)
        except (msgspec.ValidationError, ValueError, LookupError, TypeError):
            answers.append(None)
    return answers


async def run(call: Call[Samples]) -> list[Sent]:
    """Run a node on sample messages, on a clock of its own; nothing outside is touched."""
    kind, given = _kind(call), call.given
    if kind.is_source or kind.about.side_effect:
        raise ApiError(
            422,
            "acts_outside",
            Text("api.source-untried", type=kind.type) if kind.is_source else Text("api.actor-untried", type=kind.type),
        )
    check_type(call.who, kind)
    try:
        async with asyncio.timeout(RUN_LIMIT_S):
            outputs = await run_node(
                kind.cls,
                given.with_,
                [_fitting(kind, one) for one in given.given],
                until_s=given.until_s,
                services=_services(call, given.site),
            )
    except TimeoutError as late:
        raise ApiError(422, "too_slow", Text("api.trial-slow", seconds=RUN_LIMIT_S)) from late
    except DeployFailed as refused:
        raise ApiError(422, "bad_config", Text("api.bad-config", type=kind.type, reason=refused.reason)) from refused
    except Exception as error:
        # The class may be a customer's: whatever it raises on these samples is the answer, not a fault of the server.
        text = Text("api.bad-sample", error=f"{kind.type}: {type(error).__name__}", reason=reason_of(error))
        raise ApiError(422, "bad_sample", text) from error
    return [
        Sent(
            output.port,
            output.at,
            plain(output.payload),
            output.message.topic,
            output.message.key,
            str(plain(output.message.props.get("error", {})).get("reason", "")),
        )
        for output in outputs
    ]


def _services(call: Call[Any], site: dict[str, Any]) -> list[object]:
    packs = call.server.site.catalogue.packs.values()
    testing = [service for pack in packs if pack.testing is not None for service in pack.testing(site)]
    return [*testing, *deciding(call.server)]


def _fitting(kind: NodeType, given: Any) -> Any:
    """A sample comes as JSON; a node that takes a Struct gets one."""
    wanted = kind.inputs[0].payload if kind.inputs else Any
    if isinstance(given, dict) and given.keys() & {"payload", "topic", "at", "props"}:
        return {**given, "payload": as_type(given["payload"], wanted)} if "payload" in given else given
    return as_type(given, wanted)


def _kind(call: Call[Any]) -> NodeType:
    type = call.path("type")
    kind = call.server.site.catalogue.types.get(type)
    if kind is None:
        broken = call.server.site.catalogue.problem_of(type)
        raise not_found(Text("api.no-type", type=type[:80]), broken)
    return kind


def _view(kind: NodeType) -> NodeTypeView:
    about, zh = kind.about, kind.zh
    return NodeTypeView(
        type=kind.type,
        category=about.category,
        icon=about.icon,
        color=about.color,
        title=Bilingual(zh.title if zh else "", about.title),
        help=Bilingual(zh.text if zh else "", kind.help),
        schema=kind.form,
        inputs=[port_view(port) for port in kind.inputs],
        outputs=[port_view(port) for port in kind.outputs],
        examples=[
            ExampleView(
                Bilingual(example.title_zh, example.title),
                plain(example.config),
                plain(example.given),
                plain(example.expect),
                plain(example.state),
            )
            for example in kind.cls.examples
        ],
        source=kind.is_source,
        side_effect=about.side_effect,
        buffers=kind.breaks_loops,
        own_ports=kind.has_own_ports,
        listens=about.listens or "",
        origin=kind.origin,
    )


def _broken(type: str, broken: BrokenView, file: str) -> NodeTypeView:
    title = Bilingual("", type)
    return NodeTypeView(
        type, "broken", "triangle-alert", "", title, title, {}, [], [], [], False, False, False, False, "", file, broken
    )


def ports_view(kind: NodeType, config: dict[str, Any]) -> PortsView:
    node = kind.make(config)
    return PortsView(
        [port_view(port) for port in node.input_ports()], [port_view(port) for port in node.output_ports()]
    )


def port_view(port: Port) -> PortView:
    kinds = kinds_of(port.payload)
    name = " | ".join(kind.name for kind in kinds) or "any"
    return PortView(port.name, Bilingual(*port.titles), name, port.unit, list(kinds), port.same_as)


ROUTES = (
    Route(method="GET", path="/api/node-types", role="viewer", handler=list_types, answer=list[NodeTypeView]),
    Route(method="GET", path="/api/flow-schema", role="viewer", handler=schema, answer=dict[str, Any]),
    Route(
        method="POST",
        path="/api/node-types/ports",
        role="viewer",
        handler=ports,
        given=NodeConfigs,
        answer=list[PortsView | None],
    ),
    Route(
        method="POST",
        path="/api/node-types/{type}/run",
        role="admin",
        handler=run,
        given=Samples,
        answer=list[Sent],
        refusals=(404, 422),
    ),
)
