"""Bringing two people's changes of a flow together."""

from __future__ import annotations

import asyncio
from typing import Any, Literal

import msgspec

from engine.core.route import Route
from engine.deploy.flow_files import FlowFile
from engine.flow.changes.merge import merge_flows
from engine.flow.problem import FlowError
from engine.flow.yaml.patch import FlowText
from engine.flow.yaml.read import read_flow
from engine.web.api.flows import FileText, FlowModel, model_of
from engine.web.http.route import Call

__all__ = ["ROUTES", "merged"]


class Choice(msgspec.Struct, forbid_unknown_fields=True):
    """Whose change is taken of one thing that both changed."""

    node: str
    field: str
    side: Literal["mine", "theirs"]


class Merge(msgspec.Struct, forbid_unknown_fields=True):
    """Three texts of a flow: what both started from, mine, and theirs; and what was chosen where they disagree."""

    base: FileText
    mine: FileText
    theirs: FileText
    choices: list[Choice] = []


class MergedView(msgspec.Struct, kw_only=True):
    """Theirs with mine brought in; of what is still in `conflicts` it has theirs. Each names node, field, base, mine, theirs."""

    text: str
    flow: FlowModel | None
    conflicts: list[dict[str, Any]]


async def merge(call: Call[Merge]) -> MergedView:
    """Bring two people's changes together, node by node and field by field; saves nothing."""
    given = call.given
    choices = {(choice.node, choice.field): choice.side for choice in given.choices}
    return await asyncio.to_thread(_brought_together, call.path("name"), given, choices)


def merged(base: str, mine: str, theirs: FlowFile) -> dict[str, Any] | None:
    """Both changes together and what they disagree in; None where one of the texts can't be read."""
    was, now = read_flow(base)[0], read_flow(mine)[0]
    if was is None or now is None or theirs.flow is None:
        return None
    both = merge_flows(was, now, theirs.flow)
    try:
        text = FlowText(theirs.text, f"{theirs.name}.yaml").apply(both.operations)
    except FlowError:
        return None
    return {
        "text": text,
        "flow": model_of(both.flow),
        "operations": both.operations,
        "conflicts": [conflict.as_json() for conflict in both.conflicts],
    }


def _brought_together(name: str, given: Merge, choices: dict[tuple[str, str], Literal["mine", "theirs"]]) -> MergedView:
    sides = []
    for text in (given.base, given.mine, given.theirs):
        flow, problems = read_flow(text, f"{name}.yaml")
        if flow is None:
            raise FlowError(problems)
        sides.append(flow)
    base, mine, theirs = sides
    both = merge_flows(base, mine, theirs, choices)
    text = FlowText(given.theirs, f"{name}.yaml").apply(both.operations)
    return MergedView(
        text=text, flow=model_of(both.flow), conflicts=[conflict.as_json() for conflict in both.conflicts]
    )


ROUTES = (
    Route(
        method="POST",
        path="/api/flows/{name}/merge",
        role="admin",
        handler=merge,
        given=Merge,
        answer=MergedView,
        refusals=(422,),
    ),
)
