"""Where in a node's config paths stand (`payload.temp`, `flow.limit`): read off the schema, once per node type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["ANY", "path_fields"]

ANY = "*"
"""Stands for every place of a list and every name of a mapping."""


def path_fields(schema: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    """Where in a config of this schema the texts are that the class declares as `PathText`: ("property",), ("rules", "*", "path")."""
    return tuple(_fields(schema, schema.get("$defs", {}), ()))


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
