"""The `${kind:name}` references in a flow's values: which there are, what is missing for them, and filling them in."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from engine.flow.model import Flow, NodeSpec
from engine.flow.names import nearest
from engine.flow.tree import Path
from engine.texts.text import Text

KINDS = ("env", "secret", "broker", "field")

_REFERENCE = re.compile(r"\$\{([a-z]+):([^${}]+)\}")
# The environment is where the server's own passwords stand; a flow that anyone may edit must not read them out.
_PRIVATE = re.compile(r"PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIAL|(?:\A|_)KEY(?:_|\Z)|\AMCS_\w*URL\Z", re.IGNORECASE)


class Reference(msgspec.Struct, frozen=True):
    """`${kind:name}` in a text at `place`; `whole` when the text is nothing else, so that it may become any value."""

    kind: str
    name: str
    place: Path
    whole: bool

    def __str__(self) -> str:
        return f"${{{self.kind}:{self.name}}}"


class SecretText(str):
    """A text with a secret in it, as a resolved config holds it: it is equal to the text, and a log of the config shows dots."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'•••'"


class References:
    """What references stand for on this site.

    `env` is the process's environment unless given. `brokers` and `secrets` (names only) left out are not known here,
    as when a file is checked away from its server: their references are taken to be good.
    """

    def __init__(
        self,
        env: Mapping[str, str] | None = None,
        brokers: Mapping[str, Any] | None = None,
        secrets: Iterable[str] | None = None,
    ) -> None:
        self._env = env
        self._brokers = brokers
        self._secrets = secrets

    def __repr__(self) -> str:
        return "References()"

    def names(self, kind: str) -> list[str]:
        """What references of that kind can name, as far as is known here; the environment is not told."""
        known = {"broker": self._brokers, "secret": self._secrets}.get(kind)
        return list(known or ())

    def fault(self, reference: Reference) -> Text | None:
        """What is missing for a reference and what to do about it; None when nothing is, as far as is known here."""
        kind, name = reference.kind, reference.name
        if kind == "env":
            if _PRIVATE.search(name):
                return Text("flow.env-private", reference=str(reference))
            known = self._environment
            missing = Text("flow.env-missing", name=name)
        elif kind == "secret":
            if self._secrets is None:
                return None
            known = dict.fromkeys(self._secrets, "")
            missing = Text("flow.secret-missing", name=name)
        elif kind == "broker":
            if self._brokers is None:
                return None
            known = self._brokers
            missing = (
                Text("flow.broker-missing", name=name, known=list(known))
                if known
                else Text("flow.no-brokers", name=name)
            )
        else:
            return Text("flow.field-reference", name=name)
        if name in known:
            return None
        meant = nearest(name, known) if kind != "env" else None
        return missing.with_hint(Text("flow.did-you-mean", name=f"${{{kind}:{meant}}}") if meant else None)

    def preview(self, config: dict[str, Any], schema: Mapping[str, Any]) -> tuple[dict[str, Any], frozenset[Path]]:
        """The config with everything filled in that is no secret, and the places whose values are not known yet."""
        open_places: set[Path] = set()

        def value_of(reference: Reference) -> Any:
            if reference.kind == "env" and self.fault(reference) is None:
                return self._environment[reference.name]
            if reference.kind == "broker" and self._brokers is not None and reference.name in self._brokers:
                return self._brokers[reference.name]
            if reference.kind in KINDS or nearest(reference.kind, KINDS):
                open_places.add(reference.place)
            return str(reference)

        filled = _filled(config, (), value_of, schema)
        return filled, frozenset(open_places)

    def resolve(
        self, config: dict[str, Any], schema: Mapping[str, Any], secrets: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """The config with every reference filled in, for the start of a node.

        A text that is nothing but one reference becomes the number or boolean it spells where the schema wants one.
        Texts with a secret in them are `SecretText`. Raises LookupError, which names the first reference without a value.
        """
        stored: Mapping[str, str] = {} if secrets is None else secrets

        def value_of(reference: Reference) -> Any:
            kind, name = reference.kind, reference.name
            if kind not in KINDS:
                return str(reference)
            if kind == "secret" and name in stored:
                return SecretText(stored[name])
            if kind == "env" and self.fault(reference) is None:
                return self._environment[name]
            if kind == "broker" and self._brokers is not None and name in self._brokers:
                return self._brokers[name]
            raise LookupError(self.fault(reference) or Text("flow.reference-empty", reference=str(reference)))

        resolved: dict[str, Any] = _filled(config, (), value_of, schema)
        return resolved

    @property
    def _environment(self) -> Mapping[str, str]:
        return os.environ if self._env is None else self._env


def references(flow: Flow) -> list[Reference]:
    """All references in the `with` of a flow's nodes, those inside subflows included, in the order of the file."""
    found = list(_in_nodes(flow.nodes, ()))
    for name, subflow in flow.subflows.items():
        found += _in_nodes(subflow.nodes, ("subflows", name))
    return found


def references_in(value: Any, place: Path = ()) -> Iterator[Reference]:
    """The references in one JSON value that stands at `place`."""
    if isinstance(value, str):
        if "${" in value:
            for match in _REFERENCE.finditer(value):
                yield Reference(match[1], match[2].strip(), place, match[0] == value)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from references_in(item, (*place, key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from references_in(item, (*place, index))


def with_fields(value: Any, fields: Mapping[str, Any]) -> Any:
    """A value of an inner node with its `${field:NAME}` filled in; those without a value stay as they are."""

    def value_of(reference: Reference) -> Any:
        if reference.kind == "field" and reference.name in fields:
            return fields[reference.name]
        return str(reference)

    return _filled(value, (), value_of, None)


def revealed(config: Any) -> Any:
    """A resolved config as its node gets it: libraries, encoders and messages take a `str`, and no kind of it."""
    if isinstance(config, SecretText):
        return str(config)
    if isinstance(config, dict):
        return {key: revealed(value) for key, value in config.items()}
    if isinstance(config, list):
        return [revealed(value) for value in config]
    return config


def wanted_types(schema: Mapping[str, Any], place: Path) -> frozenset[str]:
    """The JSON types that a schema takes at a place; empty when it takes any."""
    found: set[str] = set()
    for part in _schemas_at(schema, schema, place, 0):
        kinds = part.get("type", ())
        found.update([kinds] if isinstance(kinds, str) else kinds)
        for choice in part.get("enum", ()):
            found.add("string" if isinstance(choice, str) else "boolean" if isinstance(choice, bool) else "number")
    return frozenset(found)


def _in_nodes(nodes: dict[str, NodeSpec], scope: Path) -> Iterator[Reference]:
    for name, node in nodes.items():
        yield from references_in(node.with_, (*scope, "nodes", name, "with"))


def _filled(value: Any, place: Path, value_of: Any, schema: Mapping[str, Any] | None) -> Any:
    if isinstance(value, str):
        return _filled_text(value, place, value_of, schema) if "${" in value else value
    if isinstance(value, dict):
        return {key: _filled(item, (*place, key), value_of, schema) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_filled(item, (*place, index), value_of, schema) for index, item in enumerate(value)]
    return value


def _filled_text(text: str, place: Path, value_of: Any, schema: Mapping[str, Any] | None) -> Any:
    found = list(references_in(text, place))
    if not found:
        return text
    if found[0].whole:
        value = value_of(found[0])
        return _as_wanted(value, wanted_types(schema, place)) if schema is not None else value
    # Python formats a subclass of str as the text itself, so the secret parts are put together by hand and kept wrapped.
    pieces: list[str] = []
    wrapped = False
    end = 0
    for match, reference in zip(_REFERENCE.finditer(text), found, strict=True):
        value = value_of(reference)
        wrapped = wrapped or isinstance(value, SecretText)
        pieces += [text[end : match.start()], value if isinstance(value, str) else msgspec.json.encode(value).decode()]
        end = match.end()
    joined = "".join([*pieces, text[end:]])
    return SecretText(joined) if wrapped else joined


def _as_wanted(value: Any, wanted: frozenset[str]) -> Any:
    if not isinstance(value, str) or not wanted or "string" in wanted:
        return value
    try:
        read = msgspec.json.decode(value.strip().encode())
    except (msgspec.DecodeError, UnicodeEncodeError):
        return value
    if isinstance(read, bool):
        return read if "boolean" in wanted else value
    if isinstance(read, int):
        return read if wanted & {"integer", "number"} else value
    return read if isinstance(read, float) and "number" in wanted else value


def _schemas_at(
    schema: Mapping[str, Any], root: Mapping[str, Any], place: Path, depth: int
) -> Iterator[Mapping[str, Any]]:
    if depth > 40 or not isinstance(schema, Mapping):
        return
    target = schema.get("$ref")
    if isinstance(target, str) and target.startswith("#/$defs/"):
        yield from _schemas_at(root.get("$defs", {}).get(target[8:], {}), root, place, depth + 1)
    for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from _schemas_at(choice, root, place, depth + 1)
    if not place:
        yield schema
        return
    step, rest = place[0], place[1:]
    if isinstance(step, int):
        fixed = schema.get("prefixItems", ())
        inner = fixed[step] if step < len(fixed) else schema.get("items")
    else:
        inner = schema.get("properties", {}).get(step, schema.get("additionalProperties"))
    if isinstance(inner, Mapping):
        yield from _schemas_at(inner, root, rest, depth + 1)
