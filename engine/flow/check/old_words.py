"""Words in a node's config that what comes to it has other names for now: fields and values of Structs that were renamed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from engine.core.renamed import RenamedFields
from engine.flow.tree import Path

__all__ = ["with_new_words"]

Found = tuple[Path, str, str]
"""(place in the config, old word, new word)."""


def with_new_words(
    config: dict[str, Any], renamed: Sequence[type[RenamedFields]]
) -> tuple[dict[str, Any], list[Found]]:
    """The config in today's words, and what was replaced.

    A field stands behind a dot (`payload.told`, in expressions and templates too); a value is a whole text, or in quotes.
    """
    names = {old: new for cls in renamed for old, new in cls.new_names.items()}
    values = {old: new for cls in renamed for old, new in cls.new_values.items()}
    found: list[Found] = []
    return _replaced(config, (), names, values, found), found


def _replaced(value: Any, place: Path, names: Mapping[str, str], values: Mapping[str, str], found: list[Found]) -> Any:
    if isinstance(value, dict):
        return {name: _replaced(part, (*place, name), names, values, found) for name, part in value.items()}
    if isinstance(value, list):
        return [_replaced(part, (*place, index), names, values, found) for index, part in enumerate(value)]
    if not isinstance(value, str):
        return value
    if value in values:
        found.append((place, value, values[value]))
        return values[value]
    for words, pattern in ((names, r"(?<=\.){}\b"), (values, r"(?<=[\"']){}(?=[\"'])")):
        for old, new in words.items():
            value, count = re.subn(pattern.format(re.escape(old)), new, value)
            if count:
                found.append((place, old, new))
    return value
