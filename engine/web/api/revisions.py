"""Every deploy that there has been of a flow, and what two of them differ in."""

from __future__ import annotations

import asyncio
import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from engine.core.route import Nothing, Route
from engine.deploy.revisions import Revision
from engine.flow.changes.diff import FlowDiff, diff_flows
from engine.flow.model import Flow
from engine.flow.problem import FlowError
from engine.flow.yaml.read import read_flow
from engine.texts.text import ReadableField, Text
from engine.web.api.flows import FileText, FlowModel, model_of
from engine.web.http.errors import not_found
from engine.web.http.route import Call

__all__ = ["ROUTES"]


class RevisionsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which part of the list."""

    before: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None
    limit: Annotated[int, Meta(ge=1, le=1000)] = 200


class DiffQuery(msgspec.Struct, forbid_unknown_fields=True, rename={"from_": "from"}):
    """The numbers of two deploys."""

    from_: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    to: Annotated[int, Meta(ge=1, le=2**31 - 1)]


class TextDiff(msgspec.Struct, forbid_unknown_fields=True, rename={"from_": "from"}):
    """A text of the flow, and the number of the deploy to hold it against."""

    from_: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    text: FileText


class RevisionView(msgspec.Struct, kw_only=True):
    """One deploy with its text, which is null where the flow was removed."""

    number: int
    revision: str
    who: str
    when: datetime.datetime
    note: ReadableField
    removed: bool
    text: str | None
    flow: FlowModel | None
    report: dict[str, Any]


async def list_revisions(call: Call[RevisionsQuery]) -> list[Revision]:
    """Every deploy of a flow, the latest first, without the texts."""
    return await call.server.deploys.revisions.of(call.path("name"), before=call.given.before, limit=call.given.limit)


async def get_revision(call: Call[Nothing]) -> RevisionView:
    """One deploy with its text; restore it by a preview or a deploy of that text."""
    revision, report = await _revision(call, call.number("number"))
    flow = None
    if revision.text is not None:
        flow, _ = await asyncio.to_thread(read_flow, revision.text, revision.flow)
    columns = {
        name: getattr(revision, name) for name in ("number", "revision", "who", "when", "note", "removed", "text")
    }
    return RevisionView(**columns, flow=model_of(flow), report=report)


async def diff(call: Call[DiffQuery]) -> FlowDiff:
    """What two deploys differ in, node by node; moves apart."""
    return diff_flows(await _flow_of(call, call.given.from_), await _flow_of(call, call.given.to))


async def diff_text(call: Call[TextDiff]) -> FlowDiff:
    """What a text differs in from a deploy, node by node; moves apart."""
    old = await _flow_of(call, call.given.from_)
    new, problems = await asyncio.to_thread(read_flow, call.given.text, f"{call.path('name')}.yaml")
    if new is None:
        raise FlowError(problems)
    return diff_flows(old, new)


async def _flow_of(call: Call[Any], number: int) -> Flow:
    revision, _ = await _revision(call, number)
    flow, _ = await asyncio.to_thread(read_flow, revision.text or "", revision.flow)
    return flow or Flow(flow=revision.flow)


async def _revision(call: Call[Any], number: int) -> tuple[Revision, dict[str, Any]]:
    found = await call.server.deploys.revisions.one(call.path("name"), number) if number < 2**31 else None
    if found is None:
        raise not_found(Text("api.no-revision", number=number, flow=call.path("name")[:80]))
    return found


ROUTES = (
    Route(
        method="GET",
        path="/api/flows/{name}/revisions",
        role="viewer",
        handler=list_revisions,
        given=RevisionsQuery,
        answer=list[Revision],
    ),
    Route(
        method="GET",
        path="/api/flows/{name}/diff",
        role="viewer",
        handler=diff,
        given=DiffQuery,
        answer=FlowDiff,
        refusals=(404,),
    ),
    Route(
        method="POST",
        path="/api/flows/{name}/diff",
        role="viewer",
        handler=diff_text,
        given=TextDiff,
        answer=FlowDiff,
        refusals=(404, 422),
    ),
    Route(
        method="GET",
        path="/api/flows/{name}/revisions/{number}",
        role="viewer",
        handler=get_revision,
        answer=RevisionView,
        refusals=(404,),
    ),
)
