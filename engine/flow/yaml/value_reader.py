"""Reading single values of a flow file, each of the kind it has to be."""

from typing import Any

from engine.flow.model import LocalizedText, NodeSpec
from engine.flow.names import did_you_mean, invalid_name_reason, nearest
from engine.flow.problem import Problem, Severity
from engine.flow.source import SourceMap, problem_at
from engine.flow.tree import Mapping, Part, Path, Scalar, Sequence, behind
from engine.texts.language import LANGUAGES
from engine.texts.text import Text

_LOCALIZED = {"title": Text("flow.a-title"), "help": Text("flow.a-help")}

# What people write who come from other tools, and the key they mean.
_FAMILIAR = {
    "name": "title",
    "label": "title",
    "config": "with",
    "params": "with",
    "settings": "with",
    "wires": "to",
    "next": "to",
    "kind": "type",
    "color": "colour",
    "nodes": "members",
    "description": "help",
    "info": "note",
    "id": "flow",
    "enabled": "disabled",
    "comment": "note",
    "comments": "notes",
    "positions": "layout",
}


class ValueReader:
    """Takes values out of one tree; adds to `problems` what is of the wrong kind and answers with an empty value."""

    def __init__(self, source: SourceMap, problems: list[Problem]) -> None:
        self.source = source
        self.problems = problems

    def _pair(self, owner: Mapping, place: Path, name: str) -> tuple[float, float] | None:
        entry = owner.entry(name)
        if entry is None:
            return None
        value = behind(entry[1])
        found = value.plain() if isinstance(value, Sequence) else None
        if found is not None and len(found) == 2 and all(type(number) in (int, float) for number in found):
            return (found[0], found[1])
        self._report(entry[1], (*place, name), Text("flow.wants-pair", here=kind_of(value), key=name))
        return None

    def _plain_mapping(self, owner: Mapping, place: Path, name: str) -> dict[str, Any]:
        return {key.value: value.plain() for key, value in self._entries(owner, place, name)}

    def _entries(self, owner: Mapping, place: Path, name: str) -> list[tuple[Scalar, Part]]:
        entry = owner.entry(name)
        if entry is None:
            return []
        value = behind(entry[1])
        if isinstance(value, Mapping):
            return value.entries
        if not (isinstance(value, Scalar) and value.value is None):
            self._report(entry[0], (*place, name), Text("flow.wants-mapping", here=kind_of(value)))
        return []

    def _texts(self, owner: Mapping, place: Path, name: str) -> tuple[str, ...]:
        entry = owner.entry(name)
        if entry is None:
            return ()
        value = behind(entry[1])
        if isinstance(value, Sequence):
            found = value.plain()
            if all(isinstance(text, str) for text in found):
                return tuple(found)
        if not (isinstance(value, Scalar) and value.value is None):
            self._report(entry[1], (*place, name), Text("flow.wants-texts", here=kind_of(value), key=name))
        return ()

    def _text(self, owner: Mapping, place: Path, name: str) -> str:
        entry = owner.entry(name)
        if entry is None:
            return ""
        value = behind(entry[1])
        if isinstance(value, Scalar) and isinstance(value.value, str):
            return value.value
        self._report(entry[1], (*place, name), Text("flow.wants-text", here=kind_of(value)))
        return ""

    def _localized_text(self, owner: Mapping, place: Path, name: str) -> LocalizedText:
        entry = owner.entry(name)
        if entry is None:
            return ""
        value = behind(entry[1])
        if not isinstance(value, Mapping):
            return self._text(owner, place, name)
        self._known_keys(value, (*place, name), LANGUAGES, _LOCALIZED[name])
        return {
            language: self._text(value, (*place, name), language) for language in LANGUAGES if value.entry(language)
        }

    def _switch(self, owner: Mapping, place: Path, name: str) -> bool:
        entry = owner.entry(name)
        if entry is None:
            return False
        value = behind(entry[1])
        if isinstance(value, Scalar) and isinstance(value.value, bool):
            return value.value
        self._report(entry[1], (*place, name), Text("flow.wants-switch", here=kind_of(value), key=name))
        return False

    def _known_keys(self, body: Mapping, place: Path, known: tuple[str, ...], owner: Text) -> None:
        for key, _value in body.entries:
            if key.value not in known:
                familiar = _FAMILIAR.get(key.value.lower())
                meant = familiar if familiar in known else nearest(key.value, known)
                hint = Text("flow.did-you-mean", name=meant) if meant else None
                text = Text("flow.unknown-key", owner=owner, key=shortened(key.value), known=known)
                self._report(key, (*place, key.value), text.with_hint(hint))

    def _check_name(self, entry: tuple[Scalar, Part] | None, place: Path, name: str, what: Text) -> None:
        fault = invalid_name_reason(name)
        if fault is not None and entry is not None:
            self._report(entry[0], place, Text("flow.no-name", name=shortened(name), what=what, reason=fault))

    def _unknown_node(
        self, part: Part | None, place: Path, name: str, nodes: dict[str, NodeSpec], severity: Severity = "error"
    ) -> None:
        text = Text("flow.no-node", node=shortened(name)).with_hint(did_you_mean(name, nodes))
        line, column = (part.line, part.column) if part is not None else self.source.mark(*place)
        self.problems.append(problem_at(self.source.path, line, column, place, text, severity))

    def _report(self, part: Part, place: Path, text: Text) -> None:
        self.problems.append(problem_at(self.source.path, part.line, part.column, place, text))

    def _at(self, place: Path, text: Text) -> None:
        self.problems.append(self.source.problem(place, text))


def kind_of(part: Part) -> Text:
    if isinstance(part, Mapping):
        return Text("flow.here-mapping")
    if isinstance(part, Sequence):
        return Text("flow.here-list", length=len(part.items))
    value = part.plain()
    if value is None:
        return Text("flow.here-nothing")
    if isinstance(value, bool):
        return Text("flow.here-switch", value=value)
    if isinstance(value, str):
        return Text("flow.here-text", value=shortened(value))
    return Text("flow.here-number", value=value)


def shortened(text: str, limit: int = 40) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
