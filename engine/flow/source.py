"""Where in its file each part of a flow stands."""

from engine.flow.problem import Problem, Severity
from engine.flow.tree import Mapping, Part, Path, Sequence, behind
from engine.texts.text import Readable

_NODES = "nodes"
_SUBFLOWS = "subflows"


class SourceMap:
    """Answers for the line of `("nodes", "scale", "with", "factor")`. Any two are equal: where things stand in a file
    is no part of what a flow is."""

    __slots__ = ("path", "root")

    def __init__(self, path: str = "", root: Part | None = None) -> None:
        self.path = path
        self.root = root

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SourceMap)

    def __hash__(self) -> int:
        return hash(SourceMap)

    def __repr__(self) -> str:
        return f"SourceMap({self.path!r})"

    def line(self, *place: str | int) -> int:
        """The line of a place, or of the nearest place above it that the file has; 0 when there is no file.

        Wires are found under every spelling: ("nodes", "a", "to", "ok", 1), or ("nodes", "a", "to", "", 0) for `to: b`.
        """
        return self.mark(*place)[0]

    def mark(self, *place: str | int) -> tuple[int, int]:
        """Line and column, as `line` finds them. Of an entry it is the key's, of a list item the item's."""
        if self.root is None:
            return (0, 0)
        part = self.root
        mark = (part.line, part.column)
        for step in place:
            inner = behind(part)
            if isinstance(inner, Mapping):
                entry = inner.entry(str(step))
                if entry is None:
                    break
                key, part = entry
                mark = (key.line, key.column)
            elif isinstance(inner, Sequence) and isinstance(step, int) and 0 <= step < len(inner.items):
                part = inner.items[step]
                mark = (part.line, part.column)
            elif step not in ("", 0):
                break
        return mark

    def problem(self, place: Path, text: Readable, severity: Severity = "error") -> Problem:
        """A problem at a place of this file."""
        line, column = self.mark(*place)
        return problem_at(self.path, line, column, place, text, severity)


def problem_at(
    path: str,
    line: int,
    column: int,
    place: Path,
    text: Readable,
    severity: Severity = "error",
) -> Problem:
    """A problem at a line, whose node and field are told from the place in the document."""
    node, field = split_place(place)
    return Problem(
        path=path,
        line=line,
        column=column,
        node=node,
        field=field,
        text=text,
        severity=severity,
    )


def split_place(place: Path) -> tuple[str, str]:
    """A place as the node's address and the dotted field: ("calibrate/scale", "with.factor")."""
    node, rest = "", place
    if len(place) >= 2 and place[0] == _NODES:
        node, rest = str(place[1]), place[2:]
    elif len(place) >= 4 and place[0] == _SUBFLOWS and place[2] == _NODES:
        node, rest = f"{place[1]}/{place[3]}", place[4:]
    field = ""
    for step in rest:
        if isinstance(step, int):
            field += f"[{step}]"
        elif step:
            field += f".{step}" if field else step
    return node, field
