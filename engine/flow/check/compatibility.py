"""Whether what leaves one port can go into another: payload types and units."""

from __future__ import annotations

import numbers
import types
from collections import abc
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec

from engine.core.node import Port
from engine.texts.text import Readable, Text

# Two spellings of one unit: people type both, and Unicode has two letters for micro.
_SAME_UNIT = str.maketrans({"μ": "µ", "㎎": "mg", "㎥": "m³"})
# What a class can be without inheriting it: asked by `issubclass`, as no list of its bases tells.
_ABSTRACT = (
    numbers.Number, numbers.Real, abc.Iterable, abc.Collection, abc.Sequence, abc.MutableSequence, abc.Set, abc.Mapping, abc.MutableMapping,
)  # fmt: skip
_CONTAINERS = (list, tuple, set, frozenset, dict, *_ABSTRACT[2:])


class Kind(msgspec.Struct, frozen=True):
    """One type of payload, said so that a program in another language can compare it.

    `name` is for people, `above` names every type that it also is, itself first, and `of` has the alternatives of each type parameter of a
    container (`dict[str, float]`: those of the keys, those of the values).
    """

    name: str
    above: tuple[str, ...]
    of: tuple[tuple[Kind, ...], ...] = ()


def incompatibility(source: Port, target: Port) -> Text | None:
    """Why a wire between two ports can't work, and what to do; None when it can.

    A type goes into itself, into a class above it, and into a union that has it; Any fits everything. A unit fits
    itself, and "" fits everything.
    """
    if not payloads_compatible(source.payload, target.payload):
        return Text("flow.types-unfit", given=describe_type(source.payload), wanted=describe_type(target.payload))
    ours, theirs = _unit(source.unit), _unit(target.unit)
    if ours and theirs and ours != theirs:
        return Text("flow.units-unfit", given=source.unit, wanted=target.unit)
    return None


def describe_port(port: Port) -> Readable:
    """What passes a port, for people: `Reading in ppm`."""
    if not port.unit:
        return describe_type(port.payload)
    kind = Text("flow.kind-number") if port.payload is Any else describe_type(port.payload)
    return Text("flow.in-unit", wanted=[kind], unit=port.unit)


def describe_type(payload: Any) -> Readable:
    """A payload type for people."""
    kinds = [kind.name for kind in kinds_of(payload)]
    return Text("flow.either", kinds=kinds) if kinds else Text("flow.anything")


def kinds_of(payload: Any) -> tuple[Kind, ...]:
    """The alternatives that a port's payload type stands for; none for anything."""
    if payload is Any or payload is object:
        return ()
    origin, parameters = get_origin(payload), get_args(payload)
    if origin is Annotated:
        return kinds_of(parameters[0])
    if origin in (Union, types.UnionType):
        alternatives = [kinds_of(one) for one in parameters]
        return tuple(kind for kinds in alternatives for kind in kinds) if all(alternatives) else ()
    cls = origin or payload
    if not isinstance(cls, type):
        name = str(payload).replace("typing.", "")
        return (Kind(name, (name,)),)
    name = "None" if cls is types.NoneType else cls.__name__
    if not parameters or cls not in _CONTAINERS:
        return (Kind(name, _above(cls)),)
    of = tuple(kinds_of(one) for one in parameters if one is not Ellipsis)
    return (Kind(f"{name}[{', '.join(map(_words, of))}]", _above(cls), of),)


def payloads_compatible(source: Any, target: Any) -> bool:
    """Whether messages of one payload type can go where another is wanted; of alternatives one that fits is enough."""
    return source == target or _compatible(kinds_of(source), kinds_of(target))


def _compatible(sources: tuple[Kind, ...], targets: tuple[Kind, ...]) -> bool:
    # The same few lines are in editor/src/model/flow/connect.ts; tests/shared holds them together.
    if not sources or not targets:
        return True
    return any(
        theirs.above[0] in ours.above
        and (
            len(ours.of) != len(theirs.of)
            or all(_compatible(one, other) for one, other in zip(ours.of, theirs.of, strict=True))
        )
        for ours in sources
        for theirs in targets
    )


def _above(cls: type) -> tuple[str, ...]:
    bases = [base for base in cls.__mro__ if base is not object]
    abstract = [one for one in _ABSTRACT if one not in bases and issubclass(cls, one)]
    return tuple(_full_name(one) for one in [*bases, *abstract, *([float] if cls is int else [])])


def _full_name(cls: type) -> str:
    return cls.__qualname__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"


def _words(kinds: tuple[Kind, ...]) -> str:
    return " | ".join(kind.name for kind in kinds) or "Any"


def _unit(unit: str) -> str:
    return unit.replace(" ", "").translate(_SAME_UNIT)
