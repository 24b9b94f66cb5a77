"""Whether what leaves one port can go into another: payload types and units."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from typing import Any, Union, get_args, get_origin

from engine.core.node import Port

# Two spellings of one unit: people type both, and Unicode has two letters for micro.
_SAME_UNIT = str.maketrans({"μ": "µ", "㎎": "mg", "㎥": "m³"})


def incompatibility(source: Port, target: Port) -> tuple[str, str] | None:
    """Why a wire between two ports can't work, and what to do; None when it can.

    A type goes into itself, into a class above it, and into a union that has it; Any fits everything. A unit fits
    itself, and "" fits everything.
    """
    if not _fits(source.payload, target.payload):
        return (
            f"{type_words(source.payload)} does not fit {type_words(target.payload)}",
            "put a node between them that turns one into the other",
        )
    ours, theirs = _unit(source.unit), _unit(target.unit)
    if ours and theirs and ours != theirs:
        return f"{source.unit} does not fit {target.unit}", "insert a unit-convert node"
    return None


def port_words(port: Port) -> str:
    """What passes a port, for people: `Reading in ppm`."""
    name = "" if port.payload is Any else type_words(port.payload)
    if not port.unit:
        return name or "anything"
    return f"{name or 'a number'} in {port.unit}"


def type_words(payload: Any) -> str:
    """A payload type for people."""
    if payload is Any:
        return "anything"
    if get_origin(payload) in (Union, types.UnionType):
        return " or ".join(type_words(one) for one in get_args(payload))
    if isinstance(payload, type) and get_origin(payload) is None:
        return payload.__name__
    return str(payload).replace("typing.", "")


def _unit(unit: str) -> str:
    return unit.replace(" ", "").translate(_SAME_UNIT)


def _fits(source: Any, target: Any) -> bool:
    if source is Any or target is Any or source == target:
        return True
    if get_origin(source) in (Union, types.UnionType):
        return any(_fits(one, target) for one in get_args(source))
    if get_origin(target) in (Union, types.UnionType):
        return any(_fits(source, one) for one in get_args(target))
    ours, theirs = get_origin(source) or source, get_origin(target) or target
    if not (isinstance(ours, type) and isinstance(theirs, type)):
        return False
    if ours is int and theirs is float:
        return True
    if not issubclass(ours, theirs):
        return False
    inner, wanted = get_args(source), get_args(target)
    if not inner or not wanted or theirs not in (list, dict, tuple, set, Sequence, Mapping):
        return True
    return len(inner) != len(wanted) or all(_fits(one, other) for one, other in zip(inner, wanted, strict=True))
