"""A test file and a browser give samples as JSON; inside a flow messages have types, so a sample gets the type that would come there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET

from engine.catalogue.node_types import Catalogue
from engine.core.renamed import read_as, renamed_in
from engine.flow.check.plan import Plan

__all__ = ["as_type", "expected_payload", "typed_payload", "typed_props"]


def as_type(payload: Any, wanted: Any) -> Any:
    """A JSON value as the type that a port takes. msgspec.ValidationError when it does not fit."""
    if payload is UNSET or wanted is Any or isinstance(payload, msgspec.Struct):
        return payload
    if wanted is bytes and isinstance(payload, str):
        return payload.encode()
    return read_as(payload, wanted, strict=False)


def typed_payload(plan: Plan, node: str, payload: Any) -> Any:
    """An object as the Struct that comes to that node in this flow; as it is where several kinds come, or any.

    msgspec.ValidationError when it does not fit.
    """
    if not isinstance(payload, dict):
        return payload
    own = plan.nodes[node].kind.inputs
    if own and _is_struct(own[0].payload):
        return as_type(payload, own[0].payload)
    kinds = _coming(plan, node)
    return as_type(payload, kinds.pop()) if len(kinds) == 1 else payload


def expected_payload(plan: Plan, place: str, payload: Any) -> Any:
    """What is expected at a node or port, with the names that the fields and values there have now."""
    id, _, port = (place, "", "") if place in plan.nodes else place.rpartition(".")
    outputs = [one.payload for one in plan.nodes[id].kind.outputs if one.name == port] if id in plan.nodes else []
    kinds = outputs or (_coming(plan, id) if id in plan.nodes else [])
    renamed = [cls for kind in kinds for cls in renamed_in(kind)]
    names = {old: new for cls in renamed for old, new in cls.new_names.items()}
    values = {old: new for cls in renamed for old, new in cls.new_values.items()}
    return _renamed(payload, names, values) if renamed else payload


def _renamed(value: Any, names: Mapping[str, str], values: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {names.get(name, name): _renamed(part, names, values) for name, part in value.items()}
    if isinstance(value, list):
        return [_renamed(part, names, values) for part in value]
    return values.get(value, value) if isinstance(value, str) else value


def typed_props(catalogue: Catalogue, props: Mapping[str, Any]) -> dict[str, Any]:
    """Properties as the types that the packs say. msgspec.ValidationError when one does not fit."""
    kinds = {name: kind for pack in catalogue.packs.values() for name, kind in pack.properties.items()}
    return {
        name: as_type(value, kinds[name]) if name in kinds and isinstance(value, dict) else value
        for name, value in props.items()
    }


def _coming(plan: Plan, node: str) -> set[Any]:
    """The Structs that the ports above send, through nodes that send on what they got."""
    found: set[Any] = set()
    seen, waiting = {node}, [node]
    while waiting:
        target = waiting.pop()
        for id, above in plan.nodes.items():
            for port, ends in above.wires.items():
                if target not in ends:
                    continue
                payload = next((one.payload for one in above.kind.outputs if one.name == port), Any)
                if _is_struct(payload):
                    found.add(payload)
                elif id not in seen:
                    seen.add(id)
                    waiting.append(id)
    return found


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)
