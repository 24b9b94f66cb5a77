"""The JSON Schema of a whole flow file, so that an editor of text completes and checks it."""

from typing import Any

from engine.flow.yaml.flow_reader import FLOW_KEYS, GROUP_KEYS, NODE_KEYS, NOTE_KEYS, SUBFLOW_KEYS

Schema = dict[str, Any]

_NAME = "^[A-Za-z0-9\u3007\u3400-\u4dbf\u4e00-\u9fff][A-Za-z0-9_\u3007\u3400-\u4dbf\u4e00-\u9fff-]{0,63}$"
_ANNOTATIONS = ("title", "description", "default", "examples")


def flow_schema(node_schemas: dict[str, Schema]) -> Schema:
    """The schema (draft 2020-12) of a flow file whose nodes are of these types, each given the schema of its `with`.

    A field that is no text may also be a reference such as "${env:PORT}". What a schema can't say (wires to missing
    nodes, fields of subflows) is left to `mcs check`.
    """
    bodies = {kind: _rebased(schema, f"#/$defs/with.{kind}") for kind, schema in node_schemas.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Flow",
        "type": "object",
        "required": ["flow", "nodes"],
        "additionalProperties": False,
        "properties": _picked(FLOW_KEYS, {
            "flow": {"$ref": "#/$defs/name", "description": "The name of the flow."},
            "disabled": {"type": "boolean", "description": "A disabled flow is kept and not run."},
            "on_error": {"$ref": "#/$defs/end", "description": "The node that gets messages whose own node failed."},
            "subflows": _section({"$ref": "#/$defs/subflow"}, "Flows used as nodes of type subflow/NAME."),
        }),
        "$defs": {
            **_common(),
            "node": _node(bodies),
            "subflow": _subflow(),
            **{f"with.{kind}": schema for kind, schema in bodies.items()},
        },
    }  # fmt: skip


def _common() -> Schema:
    return {
        "name": {"type": "string", "pattern": _NAME},
        "words": {
            "description": "A text, or one per language.",
            "anyOf": [
                {"type": "string"},
                {
                    "type": "object",
                    "properties": {"zh": {"type": "string"}, "en": {"type": "string"}},
                    "additionalProperties": False,
                },
            ],
        },
        "reference": {"type": "string", "pattern": "^\\$\\{[a-z]+:[^${}]+\\}$"},
        "position": {
            "type": "array",
            "prefixItems": [{"type": "number"}, {"type": "number"}],
            "minItems": 2,
            "maxItems": 2,
        },
        "end": {
            "description": "A node's id, or ID.PORT.",
            "anyOf": [
                {"type": "string", "minLength": 1},
                {
                    "type": "object",
                    "properties": {"node": {"type": "string"}, "disabled": {"type": "boolean"}},
                    "required": ["node"],
                    "additionalProperties": False,
                },
            ],
        },
        "ends": {
            "anyOf": [
                {"type": "null"},
                {"$ref": "#/$defs/end"},
                {"type": "array", "items": {"$ref": "#/$defs/end"}, "uniqueItems": True},
            ]
        },
        "ports": _section({"$ref": "#/$defs/ends"}, "Wires by port."),
        "group": _closed(GROUP_KEYS, {
            "colour": {"type": "string"},
            "members": {"type": ["array", "null"], "items": {"$ref": "#/$defs/name"}, "uniqueItems": True},
        }),
        "note": {
            **_closed(NOTE_KEYS, {
                "text": {"type": "string", "description": "Markdown."},
                "at": {"$ref": "#/$defs/position"},
                "size": {"$ref": "#/$defs/position"},
            }),
            "required": ["text"],
        },
    }  # fmt: skip


def _node(bodies: dict[str, Schema]) -> Schema:
    known = [{"enum": sorted(bodies)}] if bodies else []
    return {
        **_closed(NODE_KEYS, {
            "type": {"type": "string", "anyOf": [*known, {"pattern": "^subflow/"}]},
            "note": {"type": "string", "description": "Markdown."},
            "with": {"type": ["object", "null"], "description": "What the node is set to do."},
            "to": {"description": "Where its messages go.", "anyOf": [{"$ref": "#/$defs/ends"}, {"$ref": "#/$defs/ports"}]},
            "disabled": {"type": "boolean", "description": "A disabled node is kept and not run."},
        }),
        "required": ["type"],
        "allOf": [
            {
                "if": {"properties": {"type": {"const": kind}}, "required": ["type"]},
                "then": {
                    "properties": {"with": {"$ref": f"#/$defs/with.{kind}"}},
                    **({"required": ["with"]} if _needs_fields(body) else {}),
                },
            }
            for kind, body in bodies.items()
        ],
    }  # fmt: skip


def _subflow() -> Schema:
    return _closed(SUBFLOW_KEYS, {
        "inputs": {"$ref": "#/$defs/ports", "description": "Input port: the inner nodes that get its messages."},
        "outputs": {"$ref": "#/$defs/ports", "description": "Output port: the inner outputs that feed it."},
        "fields": _section({"type": "object"}, "The JSON Schema of each field; nodes read it as ${field:NAME}."),
    })  # fmt: skip


def _picked(keys: tuple[str, ...], own: Schema) -> Schema:
    shared = {
        "title": {"$ref": "#/$defs/words"},
        "help": {"$ref": "#/$defs/words"},
        "nodes": _section({"$ref": "#/$defs/node"}, "The nodes by id."),
        "groups": _section({"$ref": "#/$defs/group"}, "Frames round nodes."),
        "notes": _section({"$ref": "#/$defs/note"}, "Markdown on the canvas."),
        "layout": _section({"$ref": "#/$defs/position"}, "Where each node stands, [x, y] in pixels."),
    }
    return {key: own.get(key) or shared[key] for key in keys}


def _closed(keys: tuple[str, ...], own: Schema) -> Schema:
    return {"type": "object", "properties": _picked(keys, own), "additionalProperties": False}


def _section(items: Schema, description: str) -> Schema:
    return {
        "type": ["object", "null"],
        "description": description,
        "propertyNames": {"$ref": "#/$defs/name"},
        "additionalProperties": items,
    }


def _rebased(schema: Schema, root: str) -> Schema:
    """A schema whose own references hold when it stands at `root` of another, and whose fields may be references."""
    moved: Schema = _moved(schema, root)
    main = moved
    name = str(schema.get("$ref", ""))
    if name.startswith("#/$defs/"):
        main = moved.get("$defs", {}).get(name.removeprefix("#/$defs/"), {})
    if isinstance(main.get("properties"), dict):
        main["properties"] = {field: _or_reference(body) for field, body in main["properties"].items()}
    moved.pop("$schema", None)
    return moved


def _moved(value: Any, root: str) -> Any:
    if isinstance(value, dict):
        return {
            key: root + item[1:]
            if key == "$ref" and isinstance(item, str) and item.startswith("#")
            else _moved(item, root)
            for key, item in value.items()
        }
    return [_moved(item, root) for item in value] if isinstance(value, list) else value


def _or_reference(schema: Schema) -> Schema:
    if schema.get("type") == "string" and not schema.keys() & {"enum", "pattern", "format", "maxLength"}:
        return schema
    told = {key: value for key, value in schema.items() if key in _ANNOTATIONS or key.startswith("x-")}
    bare = {key: value for key, value in schema.items() if key not in told}
    return {**told, "anyOf": [bare, {"$ref": "#/$defs/reference"}]}


def _needs_fields(schema: Schema) -> bool:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    return bool((schema.get("$defs", {}).get(name, {}) if name else schema).get("required"))
