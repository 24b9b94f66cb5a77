"""A node type as `mcs nodes TYPE` explains it in a terminal: help, ports, and every field with its choices, those of rules too."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from engine.catalogue.node_types import NodeType
from engine.core.node import ERROR_PORT, Port
from engine.texts.language import Language
from engine.texts.titles import title

__all__ = ["node_summary"]


def node_summary(kind: NodeType, language: Language) -> Iterator[str]:
    """Its lines, in the language."""
    zh = kind.zh if language == "zh" else None
    yield f"{kind.type}  {zh.title if zh else kind.about.title} ({title('category', kind.about.category, language)})"
    yield from ("", zh.text if zh and zh.text else kind.help, "")
    for port in (*kind.inputs, *kind.outputs, Port(ERROR_PORT)):
        chinese, english = port.titles
        yield f"  → {port.name:22} {chinese if language == 'zh' and chinese else english}"
    yield ""
    yield from _fields(kind.form, kind.form.get("$defs", {}), language, "")


def _fields(schema: Mapping[str, Any], parts: Mapping[str, Any], language: Language, above: str) -> Iterator[str]:
    for name, field in schema.get("properties", {}).items():
        words = {**field, **field.get("x-zh", {})} if language == "zh" else field
        default = (
            f" = {json.dumps(field['default'], ensure_ascii=False)}" if field.get("default") not in (None, "") else ""
        )
        unit = f" {field['x-unit']}" if "x-unit" in field else ""
        yield f"  {above + name + default + unit:24} {words['title']}"
        yield f"  {'':24} {words.get('description', '')}"
        for choice in _choices(field):
            named = choice.get("x-choices", {}).get
            for value in choice.get("x-choices") or choice["enum"]:
                yield f"  {'':24} {value!s:16} {(named(value) or {}).get(language, '')}".rstrip()
        inner = _part(field, parts)
        if inner is not None:
            yield from _fields(inner, parts, language, f"{above}{name}.")


def _choices(field: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The schemas of a field whose values are given."""
    if "enum" in field:
        yield field
    for one in (*field.get("anyOf", ()), field.get("items")):
        if isinstance(one, Mapping):
            yield from _choices(one)


def _part(field: Mapping[str, Any], parts: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The object that a field holds, or that its list holds."""
    for one in (field, field.get("items"), *field.get("anyOf", ())):
        if isinstance(one, Mapping) and "$ref" in one:
            found: Mapping[str, Any] = parts[one["$ref"].rpartition("/")[2]]
            return found
    return None
