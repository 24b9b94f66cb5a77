"""The `${kind:name}` references in a flow's values, which are filled in when it starts."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from engine.flow.model import Flow, NodeSpec
from engine.flow.tree import Path

_REFERENCE = re.compile(r"\$\{([a-z]+):([^${}]+)\}")


class Reference(msgspec.Struct, frozen=True):
    """`${kind:name}` in a text at `place`; `whole` when the text is nothing else, so that it may become any value."""

    kind: str
    name: str
    place: Path
    whole: bool


def references(flow: Flow) -> list[Reference]:
    """All references in the `with` of a flow's nodes, those inside subflows included, in the order of the file."""
    found = list(_in_nodes(flow.nodes, ()))
    for name, subflow in flow.subflows.items():
        found += _in_nodes(subflow.nodes, ("subflows", name))
    return found


def references_in(value: Any, place: Path = ()) -> Iterator[Reference]:
    """The references in one JSON value that stands at `place`."""
    if isinstance(value, str):
        for match in _REFERENCE.finditer(value):
            yield Reference(match[1], match[2].strip(), place, match[0] == value)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from references_in(item, (*place, key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from references_in(item, (*place, index))


def _in_nodes(nodes: dict[str, NodeSpec], scope: Path) -> Iterator[Reference]:
    for name, node in nodes.items():
        yield from references_in(node.with_, (*scope, "nodes", name, "with"))
