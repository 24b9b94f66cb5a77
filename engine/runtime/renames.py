"""Which running node goes on under which id in the next version of its flow: as a rename said, or as its content shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Hashable, Iterable, Mapping

import msgspec

from engine.flow.check.plan import Plan, PlannedNode
from engine.flow.model import Flow

__all__ = ["is_disabled", "likely_renames", "running_renames"]


def running_renames(flow: Flow, ids: Iterable[str], renames: Mapping[str, str]) -> dict[str, str]:
    """{id now: id in the new version} of nodes that run under other ids. `flow` is the new version, `ids` are what runs in it;
    `renames` are {address before: new id}, an address being the id, or `subflow/id` for a node of a subflow; {id now: ""} stays as it is."""
    before = {(address.rpartition("/")[0], new): address.rpartition("/")[2] for address, new in renames.items() if new}
    found = {old: "" for old, new in renames.items() if not new}
    for id in ids:
        way, scope, nodes = [], "", flow.nodes
        for part in id.split("/"):
            way.append(before.get((scope, part), part))
            spec = nodes.get(part)
            scope = spec.subflow or "" if spec is not None else ""
            nodes = flow.subflows[scope].nodes if scope in flow.subflows else {}
        if (old := "/".join(way)) != id:
            found[old] = id
    return found


def likely_renames(before: Mapping[str, PlannedNode], plan: Plan, taken: Iterable[str] = ()) -> dict[str, str]:
    """{id before: id now} of nodes that are gone and are there again with the same type and config under another id, where only one can be
    meant; what is `taken` is another's by now."""
    gone, come = _by_content(before, plan.nodes), _by_content(plan.nodes, {*before, *taken})
    return {
        ids[0]: come[content][0] for content, ids in gone.items() if len(ids) == 1 and len(come.get(content, ())) == 1
    }


def is_disabled(flow: Flow, id: str) -> bool:
    """Whether this version has the node and does not run it, itself or a subflow that it is in being disabled."""
    nodes = flow.nodes
    for part in id.split("/"):
        spec = nodes.get(part)
        if spec is None:
            return False
        if spec.disabled:
            return True
        nodes = flow.subflows[spec.subflow].nodes if spec.subflow in flow.subflows else {}
    return False


def _by_content(nodes: Mapping[str, PlannedNode], other: Container[str]) -> dict[Hashable, list[str]]:
    """The ids of nodes that the other version has not, by what they are."""
    found: dict[Hashable, list[str]] = defaultdict(list)
    for id, node in nodes.items():
        if id not in other:
            found[node.kind.type, msgspec.json.encode(node.config, order="deterministic", enc_hook=str)].append(id)
    return found
