"""What a deploy does to each node of a flow: the one place that decides, asked by a preview and obeyed by the deploy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from engine.flow.check.plan import Plan
from engine.runtime.node_runner import RunningNode
from engine.runtime.renames import likely_renames

__all__ = ["DeployEffect", "deploy_effect"]


class DeployEffect(msgspec.Struct, frozen=True):
    """Nodes by the ids under which they run. `changed` start anew with another class or config; what is `kept` goes on, whatever
    becomes of its wires, title and place; `renamed` ({id before: id now}) start anew with the memory, the queue and the subscription they had."""

    added: list[str]
    changed: list[str]
    removed: list[str]
    kept: list[str]
    renamed: dict[str, str] = {}


def deploy_effect(
    running: Mapping[str, RunningNode],
    plan: Plan | None,
    configs: Mapping[str, dict[str, Any]],
    renames: Mapping[str, str],
) -> DeployEffect:
    """What going over from `running` to `plan` does (None: the flow stops). `configs` have their references filled in; a node without
    one, as a secret is missing, counts as changed. A rename ({id before: id now}) counts where both are there and of one type. Of the others
    the contents of the two versions tell, but for those that `renames` says to have no successor ("")."""
    planned = plan.nodes if plan is not None else {}
    if plan is not None:
        before = {id: node.planned for id, node in running.items() if id not in renames}
        renames = {**likely_renames(before, plan, renames.values()), **renames}
    renamed = {
        old: new
        for old, new in renames.items()
        if old in running and new in planned and running[old].planned.kind.type == planned[new].kind.type
    }
    ids = [id for id in planned if id in running and id not in renamed and id not in renamed.values()]
    kept = [id for id in ids if id in configs and running[id].same_as(planned[id], configs[id])]
    return DeployEffect(
        added=[id for id in planned if id not in ids and id not in renamed.values()],
        changed=[id for id in ids if id not in kept],
        removed=[id for id in running if id not in ids and id not in renamed],
        kept=kept,
        renamed=renamed,
    )
