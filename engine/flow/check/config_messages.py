"""What is wrong with a node's config, in words for the people who wrote it rather than those of JSON Schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from jsonschema import ValidationError

from engine.flow.names import nearest
from engine.flow.tree import Path

Schema = Mapping[str, Any]

_TYPES = {
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing",
}
_BOUNDS = {
    "minimum": "at least",
    "maximum": "at most",
    "exclusiveMinimum": "more than",
    "exclusiveMaximum": "less than",
    "multipleOf": "a multiple of",
}
_LENGTHS = {
    "minLength": ("at least", "character"),
    "maxLength": ("at most", "character"),
    "minItems": ("at least", "item"),
    "maxItems": ("at most", "item"),
    "minProperties": ("at least", "entry"),
    "maxProperties": ("at most", "entry"),
}


class Fault(msgspec.Struct, frozen=True):
    """One thing wrong at a place within the config."""

    place: Path
    message: str
    hint: str = ""


def faults_of(
    errors: Iterable[ValidationError], config: Any, schema: Schema, hidden: frozenset[Path] = frozenset()
) -> list[Fault]:
    """All errors of a validator as faults, each once. Values at `hidden` places came from references and are not shown."""
    faults: dict[Fault, None] = {}
    for error in errors:
        for fault in _messages(error, schema, hidden):
            faults[fault] = None
    return list(faults)


def _messages(error: ValidationError, root: Schema, hidden: frozenset[Path]) -> Iterator[Fault]:
    place: Path = tuple(error.absolute_path)
    rule = str(error.validator)
    limit: Any = error.validator_value
    value: Any = error.instance
    here: Schema = error.schema if isinstance(error.schema, Mapping) else {}
    unit = f" {here['x-unit']}" if here.get("x-unit") else ""
    shown = "the value" if any(place == other[: len(place)] for other in hidden) else _shown(value)
    about = _first_sentence(here)
    if rule == "required":
        for name in limit:
            if name not in value:
                field = here.get("properties", {}).get(name, {})
                yield Fault((*place, name) if place else (name,), f"`{name}` is missing", _wish(name, field, root))
    elif rule in ("additionalProperties", "unevaluatedProperties"):
        known = list(here.get("properties", {}))
        for name in value:
            if name not in known:
                meant = nearest(name, known)
                hint = f"did you mean `{meant}`?" if meant else f"the fields are {', '.join(known) or 'none'}"
                yield Fault((*place, name), f"there is no field `{_short(name)}`", hint)
    elif rule == "type":
        yield Fault(place, f"wants {_wanted(here, root)}{_in(unit)}, here is {shown}", about)
    elif rule == "enum":
        meant = nearest(value, [one for one in limit if isinstance(one, str)]) if isinstance(value, str) else None
        choices = ", ".join(_json(one) for one in limit)
        yield Fault(
            place, f"wants one of {choices}, here is {shown}", f"did you mean {_json(meant)}?" if meant else about
        )
    elif rule == "const":
        yield Fault(place, f"wants {_json(limit)}, here is {shown}", about)
    elif rule in _BOUNDS:
        yield Fault(place, f"wants {_BOUNDS[rule]} {limit:g}{unit}, here is {shown}", about)
    elif rule in _LENGTHS:
        words, thing = _LENGTHS[rule]
        yield Fault(place, f"wants {words} {limit} {_plural(thing, limit)}, here are {len(value)}", about)
    elif rule == "pattern":
        yield Fault(place, f"wants a text that matches `{limit}`, here is {shown}", about)
    elif rule in ("anyOf", "oneOf") and error.context:
        yield from _choice(error, here, root, hidden, shown, unit)
    elif rule == "uniqueItems":
        yield Fault(place, "holds the same item twice", "remove one of them")
    else:
        yield Fault(place, "does not fit" if hidden else error.message, about)


def _choice(
    error: ValidationError, here: Schema, root: Schema, hidden: frozenset[Path], shown: str, unit: str
) -> Iterator[Fault]:
    """A value that fits none of several forms: the faults in the form it was meant to be, when that can be told."""
    top = len(error.absolute_path)
    forms: dict[int, list[ValidationError]] = {}
    for inner in error.context or ():
        forms.setdefault(int(inner.schema_path[0]), []).append(inner)
    meant = [
        form
        for form in forms.values()
        if not any(one.validator == "type" and len(one.absolute_path) == top for one in form)
        and not any(one.validator in ("const", "enum") and len(one.absolute_path) == top + 1 for one in form)
    ]
    if len(meant) == 1:
        for inner in meant[0]:
            yield from _messages(inner, root, hidden)
        return
    yield Fault(
        tuple(error.absolute_path), f"wants {_wanted(here, root)}{_in(unit)}, here is {shown}", _first_sentence(here)
    )


def _wanted(schema: Schema, root: Schema) -> str:
    target = schema.get("$ref")
    if isinstance(target, str):
        return _wanted(root.get("$defs", {}).get(target.rpartition("/")[2], {}), root)
    if "enum" in schema:
        return "one of " + ", ".join(_json(one) for one in schema["enum"])
    forms = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    if forms:
        return _either(list(dict.fromkeys(_wanted(form, root) for form in forms)))
    kinds = schema.get("type", ())
    named = [_TYPES.get(kind, str(kind)) for kind in ([kinds] if isinstance(kinds, str) else kinds)]
    return _either(named) if named else "something else"


def _wish(name: str, field: Schema, root: Schema) -> str:
    unit = f" in {field['x-unit']}" if field.get("x-unit") else ""
    wanted = _wanted(field, root)
    about = _first_sentence(field)
    said = f"give `{name}`" + (f", {wanted}{unit}" if wanted != "something else" else "")
    return f"{said}: {about}" if about else said


def _either(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _in(unit: str) -> str:
    return f" in{unit}" if unit else ""


def _first_sentence(schema: Schema) -> str:
    text = str(schema.get("description", "")).partition("\n")[0]
    return text.partition(". ")[0].rstrip(".")


def _plural(thing: str, count: Any) -> str:
    return thing if count == 1 else "entries" if thing == "entry" else f"{thing}s"


def _json(value: Any) -> str:
    return f"`{value}`" if isinstance(value, str) else msgspec.json.encode(value).decode()


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, str):
        return f"the text `{_short(value)}`"
    if isinstance(value, int | float):
        return f"{value}"
    return f"a list of {len(value)}" if isinstance(value, list) else "a mapping"


def _short(text: str, limit: int = 40) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
