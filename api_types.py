"""Write the TypeScript types of what the API takes and answers, from the same schemas as /api/openapi.json.

Our own, as openapi-typescript needs the API of TypeScript 5 and the editor is built with 7: msgspec's schemas use few keywords.
"""

import json
from pathlib import Path
from typing import Any

from aiohttp import web

from engine.pack import discover_packs
from engine.web.app import ROUTES
from engine.web.http.route import mount
from engine.web.openapi import openapi

GENERATED = Path(__file__).parent / "editor" / "src" / "platform" / "api" / "generated.ts"
HEAD = """\
/** What the API takes and answers. Written by `make api-types` from the routes of the server: change them there. */
import type { Json } from "./json";
"""

Schema = dict[str, Any]


def api_types() -> str:
    """The text of the generated file: one type for each schema, by name."""
    app = web.Application()
    mount(app, ROUTES)
    for pack in discover_packs():
        mount(app, pack.api)
    document = openapi(app, "")
    schemas = document["components"]["schemas"]
    answers = [operation["responses"] for path in document["paths"].values() for operation in path.values()]
    answered = _names_in(answers, schemas, set())
    names = sorted(schemas, key=_type_name)
    return "\n".join([HEAD, *(_declaration(name, schemas[name], name in answered) for name in names)])


def _names_in(part: Any, schemas: Schema, found: set[str]) -> set[str]:
    """The schemas that a part of the document refers to, at any depth."""
    if isinstance(part, dict):
        name = str(part.get("$ref", "")).rpartition("/")[2]
        if name and name not in found:
            found.add(name)
            _names_in(schemas[name], schemas, found)
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            _names_in(one, schemas, found)
    return found


def _declaration(name: str, schema: Schema, answered: bool) -> str:
    said = schema.get("description", "").partition("\n\n")[0].split()
    comment = f"/** {' '.join(said)} */\n" if said else ""
    if "properties" not in schema:
        return f"{comment}export type {_type_name(name)} = {_type(schema)};\n"
    fields = [
        f"  {_key(field)}{_optional(schema, field, answered)}: {_type(part)};"
        for field, part in schema["properties"].items()
    ]
    return f"{comment}export interface {_type_name(name)} {{\n" + "\n".join(fields) + "\n}\n"


def _optional(schema: Schema, field: str, answered: bool) -> str:
    """What is taken may be left out where it has a default; what is answered is all there, but for a value of any kind, which may be none."""
    part = schema["properties"][field]
    if field in schema.get("required", ()) or "default" in part:
        return "?" if "default" in part and not answered else ""
    return "" if answered and _type(part) != "Json" else "?"


def _type(schema: Schema) -> str:
    if "$ref" in schema:
        return _type_name(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_type(part) for part in schema["anyOf"]))
    if "enum" in schema:
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in schema["enum"])
    if "const" in schema:
        return json.dumps(schema["const"])
    match schema.get("type"):
        case "string":
            return "string"
        case "integer" | "number":
            return "number"
        case "boolean":
            return "boolean"
        case "null":
            return "null"
        case "array" if "prefixItems" in schema:
            return f"[{', '.join(_type(part) for part in schema['prefixItems'])}]"
        case "array":
            inner = _type(schema.get("items") or {})
            return f"({inner})[]" if " | " in inner else f"{inner}[]"
        case "object":
            inner = schema.get("additionalProperties")
            return f"Record<string, {_type(inner) if isinstance(inner, dict) else 'Json'}>"
    return "Json"


def _type_name(name: str) -> str:
    """Two schemas of one name are told apart by their modules: `engine.web.live.tracing.Given` is `TracingGiven`."""
    *_, module, plain = ["", *name.split(".")]
    return "".join(part.title() for part in module.split("_")) + plain


def _key(field: str) -> str:
    return field if field.isidentifier() else json.dumps(field)


if __name__ == "__main__":
    GENERATED.write_text(api_types(), encoding="utf-8")
