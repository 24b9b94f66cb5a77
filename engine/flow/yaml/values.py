"""Reading single values of a flow file, each of the kind it has to be."""

from typing import Any

from engine.flow.model import NodeSpec, Words
from engine.flow.names import invalid_name_reason, nearest
from engine.flow.problem import Problem, Severity
from engine.flow.source import SourceMap, problem_at
from engine.flow.tree import Mapping, Part, Path, Scalar, Sequence, behind

LANGUAGES = ("zh", "en")

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


class Values:
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
        self._say(entry[1], (*place, name), f"wants two numbers, here is {kind_of(value)}", f"write `{name}: [40, 80]`")
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
            self._say(
                entry[0],
                (*place, name),
                f"wants a mapping, here is {kind_of(value)}",
                "write `key: value` lines under it",
            )
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
            self._say(
                entry[1], (*place, name), f"wants a list of texts, here is {kind_of(value)}", f"write `{name}: [a, b]`"
            )
        return ()

    def _text(self, owner: Mapping, place: Path, name: str) -> str:
        entry = owner.entry(name)
        if entry is None:
            return ""
        value = behind(entry[1])
        if isinstance(value, Scalar) and isinstance(value.value, str):
            return value.value
        self._say(entry[1], (*place, name), f"wants a text, here is {kind_of(value)}", "quote it if it is one")
        return ""

    def _words(self, owner: Mapping, place: Path, name: str) -> Words:
        entry = owner.entry(name)
        if entry is None:
            return ""
        value = behind(entry[1])
        if not isinstance(value, Mapping):
            return self._text(owner, place, name)
        self._known_keys(value, (*place, name), LANGUAGES, f"a {name}")
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
        self._say(entry[1], (*place, name), f"wants true or false, here is {kind_of(value)}", f"write `{name}: true`")
        return False

    def _known_keys(self, body: Mapping, place: Path, known: tuple[str, ...], what: str) -> None:
        for key, _value in body.entries:
            if key.value not in known:
                familiar = _FAMILIAR.get(key.value.lower())
                meant = familiar if familiar in known else nearest(key.value, known)
                hint = f"did you mean `{meant}`?" if meant else f"{what} has {', '.join(known)}"
                self._say(key, (*place, key.value), f"{what} has no `{shortened(key.value)}`", hint)

    def _check_name(self, entry: tuple[Scalar, Part] | None, place: Path, name: str, what: str) -> None:
        fault = invalid_name_reason(name)
        if fault is not None and entry is not None:
            self._say(
                entry[0],
                place,
                f"`{shortened(name)}` can't be {what}: {fault}",
                "use letters (Latin or Han), digits, `-` and `_`; a title may hold anything",
            )

    def _unknown_node(
        self, part: Part | None, place: Path, name: str, nodes: dict[str, NodeSpec], severity: Severity = "error"
    ) -> None:
        meant = nearest(name, nodes)
        hint = f"did you mean `{meant}`?" if meant else "name a node that stands under `nodes`"
        line, column = (part.line, part.column) if part is not None else self.source.mark(*place)
        self.problems.append(
            problem_at(self.source.path, line, column, place, f"there is no node `{shortened(name)}`", hint, severity)
        )

    def _say(self, part: Part, place: Path, message: str, hint: str) -> None:
        self.problems.append(problem_at(self.source.path, part.line, part.column, place, message, hint))

    def _at(self, place: Path, message: str, hint: str) -> None:
        self.problems.append(self.source.problem(place, message, hint))


def kind_of(part: Part) -> str:
    if isinstance(part, Mapping):
        return "a mapping"
    if isinstance(part, Sequence):
        return f"a list of {len(part.items)}"
    value = part.plain()
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"the text `{shortened(value)}`" if isinstance(value, str) else f"the number {value}"


def shortened(text: str, limit: int = 40) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
