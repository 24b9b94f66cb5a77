"""The paths in a node's config (`payload.temp`, `flow.limit`) that are none: a node reads them only when it starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.flow.tree import Path
from engine.paths import fault_of_path

__all__ = ["path_faults", "path_fields"]

ANY = "*"
"""Stands for every place of a list and every name of a mapping."""


def path_fields(schema: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    """Where in a config of this schema the texts are that the class declares as `PathText`: ("property",), ("rules", "*", "path")."""
    return tuple(_fields(schema, schema.get("$defs", {}), ()))


def path_faults(config: Any, fields: Sequence[tuple[str, ...]]) -> Iterator[tuple[Path, str]]:
    """(place, what is wrong) of each text there that is no path; an empty one stands for none."""
    for field in fields:
        for place, text in _texts(config, field, ()):
            fault = fault_of_path(text) if text else None
            if fault is not None:
                yield place, fault


def _fields(schema: Mapping[str, Any], named: Mapping[str, Any], place: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if schema.get("x-path"):
        yield place
    target = schema.get("$ref", "").rpartition("/")[2]
    if target in named:
        # A definition that is on the way already would go round for ever.
        rest = {name: found for name, found in named.items() if name != target}
        yield from _fields(named[target], rest, place)
    for part in schema.get("anyOf", ()):
        yield from _fields(part, named, place)
    for name, part in schema.get("properties", {}).items():
        yield from _fields(part, named, (*place, name))
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), Mapping):
            yield from _fields(schema[key], named, (*place, ANY))


def _texts(value: Any, field: tuple[str, ...], place: Path) -> Iterator[tuple[Path, str]]:
    if not field:
        if isinstance(value, str):
            yield place, value
    elif field[0] != ANY:
        if isinstance(value, Mapping) and field[0] in value:
            yield from _texts(value[field[0]], field[1:], (*place, field[0]))
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _texts(part, field[1:], (*place, name))
    elif isinstance(value, (list, tuple)):
        for index, part in enumerate(value):
            yield from _texts(part, field[1:], (*place, index))
