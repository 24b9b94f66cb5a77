"""What a deploy does to each node of a flow: the one place that decides, asked by a preview and obeyed by the deploy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from engine.flow.check.plan import Plan
from engine.runtime.node_runner import RunningNode

__all__ = ["DeployEffect", "deploy_effect"]


class DeployEffect(msgspec.Struct, frozen=True):
    """Nodes by the ids under which they run. `changed` start anew with another class or config; what is `kept` goes on, whatever
    becomes of its wires, title and place."""

    added: list[str]
    changed: list[str]
    removed: list[str]
    kept: list[str]


def deploy_effect(
    running: Mapping[str, RunningNode], plan: Plan | None, configs: Mapping[str, dict[str, Any]]
) -> DeployEffect:
    """What going over from `running` to `plan` does (None: the flow stops). `configs` have their references filled in; a node without
    one, as a secret is missing, counts as changed."""
    planned = plan.nodes if plan is not None else {}
    kept = {
        id for id, node in planned.items() if id in running and id in configs and running[id].same_as(node, configs[id])
    }
    return DeployEffect(
        added=[id for id in planned if id not in running],
        changed=[id for id in planned if id in running and id not in kept],
        removed=[id for id in running if id not in planned],
        kept=[id for id in planned if id in kept],
    )
