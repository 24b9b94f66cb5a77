"""The paths in a node's config (`payload.temp`, `flow.limit`) that are none: a node reads them only when it starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.catalogue.path_fields import ANY
from engine.core.paths import invalid_path_reason
from engine.flow.tree import Path
from engine.texts.text import Text

__all__ = ["invalid_paths"]


def invalid_paths(config: Any, fields: Sequence[tuple[str, ...]]) -> Iterator[tuple[Path, Text]]:
    """(place, what is wrong) of each text there that is no path; an empty one stands for none."""
    for field in fields:
        for place, text in _texts(config, field, ()):
            fault = invalid_path_reason(text) if text else None
            if fault is not None:
                yield place, fault


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
