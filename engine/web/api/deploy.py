"""Deploying a change of a flow: checked, tested, started and saved, or nothing has happened."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from engine.core.route import Route
from engine.deploy.deploys import Deployed
from engine.deploy.flow_files import FileChanged, FlowFile, NotWritable
from engine.flow.changes.node_renames import Renames, node_renames
from engine.flow.problem import FlowError
from engine.flow.yaml.operations import Operation
from engine.flow.yaml.patch import FlowText
from engine.runtime.deploy_report import DeployReport
from engine.testing.flow_tests.report import as_json
from engine.texts.text import Readable, Text
from engine.web.api.flow_tests import run_tests
from engine.web.api.flows import Base, FileText, flow_file, not_writable
from engine.web.api.merge import merged
from engine.web.http.errors import ApiError, not_found
from engine.web.http.permission import check_text
from engine.web.http.route import Call
from engine.web.http.server_context import ServerContext

__all__ = ["ROUTES"]


class Deploy(msgspec.Struct, forbid_unknown_fields=True):
    """A change to deploy: a whole text, or operations on the file as it is. `base_text` helps to merge after a conflict.

    `renames` are nodes that have another id in the text, {id before: id now}, `SUBFLOW/ID` for one of a subflow: memory, queue and subscription
    follow. Operations that rename say so themselves, and a node that is there again unchanged under another id counts as renamed unless it
    is given as {id before: ""}.
    `require_tests` runs the flow's own tests first; where they fail, only an `override_reason` deploys all the same, and
    it stands in the note and the audit log.
    """

    base: Base
    text: FileText | UnsetType = UNSET
    operations: list[Operation] | UnsetType = UNSET
    note: Annotated[str, Meta(max_length=2000)] = ""
    require_tests: bool = False
    override_reason: Annotated[str, Meta(max_length=500)] = ""
    base_text: FileText | UnsetType = UNSET
    renames: Renames = {}


class Done(msgspec.Struct):
    """What was deployed. The report is in = out + held, in messages of the sources."""

    revision: str
    number: int
    report: DeployReport
    balanced: bool


async def deploy(call: Call[Deploy]) -> Done:
    """Check, start and save a change; only what changed restarts, and if anything goes wrong nothing has happened."""
    given, file = call.given, flow_file(call)
    call.details = {"note": given.note}
    if file.revision != given.base:
        raise await _conflict(call, file)
    renames = given.renames
    if given.text is not UNSET:
        text = given.text
    elif given.operations is not UNSET:
        renames = {**node_renames(given.operations), **renames}
        text = await asyncio.to_thread(lambda: FlowText(file.text, str(file.path)).apply(given.operations or []))
    else:
        raise ApiError(400, "bad_request", Text("api.nothing-to-deploy"))
    await check_text(call.who, call.server.site.catalogue, file.flow, text)
    note: Readable = given.note
    if given.require_tests and not await _pass_tests(call.server, file, text, given.override_reason):
        call.details["tests_overridden"] = given.override_reason
        overridden = Text("deploy.tests-fail", reason=given.override_reason)
        note = Text("deploy.note-and", note=given.note, more=overridden) if given.note else overridden
    try:
        row, report = await call.server.deploys.deploy(file.name, text, given.base, call.who.user, note, renames)
    except FileChanged as changed:
        if changed.current is None:
            raise not_found(Text("api.flow-gone", flow=file.name)) from changed
        raise await _conflict(call, changed.current) from changed
    except NotWritable as refused:
        raise not_writable(refused.failure) from refused
    call.details |= {"number": row.number, "revision": row.revision}
    return Done(row.revision, row.number, report, report.balanced)


async def _pass_tests(server: ServerContext, file: FlowFile, text: str, override_reason: str) -> bool:
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
        Text("api.tests-fail", flow=file.name),
        more={"tests": as_json([result])},
    )


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
        _changed(deployed, theirs),
        more={
            "current": {"revision": theirs.revision, "text": theirs.text, "who": _who(deployed, theirs)},
            "base": base,
            "mine": mine,
            "theirs": theirs.text,
            "merge": await asyncio.to_thread(merged, base, mine, theirs)
            if base is not None and mine is not None
            else None,
        },
    )


async def _text_of(call: Call[Any], name: str, revision: str) -> str | None:
    deployed = call.server.deploys.known.get(name)
    if deployed is not None and deployed.revision == revision:
        return deployed.text
    return await call.server.deploys.revisions.text_of(name, revision)


def _who(deployed: Deployed | None, theirs: FlowFile) -> str:
    return deployed.who if deployed is not None and deployed.revision == theirs.revision else "disk"


def _changed(deployed: Deployed | None, theirs: FlowFile) -> Text:
    who = _who(deployed, theirs)
    if who == "disk":
        return Text("api.changed-on-disk", flow=theirs.name)
    return Text("api.changed-by", flow=theirs.name, who=who)


ROUTES = (
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
)
