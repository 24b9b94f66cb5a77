"""What is wrong with a node's config, in words for the people who wrote it rather than those of JSON Schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from jsonschema import ValidationError

from engine.flow.names import did_you_mean, nearest
from engine.flow.tree import Path
from engine.flow.yaml.value_reader import shortened
from engine.texts.text import Readable, Text

Schema = Mapping[str, Any]

_TYPES = {
    "string": Text("flow.kind-text"),
    "number": Text("flow.kind-number"),
    "integer": Text("flow.kind-integer"),
    "boolean": Text("flow.kind-switch"),
    "array": Text("flow.kind-list"),
    "object": Text("flow.kind-mapping"),
    "null": Text("flow.kind-nothing"),
}
_OTHER_KIND = Text("flow.kind-other")


class ConfigProblem(msgspec.Struct, frozen=True):
    """One thing wrong at a place within the config."""

    place: Path
    text: Text


def config_problems(
    errors: Iterable[ValidationError], config: Any, schema: Schema, hidden: frozenset[Path] = frozenset()
) -> list[ConfigProblem]:
    """All errors of a validator as faults, each once. Values at `hidden` places came from references and are not shown."""
    faults: dict[ConfigProblem, None] = {}
    for error in errors:
        for fault in _messages(error, schema, hidden):
            faults[fault] = None
    return list(faults)


def _messages(error: ValidationError, root: Schema, hidden: frozenset[Path]) -> Iterator[ConfigProblem]:
    place: Path = tuple(error.absolute_path)
    rule = str(error.validator)
    limit: Any = error.validator_value
    value: Any = error.instance
    here: Schema = error.schema if isinstance(error.schema, Mapping) else {}
    unit = str(here.get("x-unit") or "")
    shown = Text("flow.here-value") if any(place == other[: len(place)] for other in hidden) else _shown(value)
    about = _about(here)
    if rule == "required":
        for name in limit:
            if name not in value:
                field = here.get("properties", {}).get(name, {})
                yield ConfigProblem(
                    (*place, name), Text("flow.field-missing", field=name).with_hint(_wish(name, field, root))
                )
    elif rule in ("additionalProperties", "unevaluatedProperties"):
        known = list(here.get("properties", {}))
        for name in value:
            if name not in known:
                text = Text("flow.no-field", field=shortened(name), known=known or Text("flow.none"))
                yield ConfigProblem((*place, name), text.with_hint(did_you_mean(name, known)))
    elif rule == "type":
        yield ConfigProblem(place, Text("flow.wants", wanted=_wanted(here, root, unit), here=shown).with_hint(about))
    elif rule == "enum":
        meant = nearest(value, [one for one in limit if isinstance(one, str)]) if isinstance(value, str) else None
        text = Text("flow.wants", wanted=[_one_of(limit)], here=shown)
        yield ConfigProblem(place, text.with_hint(Text("flow.did-you-mean", name=meant) if meant else about))
    elif rule == "const":
        yield ConfigProblem(place, Text("flow.wants", wanted=[_json(limit)], here=shown).with_hint(about))
    elif rule == "minimum":
        yield ConfigProblem(
            place, Text("flow.wants-at-least", limit=_quantity(limit, unit), here=shown).with_hint(about)
        )
    elif rule == "maximum":
        yield ConfigProblem(
            place, Text("flow.wants-at-most", limit=_quantity(limit, unit), here=shown).with_hint(about)
        )
    elif rule == "exclusiveMinimum":
        yield ConfigProblem(place, Text("flow.wants-more", limit=_quantity(limit, unit), here=shown).with_hint(about))
    elif rule == "exclusiveMaximum":
        yield ConfigProblem(place, Text("flow.wants-less", limit=_quantity(limit, unit), here=shown).with_hint(about))
    elif rule == "multipleOf":
        yield ConfigProblem(
            place, Text("flow.wants-multiple", limit=_quantity(limit, unit), here=shown).with_hint(about)
        )
    elif rule == "minLength":
        yield ConfigProblem(place, Text("flow.wants-longer", limit=limit, here=len(value)).with_hint(about))
    elif rule == "maxLength":
        yield ConfigProblem(place, Text("flow.wants-shorter", limit=limit, here=len(value)).with_hint(about))
    elif rule in ("minItems", "minProperties"):
        yield ConfigProblem(place, Text("flow.wants-more-items", limit=limit, here=len(value)).with_hint(about))
    elif rule in ("maxItems", "maxProperties"):
        yield ConfigProblem(place, Text("flow.wants-fewer-items", limit=limit, here=len(value)).with_hint(about))
    elif rule == "pattern":
        yield ConfigProblem(place, Text("flow.wants-pattern", pattern=limit, here=shown).with_hint(about))
    elif rule in ("anyOf", "oneOf") and error.context:
        yield from _choice(error, here, root, hidden, shown, unit)
    elif rule == "uniqueItems":
        yield ConfigProblem(place, Text("flow.item-twice"))
    else:
        text = Text("flow.unfit-value") if hidden else Text("flow.invalid", reason=error.message)
        yield ConfigProblem(place, text.with_hint(about))


def _choice(
    error: ValidationError, here: Schema, root: Schema, hidden: frozenset[Path], shown: Text | float, unit: str
) -> Iterator[ConfigProblem]:
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
    text = Text("flow.wants", wanted=_wanted(here, root, unit), here=shown)
    yield ConfigProblem(tuple(error.absolute_path), text.with_hint(_about(here)))


def _wanted(schema: Schema, root: Schema, unit: str = "") -> list[Readable]:
    """The kinds of value that a schema takes, any of which will do."""
    kinds = _kinds(schema, root)
    return [Text("flow.in-unit", wanted=kinds, unit=unit)] if unit else kinds


def _kinds(schema: Schema, root: Schema) -> list[Readable]:
    target = schema.get("$ref")
    if isinstance(target, str):
        return _kinds(root.get("$defs", {}).get(target.rpartition("/")[2], {}), root)
    if "enum" in schema:
        return [_one_of(schema["enum"])]
    forms = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    if forms:
        return list(dict.fromkeys(kind for form in forms for kind in _kinds(form, root)))
    kinds = schema.get("type", ())
    named: list[Readable] = [_TYPES.get(kind, str(kind)) for kind in ([kinds] if isinstance(kinds, str) else kinds)]
    return named or [_OTHER_KIND]


def _one_of(choices: Sequence[Any]) -> Text:
    return Text("flow.one-of", choices=[_json(one) for one in choices])


def _wish(name: str, field: Schema, root: Schema) -> Text:
    wanted = _wanted(field, root, str(field.get("x-unit") or ""))
    wish = (
        Text("flow.give", field=name) if wanted == [_OTHER_KIND] else Text("flow.give-kind", field=name, wanted=wanted)
    )
    about = _about(field)
    return wish if about is None else Text("flow.with-help", text=wish, help=about)


def _quantity(number: float, unit: str) -> Readable:
    shown = f"{number:g}".replace("-", "−")
    return f"{shown}{unit}" if unit.startswith("%") else f"{shown} {unit}".rstrip()


def _about(schema: Schema) -> Text | None:
    """What the field's own help says first; in Chinese nothing where only the English is declared."""
    chinese = schema.get("x-zh", "")
    if isinstance(chinese, Mapping):
        chinese = chinese.get("description", "")
    english = str(schema.get("description", "")).partition("\n")[0].partition(". ")[0].rstrip(".")
    help = {"zh": str(chinese).partition("。")[0], "en": english}
    return Text("flow.help", help=help) if any(help.values()) else None


def _json(value: Any) -> str:
    return f"`{value}`" if isinstance(value, str) else msgspec.json.encode(value).decode()


def _shown(value: Any) -> Text | float:
    if value is None:
        return Text("flow.here-nothing")
    if isinstance(value, bool):
        return Text("flow.here-switch", value=value)
    if isinstance(value, str):
        return Text("flow.here-text", value=shortened(value))
    if isinstance(value, int | float):
        return value
    return Text("flow.here-list", length=len(value)) if isinstance(value, list) else Text("flow.here-mapping")
