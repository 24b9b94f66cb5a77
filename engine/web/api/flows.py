"""The flows of the site: the list, one flow with its text and model, adding and removing."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from engine.core.route import Nothing, Route
from engine.deploy.deploys import Deployed
from engine.deploy.flow_files import FileChanged, FlowFile, NotWritable, invalid_flow_name_reason
from engine.flow.model import Flow, Group, LocalizedText, NodeSpec, Note, Subflow, Target
from engine.flow.problem import Problem, ProblemAnswer, answers, errors_in
from engine.texts.text import ReadableField, Text
from engine.web.http.errors import ApiError, not_found
from engine.web.http.other_process import rows_of_others
from engine.web.http.permission import check_text
from engine.web.http.route import Call
from engine.web.http.server_context import ServerContext

__all__ = ["ROUTES", "DeployedView", "FlowModel", "FlowRow", "flow_file", "flow_rows", "model_of"]

FileText = Annotated[str, Meta(max_length=5_000_000)]
"""Of a flow file."""
Base = Annotated[str, Meta(max_length=64, description="The revision that the change was made from.")]
Status = Literal["running", "degraded", "stopped"]


class FlowModel(msgspec.Struct, kw_only=True):
    """What a flow says, without where in the file it says it; see the flow file's own documentation."""

    flow: str
    title: LocalizedText
    help: LocalizedText
    disabled: bool
    on_error: Target | None
    nodes: dict[str, NodeSpec]
    subflows: dict[str, Subflow]
    groups: dict[str, Group]
    notes: dict[str, Note]
    layout: dict[str, tuple[float, float]]


class DeployedView(msgspec.Struct, kw_only=True):
    """The version that runs. `number` and `when` are null until the database could record it."""

    revision: str
    number: int | None
    who: str
    when: datetime.datetime | None
    note: ReadableField


class FlowRow(msgspec.Struct, kw_only=True):
    """One flow in the list. `problems` counts what keeps it from running or troubles it; `revision` is that of the file;
    `file_note` says why the file is not what runs, "" when nothing keeps it from that;
    `process` is the one that runs it, "" in a site of one process."""

    name: str
    title: LocalizedText
    disabled: bool
    status: Status
    problems: int
    revision: str
    nodes: int
    changed_on_disk: bool
    file_note: ReadableField
    process: str


class FlowView(msgspec.Struct, kw_only=True):
    """One flow as its file has it. `changed_on_disk`: the file is another than what runs, because somebody edited it there."""

    name: str
    text: str
    revision: str
    deployed: DeployedView | None
    flow: FlowModel | None
    problems: list[ProblemAnswer]
    changed_on_disk: bool


class NewFlow(msgspec.Struct, forbid_unknown_fields=True):
    """A flow to add: empty with a title, or from a text whose `flow:` says the same name."""

    name: Annotated[str, Meta(min_length=1, max_length=64)]
    text: FileText = ""
    title: LocalizedText = ""


class RemoveFlow(msgspec.Struct, forbid_unknown_fields=True):
    """What the removal is based on. The `reason` stands in the versions and the audit log."""

    base: Base
    reason: Annotated[str, Meta(max_length=2000)] = ""


async def list_flows(call: Call[Nothing]) -> list[FlowRow]:
    """All flows with their state, by name; those of the other processes too."""
    rows = {row.name: row for row in flow_rows(call.server)}
    for name, (process, found) in (await rows_of_others(call.request)).items():
        if name in call.server.deploys.known:
            continue
        if found is not None:
            rows[name] = msgspec.convert(found, FlowRow)
        else:
            rows[name] = _silent_row(name, process)
    return [rows[name] for name in sorted(rows)]


async def get_flow(call: Call[Nothing]) -> FlowView:
    """One flow: text, model, problems, and what is deployed."""
    return flow_view(call, flow_file(call))


async def add_flow(call: Call[NewFlow]) -> FlowView:
    """Add a flow and start it."""
    given = call.given
    fault = invalid_flow_name_reason(given.name)
    if fault is not None:
        raise ApiError(422, "bad_name", Text("deploy.no-flow-name", name=given.name, reason=fault))
    call.target = given.name
    text = given.text or _empty_flow(given.name, given.title)
    await check_text(call.who, call.server.site.catalogue, None, text)
    try:
        await call.server.deploys.deploy(given.name, text, None, call.who.user, "")
    except FileChanged as there:
        raise ApiError(409, "exists", Text("api.flow-exists", flow=given.name)) from there
    except NotWritable as refused:
        raise not_writable(refused.failure) from refused
    return flow_view(call, flow_file(call, given.name))


async def remove_flow(call: Call[RemoveFlow]) -> None:
    """Stop a flow and delete its file; its revisions stay and can be restored."""
    file = flow_file(call)
    call.details = {"reason": call.given.reason} if call.given.reason else {}
    try:
        await call.server.deploys.remove(file.name, call.given.base, call.who.user, call.given.reason)
    except FileChanged as changed:
        raise ApiError(
            409,
            "conflict",
            Text("api.changed-before-removal", flow=file.name),
            more={"current": flow_view(call, changed.current or file)},
        ) from changed
    except NotWritable as refused:
        raise not_writable(refused.failure) from refused


def flow_file(call: Call[Any], name: str = "") -> FlowFile:
    """The file of the flow in the path. ApiError (404) without one."""
    name = name or call.path("name")
    deploys = call.server.deploys
    file = deploys.files.read(name) if len(name) <= 64 else None
    if file is None and name in deploys.known:
        file = _without_file(deploys.known[name], deploys.files.folder)
    if file is None:
        raise not_found(Text("api.no-flow", flow=name[:80]))
    return file


def _without_file(known: Deployed, folder: Path) -> FlowFile:
    """A flow that runs on though its file is gone."""
    name = known.flow.flow
    return FlowFile(name, folder / f"{name}.yaml", known.text, known.revision, known.flow, [])


def flow_view(call: Call[Any], file: FlowFile) -> FlowView:
    """What the editor opens, its problems in the reader's language."""
    server = call.server
    deployed = server.deploys.known.get(file.name)
    return FlowView(
        name=file.name,
        text=file.text,
        revision=file.revision,
        deployed=_deployed_view(deployed),
        flow=model_of(file.flow),
        problems=answers(_problems(server, file, deployed), call.language),
        changed_on_disk=deployed is not None and deployed.revision != file.revision,
    )


def flow_rows(server: ServerContext) -> list[FlowRow]:
    """The list, as of the last look at the disk."""
    health = server.site.health()["flows"]
    rows = []
    files = {file.name: file for file in server.deploys.files.all()}
    for name, known in server.deploys.known.items():
        files.setdefault(name, _without_file(known, server.deploys.files.folder))
    for _, file in sorted(files.items()):
        deployed = server.deploys.known.get(file.name)
        state = health.get(file.name, {})
        note = server.deploys.notes.get(file.name)
        disabled = file.flow is not None and file.flow.disabled
        running = file.name in server.site.flows
        status: Status = "stopped"
        if running:
            status = "degraded" if state.get("nodes") or note is not None else "running"
        rows.append(
            FlowRow(
                name=file.name,
                title=file.flow.title if file.flow is not None else "",
                disabled=disabled,
                status=status,
                problems=len(errors_in(_problems(server, file, deployed))) + len(state.get("nodes", ())),
                revision=file.revision,
                nodes=len(file.flow.nodes) if file.flow is not None else 0,
                changed_on_disk=deployed is not None and deployed.revision != file.revision,
                file_note=note.text if note is not None else "",
                process=server.deploys.leases.process,
            )
        )
    return rows


def _silent_row(name: str, process: str) -> FlowRow:
    """A flow of a process that does not answer: what is not known is not shown as well."""
    return FlowRow(
        name=name,
        title="",
        disabled=False,
        status="degraded",
        problems=1,
        revision="",
        nodes=0,
        changed_on_disk=False,
        file_note=Text("api.process-away", flow=name, process=process),
        process=process,
    )


def model_of(flow: Flow | None) -> FlowModel | None:
    """The flow as JSON says it."""
    if flow is None:
        return None
    return FlowModel(**{name: getattr(flow, name) for name in FlowModel.__struct_fields__})


def not_writable(failure: OSError) -> ApiError:
    """503: the flow's file could not be written, and what ran goes on."""
    return ApiError(
        503,
        "not_writable",
        Text("api.flow-unwritable", reason=failure.strerror or str(failure)),
    )


def _problems(server: ServerContext, file: FlowFile, deployed: Deployed | None) -> list[Problem]:
    """Those that the site found when it started this very text; for another text only those of reading it (a preview has all)."""
    if deployed is None or deployed.revision == file.revision:
        return [*server.site.problems.get(file.name, file.problems), *server.deploys.link_problems(file.name)]
    return file.problems


def _deployed_view(deployed: Deployed | None) -> DeployedView | None:
    if deployed is None:
        return None
    return DeployedView(
        revision=deployed.revision,
        number=deployed.number,
        who=deployed.who,
        when=deployed.when,
        note=deployed.note,
    )


def _empty_flow(name: str, title: LocalizedText) -> str:
    said = f"title: {msgspec.json.encode(title).decode()}\n" if title else ""
    return f"flow: {name}\n{said}nodes: {{}}\n"


ROUTES = (
    Route(method="GET", path="/api/flows", role="viewer", handler=list_flows, answer=list[FlowRow]),
    Route(
        method="POST",
        path="/api/flows",
        role="admin",
        handler=add_flow,
        given=NewFlow,
        answer=FlowView,
        status=201,
        refusals=(409, 422, 424),
        action="flow.add",
        time_limit_s=60.0,
    ),
    Route(method="GET", path="/api/flows/{name}", role="viewer", handler=get_flow, answer=FlowView, refusals=(404,)),
    Route(
        method="DELETE",
        path="/api/flows/{name}",
        role="admin",
        handler=remove_flow,
        given=RemoveFlow,
        answer=None,
        status=204,
        refusals=(404, 409),
        action="flow.remove",
        time_limit_s=60.0,
    ),
)
