"""Which nodes an edit gives another id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated

from msgspec import Meta

from engine.flow.yaml.operations import Operation, RemoveNode, RenameNode, RenameSubflow

__all__ = ["Renames", "back", "node_renames"]

Renames = Annotated[dict[str, Annotated[str, Meta(max_length=200)]], Meta(max_length=1000)]
"""{address before: new id}."""


def node_renames(operations: Iterable[Operation]) -> dict[str, str]:
    """{address before all the operations: id after them} of nodes that were renamed and are still there; the address of a node of a subflow
    names it as it is called after them."""
    now: dict[str, str] = {}
    """{address as it is now: id before}."""
    for operation in operations:
        if isinstance(operation, RenameNode):
            scope, slash, old = operation.id.rpartition("/")
            now[scope + slash + operation.to] = now.pop(operation.id, old)
        elif isinstance(operation, RemoveNode):
            now.pop(operation.id, None)
        elif isinstance(operation, RenameSubflow):
            now = {_moved(address, operation): old for address, old in now.items()}
    found = {}
    for address, old in now.items():
        scope, slash, new = address.rpartition("/")
        if new != old:
            found[scope + slash + old] = new
    return found


def back(renames: Mapping[str, str]) -> dict[str, str]:
    """The renames that undo these."""
    undone = {}
    for address, new in renames.items():
        scope, slash, old = address.rpartition("/")
        if new:
            undone[scope + slash + new] = old
    return undone


def _moved(address: str, operation: RenameSubflow) -> str:
    scope, slash, id = address.rpartition("/")
    return f"{operation.to}/{id}" if slash and scope == operation.name else address
