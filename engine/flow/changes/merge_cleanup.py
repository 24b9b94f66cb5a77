"""After a merge every name still leads somewhere: groups, ports and node types that name what one side has removed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from engine.flow.model import Flow, Group, NodeSpec, Subflow, Target

Groups = Mapping[str, Group]


def ends_in(*ends: Target | tuple[Target, ...] | None) -> frozenset[str]:
    """The nodes that these ends name."""
    lists = ((end,) if isinstance(end, Target) else end or () for end in ends)
    return frozenset(end.node for some in lists for end in some)


def leading_to(ports: Mapping[str, tuple[Target, ...]], nodes: Mapping[str, NodeSpec]) -> dict[str, tuple[Target, ...]]:
    """The ports of a subflow with the ends that are left."""
    return {port: tuple(end for end in ends if end.node in nodes) for port, ends in ports.items()}


def of_members(groups: Groups, nodes: Mapping[str, NodeSpec]) -> dict[str, Group]:
    """The groups with the members that are left."""
    return {
        name: msgspec.structs.replace(group, members=tuple(one for one in group.members if one in nodes))
        for name, group in groups.items()
    }


def in_one_group(merged: Groups, base: Groups, mine: Groups, theirs: Groups) -> dict[str, Group]:
    """The groups with each node in one of them: where mine has put it, else where theirs has it, else the first."""
    homes: dict[str, str] = {}
    for member in {member for group in merged.values() for member in group.members}:
        wanted = [home for home in (_home(mine, member), _home(theirs, member)) if home is not None]
        if wanted[:1] == [_home(base, member)]:
            wanted.reverse()
        found = [name for name, group in merged.items() if member in group.members]
        homes[member] = next((home for home in wanted if home in found), found[0])
    return {
        name: msgspec.structs.replace(group, members=tuple(one for one in group.members if homes[one] == name))
        for name, group in merged.items()
    }


def with_used(
    subflows: Mapping[str, Subflow], nodes: Mapping[str, NodeSpec], sides: Sequence[Flow]
) -> dict[str, Subflow]:
    """The subflows, and those that one side has removed while the other goes on using them, from the first side that has them."""
    found = dict(subflows)
    looking = [nodes, *(subflow.nodes for subflow in subflows.values())]
    while looking:
        for node in looking.pop().values():
            name = node.subflow
            kept = next((side.subflows[name] for side in sides if name in side.subflows), None) if name else None
            if name is not None and kept is not None and name not in found:
                found[name] = kept
                looking.append(kept.nodes)
    return found


def _home(groups: Groups, member: str) -> str | None:
    return next((name for name, group in groups.items() if member in group.members), None)
