"""What a checked flow comes down to: nodes with resolved ports and wires, subflows written out, ready to be compiled."""

from __future__ import annotations

from typing import Any

import msgspec
import networkx as nx

from engine.catalogue.node_types import NodeType

__all__ = ["Plan", "PlannedNode"]


class PlannedNode(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One node that will run. Inner nodes of a subflow have ids like `calibrate/scale`.

    `config` is its `with`, references (`${secret:…}`) still unresolved; `ports` its output ports in order (without the error port);
    `wires` maps a port (the error port too) to the ids it leads to, disabled wires and nodes left out.
    """

    id: str
    kind: NodeType
    config: dict[str, Any]
    ports: tuple[str, ...]
    wires: dict[str, tuple[str, ...]]


class Plan(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A flow that has passed its checks. `graph` is a networkx.MultiDiGraph of node ids, its edges keyed by port."""

    flow: str
    nodes: dict[str, PlannedNode]
    on_error: str | None
    graph: nx.MultiDiGraph[str]
