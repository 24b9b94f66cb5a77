"""Trying a change of a flow, deploying it, and every deploy there has been."""

from __future__ import annotations

import asyncio
import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from engine.deploys import Deployed
from engine.flow.diff import diff_flows
from engine.flow.merge import merge_flows
from engine.flow.model import Flow
from engine.flow.operations import Operation
from engine.flow.patch import FlowText
from engine.flow.plan import Plan
from engine.flow.problem import FlowError, Problem, errors_in
from engine.flow.read import read_flow
from engine.flow_files import FileChanged, FlowFile, fault_of_flow_name, revision_of
from engine.flow_tests.report import as_json
from engine.language.told import problems_told
from engine.revisions import Revision
from engine.run.flow_run import DeployReport
from engine.web.flows import Base, FlowModel, flow_file, model_of, not_writable
from engine.web.permission import check_text
from engine.web.refusals import ApiError, not_found
from engine.web.route import Call, Nothing, Route
from engine.web.testing_flows import run_tests
from engine.web.view import ServerView

__all__ = ["ROUTES"]

Text = Annotated[str, Meta(max_length=5_000_000)]


class Preview(msgspec.Struct, forbid_unknown_fields=True):
    """A change to try: a whole text, or operations on `base_text`."""

    base_text: Text = ""
    operations: list[Operation] | UnsetType = UNSET
    text: Text | UnsetType = UNSET


class Previewed(msgspec.Struct, kw_only=True):
    """What the change would come to. `flow` is null where the text can't be read; `diff` is against what is deployed;
    `restarts` are the nodes that a deploy would start anew, and `added` and `removed` those that it would start and stop."""

    text: str
    revision: str
    flow: FlowModel | None
    problems: list[Problem]
    diff: dict[str, Any] | None
    restarts: list[str]
    added: list[str]
    removed: list[str]


class Deploy(msgspec.Struct, forbid_unknown_fields=True):
    """A change to deploy: a whole text, or operations on the file as it is. `base_text` helps to merge after a conflict.

    `require_tests` runs the flow's own tests first; where they fail, only an `override_reason` deploys all the same, and
    it stands in the note and the audit log.
    """

    base: Base
    text: Text | UnsetType = UNSET
    operations: list[Operation] | UnsetType = UNSET
    note: Annotated[str, Meta(max_length=2000)] = ""
    require_tests: bool = False
    override_reason: Annotated[str, Meta(max_length=500)] = ""
    base_text: Text | UnsetType = UNSET


class Done(msgspec.Struct):
    """What was deployed. The report is in = out + held, in messages of the sources."""

    revision: str
    number: int
    report: DeployReport
    balanced: bool


class Choice(msgspec.Struct, forbid_unknown_fields=True):
    """Whose change is taken of one thing that both changed."""

    node: str
    field: str
    side: Literal["mine", "theirs"]


class Merge(msgspec.Struct, forbid_unknown_fields=True):
    """Three texts of a flow: what both started from, mine, and theirs; and what was chosen where they disagree."""

    base: Text
    mine: Text
    theirs: Text
    choices: list[Choice] = []


class MergedView(msgspec.Struct, kw_only=True):
    """Theirs with mine brought in; of what is still in `conflicts` it has theirs. Each names node, field, base, mine, theirs."""

    text: str
    flow: FlowModel | None
    conflicts: list[dict[str, Any]]


class RevisionsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which part of the list."""

    before: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None
    limit: Annotated[int, Meta(ge=1, le=1000)] = 200


class DiffQuery(msgspec.Struct, forbid_unknown_fields=True, rename={"from_": "from"}):
    """The numbers of two deploys."""

    from_: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    to: Annotated[int, Meta(ge=1, le=2**31 - 1)]


class RevisionView(msgspec.Struct, kw_only=True):
    """One deploy with its text, which is null where the flow was removed."""

    number: int
    revision: str
    who: str
    when: datetime.datetime
    note: str
    removed: bool
    text: str | None
    flow: FlowModel | None
    report: dict[str, Any]


async def preview(call: Call[Preview]) -> Previewed:
    """What a change would come to; saves and starts nothing."""
    given, name = call.given, call.path("name")
    fault = fault_of_flow_name(name)
    if fault is not None:
        raise ApiError(404, "not_found", f"no flow can be called {name[:80]!r}: {fault}", "see /api/flows")
    # Off the loop: a flow of 1,000 nodes keeps a thread busy longer than a message may wait.
    shown = await asyncio.to_thread(_previewed, call.server, name, given)
    return msgspec.structs.replace(shown, problems=problems_told(shown.problems, call.language))


async def deploy(call: Call[Deploy]) -> Done:
    """Check, start and save a change; only what changed restarts, and if anything goes wrong nothing has happened."""
    given, file = call.given, flow_file(call)
    call.details = {"note": given.note}
    if file.revision != given.base:
        raise await _conflict(call, file)
    if given.text is not UNSET:
        text = given.text
    elif given.operations is not UNSET:
        text = await asyncio.to_thread(lambda: FlowText(file.text, str(file.path)).apply(given.operations or []))
    else:
        raise ApiError(400, "bad_request", "neither text nor operations", "give one of them")
    await check_text(call.who, call.server.site.catalogue, file.flow, text)
    note = given.note
    if given.require_tests and not await _pass_tests(call.server, file, text, given.override_reason):
        call.details["tests_overridden"] = given.override_reason
        note = f"{note} [tests fail: {given.override_reason}]".strip()
    try:
        row, report = await call.server.deploys.deploy(file.name, text, given.base, call.who.user, note)
    except FileChanged as changed:
        if changed.current is None:
            raise not_found(f"flow {file.name} any more") from changed
        raise await _conflict(call, changed.current) from changed
    except OSError as failure:
        raise not_writable(failure) from failure
    call.details |= {"number": row.number, "revision": row.revision}
    return Done(row.revision, row.number, report, report.balanced)


async def merge(call: Call[Merge]) -> MergedView:
    """Bring two people's changes together, node by node and field by field; saves nothing."""
    given = call.given
    choices = {(choice.node, choice.field): choice.side for choice in given.choices}
    return await asyncio.to_thread(_brought_together, call.path("name"), given, choices)


async def list_revisions(call: Call[RevisionsQuery]) -> list[Revision]:
    """Every deploy of a flow, the latest first, without the texts."""
    return await call.server.deploys.revisions.of(call.path("name"), before=call.given.before, limit=call.given.limit)


async def get_revision(call: Call[Nothing]) -> RevisionView:
    """One deploy with its text; restore it by a preview or a deploy of that text."""
    revision, report = await _revision(call, call.number("number"))
    flow = None
    if revision.text is not None:
        flow, _ = await asyncio.to_thread(read_flow, revision.text, revision.flow)
    told = {name: getattr(revision, name) for name in ("number", "revision", "who", "when", "note", "removed", "text")}
    return RevisionView(**told, flow=model_of(flow), report=report)


async def diff(call: Call[DiffQuery]) -> dict[str, Any]:
    """What two deploys differ in, node by node; moves apart."""
    sides = []
    for number in (call.given.from_, call.given.to):
        revision, _ = await _revision(call, number)
        flow, _ = await asyncio.to_thread(read_flow, revision.text or "", revision.flow)
        sides.append(flow or Flow(flow=revision.flow))
    return diff_flows(*sides).as_json()


async def _revision(call: Call[Any], number: int) -> tuple[Revision, dict[str, Any]]:
    found = await call.server.deploys.revisions.one(call.path("name"), number) if number < 2**31 else None
    if found is None:
        raise not_found(f"revision {number} of flow {call.path('name')[:80]}")
    return found


def _previewed(server: ServerView, name: str, given: Preview) -> Previewed:
    flow: Flow | None
    if given.text is not UNSET:
        text = given.text
        flow, problems = read_flow(text, f"{name}.yaml")
    else:
        edited = FlowText(given.base_text, f"{name}.yaml")
        text = edited.apply(given.operations or [])
        flow, problems = edited.flow, list(edited.problems)
    plan: Plan | None = None
    if flow is not None:
        plan, more = server.site.check(flow)
        problems = [*problems, *more]
    deployed = server.deploys.known.get(name)
    told = None
    if flow is not None:
        told = diff_flows(deployed.flow if deployed is not None else Flow(flow=name), flow).as_json()
    added, restarts, removed = _effect(server, name, plan) if not errors_in(problems) else ([], [], [])
    return Previewed(
        text=text,
        revision=revision_of(text),
        flow=model_of(flow),
        problems=problems,
        diff=told,
        restarts=restarts,
        added=added,
        removed=removed,
    )


def _effect(server: ServerView, name: str, plan: Plan | None) -> tuple[list[str], list[str], list[str]]:
    run = server.site.flows.get(name)
    running = dict(run.nodes) if run is not None else {}
    planned = plan.nodes if plan is not None else {}
    restarts = []
    for id, node in planned.items():
        old = running.get(id)
        if old is None:
            continue
        try:
            config = server.site.resolve(node.config, node.kind)
        except (LookupError, ValueError, TypeError):
            config = {}
        if not old.same_as(node, config):
            restarts.append(id)
    return [id for id in planned if id not in running], restarts, [id for id in running if id not in planned]


async def _conflict(call: Call[Deploy], theirs: FlowFile) -> ApiError:
    """409 with everything a merge needs: the text both started from, mine, and what is there now."""
    given = call.given
    base = given.base_text if given.base_text is not UNSET else await _text_of(call, theirs.name, given.base)
    mine: str | None = None
    if given.text is not UNSET:
        mine = given.text
    elif given.operations is not UNSET and base is not None:
        try:
            mine = FlowText(base, f"{theirs.name}.yaml").apply(given.operations)
        except FlowError:
            mine = None
    deployed = call.server.deploys.known.get(theirs.name)
    return ApiError(
        409,
        "conflict",
        f"flow {theirs.name} has been changed meanwhile{_by(deployed, theirs)}",
        "merge the changes, then deploy on the current revision",
        more={
            "current": {"revision": theirs.revision, "text": theirs.text, "who": _who(deployed, theirs)},
            "base": base,
            "mine": mine,
            "theirs": theirs.text,
            "merge": await asyncio.to_thread(_merged, base, mine, theirs)
            if base is not None and mine is not None
            else None,
        },
    )


def _merged(base: str, mine: str, theirs: FlowFile) -> dict[str, Any] | None:
    """Both changes together and what they disagree in; None where one of the texts can't be read."""
    was, now = read_flow(base)[0], read_flow(mine)[0]
    if was is None or now is None or theirs.flow is None:
        return None
    merged = merge_flows(was, now, theirs.flow)
    try:
        text = FlowText(theirs.text, f"{theirs.name}.yaml").apply(merged.operations)
    except FlowError:
        return None
    return {
        "text": text,
        "flow": model_of(merged.flow),
        "operations": merged.operations,
        "conflicts": [conflict.as_json() for conflict in merged.conflicts],
    }


def _brought_together(name: str, given: Merge, choices: dict[tuple[str, str], Literal["mine", "theirs"]]) -> MergedView:
    sides = []
    for text in (given.base, given.mine, given.theirs):
        flow, problems = read_flow(text, f"{name}.yaml")
        if flow is None:
            raise FlowError(problems)
        sides.append(flow)
    base, mine, theirs = sides
    merged = merge_flows(base, mine, theirs, choices)
    text = FlowText(given.theirs, f"{name}.yaml").apply(merged.operations)
    return MergedView(
        text=text, flow=model_of(merged.flow), conflicts=[conflict.as_json() for conflict in merged.conflicts]
    )


async def _pass_tests(server: ServerView, file: FlowFile, text: str, override_reason: str) -> bool:
    """Plays the tests beside the file into the new text; whether they pass. ApiError (422, `tests`) with every case that
    fails when nobody says why it is to be deployed all the same."""
    result = await run_tests(server, file.path.with_name(f"{file.path.stem}_test.yaml"), text)
    if result is None or result.passed:
        return True
    if override_reason:
        return False
    raise ApiError(
        422,
        "tests",
        f"the tests of flow {file.name} fail with this change",
        "correct the flow or its tests, or deploy all the same and say why",
        more={"tests": as_json([result])},
    )


async def _text_of(call: Call[Any], name: str, revision: str) -> str | None:
    deployed = call.server.deploys.known.get(name)
    if deployed is not None and deployed.revision == revision:
        return deployed.text
    return await call.server.deploys.revisions.text_of(name, revision)


def _who(deployed: Deployed | None, theirs: FlowFile) -> str:
    return deployed.who if deployed is not None and deployed.revision == theirs.revision else "disk"


def _by(deployed: Deployed | None, theirs: FlowFile) -> str:
    who = _who(deployed, theirs)
    return " on disk" if who == "disk" else f" by {who}"


ROUTES = (
    Route(
        method="POST",
        path="/api/flows/{name}/preview",
        role="admin",
        handler=preview,
        given=Preview,
        answer=Previewed,
        refusals=(404, 422),
    ),
    Route(
        method="POST",
        path="/api/flows/{name}/deploy",
        role="admin",
        handler=deploy,
        given=Deploy,
        answer=Done,
        refusals=(404, 409, 422, 424),
        action="flow.deploy",
        time_limit_s=60.0,
    ),
    Route(
        method="POST",
        path="/api/flows/{name}/merge",
        role="admin",
        handler=merge,
        given=Merge,
        answer=MergedView,
        refusals=(422,),
    ),
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
        answer=dict[str, Any],
        refusals=(404,),
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
