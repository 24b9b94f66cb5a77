"""Trying things on what has been seen: the last message of a wire, an expression on it, a flow on a sample, with nothing acted on outside."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from engine.core.message import Message
from engine.core.node import ERROR_PORT
from engine.core.route import Nothing, Route
from engine.expression import FUNCTIONS, EvaluationError, Expression, ExpressionError
from engine.flow.model import Flow
from engine.flow.problem import FlowError, errors_in
from engine.flow.references import References
from engine.flow.yaml.read import read_flow
from engine.runtime.services.live_hubs import shorten
from engine.testing.flow_tests.cases import Case, FlowTests, read_tests
from engine.testing.flow_tests.report import AnyBroker
from engine.testing.flow_tests.runner import CaseResult, play_case
from engine.texts.language import Language
from engine.texts.text import Text, hint_of, reason_of, render
from engine.web.api.flows import FileText, flow_file
from engine.web.http.errors import ApiError, not_found
from engine.web.http.permission import check_types, deciding
from engine.web.http.route import Call
from engine.web.http.server_context import ServerContext

__all__ = ["ROUTES", "TRY_LIMIT_S", "tests_path"]

TRY_LIMIT_S = 10.0
Place = Annotated[str, Meta(max_length=200)]


class LastQuery(msgspec.Struct, forbid_unknown_fields=True):
    """A wire, by the node and the output port it leaves from; without a port the node's first."""

    node: Place
    port: Place = ""


class LastMessage(msgspec.Struct, kw_only=True):
    """The last message that was looked at on a wire. `payload` is cut above 16 kB, then `whole` is false."""

    at: float
    time: float
    topic: str
    key: str
    payload: Any
    props: dict[str, Any]
    size_bytes: int
    whole: bool


class Evaluate(msgspec.Struct, forbid_unknown_fields=True):
    """An expression, and the wire whose last message it is tried on. `parameters` is the property that holds a device's values."""

    expression: Annotated[str, Meta(max_length=2000)]
    node: Place = ""
    port: Place = ""
    parameters: Place = "device"
    strings: bool = False


class Name(msgspec.Struct):
    """A name that an expression may use here, its value in the last message, and whether payload or device has it."""

    name: str
    value: Any
    of: str


class Mistake(msgspec.Struct):
    """What is wrong with an expression; `column` counts from 1, 0 means as a whole."""

    message: str
    column: int
    hint: str


class Evaluated(msgspec.Struct, kw_only=True):
    """`result` is null without a message to try it on, or with problems. `at` and `topic` are those of the message."""

    result: float | bool | str | None
    problems: list[Mistake]
    names: list[Name]
    functions: list[str]
    at: float | None
    topic: str
    key: str


class Try(msgspec.Struct, forbid_unknown_fields=True):
    """A flow's text and one case to play into it. Without `site` the devices and such of the flow's own test file count."""

    text: FileText
    case: Case
    site: dict[str, Any] | None = None


async def last_message(call: Call[LastQuery]) -> LastMessage:
    """The last message seen on a wire, to take as a sample."""
    seen = _last(call.server, call.path("name"), call.given.node, call.given.port)
    if seen is None:
        raise not_found(Text("api.no-message-yet", node=call.given.node[:80]))
    at, message = seen
    payload, size = shorten(message.payload)
    return LastMessage(
        at=at,
        time=message.time,
        topic=message.topic,
        key=message.key,
        payload=payload,
        props={name: shorten(value)[0] for name, value in message.props.items()},
        size_bytes=size,
        whole=not isinstance(payload, str) or len(payload) >= size or isinstance(message.payload, str),
    )


async def evaluate(call: Call[Evaluate]) -> Evaluated:
    """An expression's mistakes, the names it may use, and its result on the last message of a wire."""
    given = call.given
    seen = _last(call.server, call.path("name"), given.node, given.port) if given.node else None
    names = _names(seen[1], given.parameters) if seen is not None else []
    result: float | bool | str | None = None
    problems: list[Mistake] = []
    try:
        expression = Expression(given.expression, strings=given.strings)
        if seen is not None:
            result = expression({name.name: name.value for name in reversed(names)})
    except ExpressionError as wrong:
        problems = [_mistake(problem.text, problem.column, call.language) for problem in wrong.problems]
    except EvaluationError as wrong:
        problems = [_mistake(wrong.text, wrong.column or 0, call.language)]
    return Evaluated(
        result=result,
        problems=problems,
        names=names,
        functions=list(FUNCTIONS),
        at=seen[0] if seen is not None else None,
        topic=seen[1].topic if seen is not None else "",
        key=seen[1].key if seen is not None else "",
    )


def _mistake(text: Text, column: int, language: Language) -> Mistake:
    return Mistake(render(text, language), column, hint_of(text, language))


async def try_flow(call: Call[Try]) -> CaseResult:
    """Play one case into a draft on a clock of its own: everything that left each port, and what differs from what was expected."""
    given, server = call.given, call.server
    flow, problems = await asyncio.to_thread(read_flow, given.text, call.path("name"))
    if flow is None or errors_in(problems):
        raise FlowError(problems)
    check_types(call.who, server.site.catalogue, _running(server, call.path("name")), flow)
    case = given.case
    site = given.site if given.site is not None else _site_of(call)
    tests = FlowTests(cases=[case], site=site, start=server.clock.now())
    try:
        async with asyncio.timeout(TRY_LIMIT_S):
            return await play_case(
                flow, tests, case, server.site.catalogue, References(brokers=AnyBroker()), deciding(server)
            )
    except TimeoutError as late:
        raise ApiError(422, "too_slow", Text("api.trial-slow", seconds=TRY_LIMIT_S)) from late
    except (msgspec.ValidationError, TypeError, ValueError, LookupError) as wrong:
        raise ApiError(422, "bad_sample", _bad_sample(wrong)) from wrong


def _bad_sample(wrong: Exception) -> Text:
    return Text("api.bad-sample", error=type(wrong).__name__, reason=reason_of(wrong))


def _running(server: ServerContext, name: str) -> Flow | None:
    deployed = server.deploys.known.get(name)
    return deployed.flow if deployed is not None else None


async def references(call: Call[Nothing]) -> dict[str, list[str]]:
    """The names that `${broker:…}` and `${secret:…}` may refer to; never a value."""
    return {
        "broker": sorted(call.server.site.references.names("broker")),
        "secret": sorted(info.name for info in await call.server.secrets.names()),
    }


def tests_path(call: Call[Any]) -> Any:
    """Where the tests of the flow in the path are, whether they exist or not. ApiError (404) without the flow."""
    file = flow_file(call)
    return file.path.with_name(f"{file.path.stem}_test.yaml")


def _last(server: ServerContext, flow: str, node: str, port: str) -> tuple[float, Message] | None:
    run = server.site.flows.get(flow)
    if run is None:
        raise not_found(Text("api.no-running-flow", flow=flow[:80]))
    running = run.nodes.get(node)
    if running is None:
        raise not_found(Text("api.no-running-node", flow=flow, node=node[:80]))
    ports = running.planned.ports
    return run.observer.last.get((node, port or (ports[0] if ports else ERROR_PORT)))


def _names(message: Message, parameters: str) -> list[Name]:
    """Payload before device, as the formula node looks for them."""
    payload = message.payload
    found: list[Name] = []
    if isinstance(payload, (int, float, str, bool)):
        found.append(Name("payload", payload, "payload"))
    found += [Name(name, value, "payload") for name, value in _fields(payload).items()]
    known = {name.name for name in found}
    device = _fields(message.props.get(parameters))
    found += [Name(name, value, parameters) for name, value in device.items() if name not in known]
    known |= device.keys()
    found += [Name(name, getattr(message, name), "message") for name in ("topic", "key") if name not in known]
    return [name for name in found if name.name.isidentifier() and _simple(name.value)]


def _fields(value: Any) -> Mapping[str, Any]:
    if isinstance(value, msgspec.Struct):
        return {name: getattr(value, name) for name in value.__struct_fields__}
    return {name: item for name, item in value.items() if isinstance(name, str)} if isinstance(value, dict) else {}


def _simple(value: Any) -> bool:
    return value is None or isinstance(value, (bool, int, str)) or (isinstance(value, float) and math.isfinite(value))


def _site_of(call: Call[Any]) -> dict[str, Any]:
    path = tests_path(call)
    if not path.is_file():
        return {}
    try:
        return read_tests(path).site
    except FlowError:
        return {}


_FLOW = "/api/flows/{name}"

ROUTES = (
    Route(
        method="GET",
        path=_FLOW + "/last",
        role="operator",
        handler=last_message,
        given=LastQuery,
        answer=LastMessage,
        refusals=(404,),
    ),
    Route(
        method="POST",
        path=_FLOW + "/evaluate",
        role="operator",
        handler=evaluate,
        given=Evaluate,
        answer=Evaluated,
        refusals=(404,),
    ),
    Route(
        method="POST",
        path=_FLOW + "/try",
        role="admin",
        handler=try_flow,
        given=Try,
        answer=CaseResult,
        refusals=(404, 422),
        time_limit_s=30.0,
    ),
    Route(method="GET", path="/api/references", role="admin", handler=references, answer=dict[str, list[str]]),
)
