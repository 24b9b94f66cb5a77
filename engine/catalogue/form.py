"""A node's fields as a form shows them: the schema with a title and a help in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.core.node import Help

__all__ = ["form_schema", "spoken"]

Schema = dict[str, Any]


def form_schema(schema: Schema, zh: Help | None) -> Schema:
    """The schema of a `with`, every property with `title` (English) and, where it has a Chinese side, `x-zh` {title, description}."""
    chinese = zh or Help("")
    told = {**schema, "properties": _titled(schema, chinese.fields)}
    if "$defs" in schema:
        told["$defs"] = {
            name: {**part, "properties": _titled(part, chinese.parts.get(name, {}))} if "properties" in part else part
            for name, part in schema["$defs"].items()
        }
    return told


def spoken(name: str, unit: str = "") -> str:
    """A name in a file as a title: `keep_session` → "Keep session"; what stands for the unit is left out: `every_s` → "Every"."""
    return (name.rpartition("_")[0] if unit and "_" in name else name).replace("_", " ").capitalize()


def _titled(schema: Schema, chinese: Mapping[str, str | tuple[str, str]]) -> Schema:
    return {
        name: {"title": spoken(name, field.get("x-unit", "")), **field, **_chinese_side(chinese.get(name))}
        for name, field in schema.get("properties", {}).items()
    }


def _chinese_side(told: str | tuple[str, str] | None) -> Schema:
    if told is None:
        return {}
    title, description = ("", told) if isinstance(told, str) else told
    return {"x-zh": {"title": title, "description": description}}
