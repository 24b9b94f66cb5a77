"""What a change of a flow would come to, before it is deployed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping

import msgspec
from aiohttp import web
from msgspec import UNSET, UnsetType

from engine.core.route import Route
from engine.deploy.flow_files import invalid_flow_name_reason, revision_of
from engine.flow.changes.diff import FlowDiff, diff_flows
from engine.flow.changes.node_renames import Renames, node_renames
from engine.flow.check.check import check_site
from engine.flow.check.plan import Plan
from engine.flow.model import Flow
from engine.flow.problem import ProblemAnswer, answers, errors_in
from engine.flow.yaml.operations import Operation
from engine.flow.yaml.read import read_flow
from engine.runtime.deploy_effect import DeployEffect, deploy_effect
from engine.runtime.renames import running_renames
from engine.texts.language import Language
from engine.texts.text import Text
from engine.web.api.drafts import Drafts
from engine.web.api.flows import FileText, FlowModel, model_of
from engine.web.http.errors import ApiError
from engine.web.http.route import Call
from engine.web.http.server_context import ServerContext

__all__ = ["DRAFTS", "ROUTES"]

DRAFTS = web.AppKey("drafts", Drafts)


class Preview(msgspec.Struct, forbid_unknown_fields=True):
    """A change to try: a whole text, or operations on `base_text`; `renames` as for a deploy."""

    base_text: FileText = ""
    operations: list[Operation] | UnsetType = UNSET
    text: FileText | UnsetType = UNSET
    renames: Renames = {}


class Previewed(msgspec.Struct, kw_only=True):
    """What the change would come to. `flow` is null where the text can't be read; `diff` is against what is deployed;
    `restarts` are the nodes that a deploy would start anew, `added` and `removed` those that it would start and stop, and `renamed` ({id before:
    id now}) those whose memory, queue and subscription would follow to another id."""

    text: str
    revision: str
    flow: FlowModel | None
    problems: list[ProblemAnswer]
    diff: FlowDiff | None
    restarts: list[str]
    added: list[str]
    removed: list[str]
    renamed: dict[str, str]


async def preview(call: Call[Preview]) -> Previewed:
    """What a change would come to; saves and starts nothing."""
    given, name = call.given, call.path("name")
    fault = invalid_flow_name_reason(name)
    if fault is not None:
        raise ApiError(404, "not_found", Text("deploy.no-flow-name", name=name[:80], reason=fault))
    # Off the loop: a flow of 1,000 nodes keeps a thread busy longer than a message may wait.
    beside = call.server.deploys.beside(name)
    drafts = call.request.app[DRAFTS]
    return await asyncio.to_thread(_previewed, call.server, drafts, name, given, beside, call.language)


def _previewed(
    server: ServerContext, drafts: Drafts, name: str, given: Preview, beside: list[Flow], language: Language
) -> Previewed:
    flow: Flow | None
    renames = given.renames
    if given.text is not UNSET:
        text = given.text
        flow, problems = read_flow(text, f"{name}.yaml")
    else:
        renames = {**node_renames(given.operations or []), **renames}
        edited = drafts.of(given.base_text, f"{name}.yaml")
        text = edited.apply(given.operations or [])
        drafts.keep(edited)
        flow, problems = edited.flow, list(edited.problems)
    plan: Plan | None = None
    if flow is not None:
        plan, more = server.site.check(flow)
        problems = [*problems, *more, *check_site([flow], beside)]
    deployed = server.deploys.known.get(name)
    running = deployed.flow if deployed is not None else Flow(flow=name)
    effect = _effect(server, name, flow, plan, renames) if not errors_in(problems) else DeployEffect([], [], [], [])
    return Previewed(
        text=text,
        revision=revision_of(text),
        flow=model_of(flow),
        problems=answers(problems, language),
        diff=diff_flows(running, flow) if flow is not None else None,
        restarts=effect.changed,
        added=effect.added,
        removed=effect.removed,
        renamed=effect.renamed,
    )


def _effect(
    server: ServerContext, name: str, flow: Flow | None, plan: Plan | None, renames: Mapping[str, str]
) -> DeployEffect:
    run = server.site.flows.get(name)
    configs = {}
    for id, node in plan.nodes.items() if plan is not None else ():
        with contextlib.suppress(LookupError, ValueError, TypeError):
            configs[id] = server.site.resolve(node.config, node.kind)
    said = running_renames(flow, plan.nodes, renames) if flow is not None and plan is not None else {}
    return deploy_effect(dict(run.nodes) if run is not None else {}, plan, configs, said)


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
)
