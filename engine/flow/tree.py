"""The YAML text as a tree that knows where each of its parts stands."""

from collections.abc import Iterator
from typing import Any

# A place in a document: keys and list positions from the root, ("nodes", "scale", "with", "factor").
Path = tuple[str | int, ...]


class Part:
    """A value in the text, from character `start` to `end` (its anchor included); line and column count from 1."""

    __slots__ = ("anchor", "column", "end", "line", "start")

    def __init__(self, start: int, end: int, line: int, column: int, anchor: str | None) -> None:
        self.start = start
        self.end = end
        self.line = line
        self.column = column
        self.anchor = anchor

    def plain(self) -> Any:
        """The JSON value it stands for, aliases expanded; a fresh copy on every call."""
        raise NotImplementedError


class Scalar(Part):
    """A text, number, boolean or null. `style` is None when unquoted, else one of ' " | >."""

    __slots__ = ("style", "value")

    def __init__(
        self, start: int, end: int, line: int, column: int, anchor: str | None, value: Any, style: str | None
    ) -> None:
        self.start = start
        self.end = end
        self.line = line
        self.column = column
        self.anchor = anchor
        self.value = value
        self.style = style

    def plain(self) -> Any:
        return self.value


class Mapping(Part):
    """Keys and values in the order of the text; `flow` tells {a: 1} from a block."""

    __slots__ = ("_index", "entries", "flow")

    def __init__(self, start: int, end: int, line: int, column: int, anchor: str | None, flow: bool) -> None:
        super().__init__(start, end, line, column, anchor)
        self.flow = flow
        self.entries: list[tuple[Scalar, Part]] = []
        self._index: dict[str, tuple[Scalar, Part]] | None = None

    def entry(self, key: str) -> tuple[Scalar, Part] | None:
        """The key as it stands in the text, and its value."""
        if self._index is None:
            self._index = {key.value: (key, value) for key, value in self.entries}
        return self._index.get(key)

    def plain(self) -> dict[str, Any]:
        return {key.value: value.plain() for key, value in self.entries}


class Sequence(Part):
    """Items in the order of the text; `flow` tells [a, b] from a block."""

    __slots__ = ("flow", "items")

    def __init__(self, start: int, end: int, line: int, column: int, anchor: str | None, flow: bool) -> None:
        super().__init__(start, end, line, column, anchor)
        self.flow = flow
        self.items: list[Part] = []

    def plain(self) -> list[Any]:
        return [item.plain() for item in self.items]


class Alias(Part):
    """`*name`: the value of the anchor `&name` before it."""

    __slots__ = ("name", "target")

    def __init__(self, start: int, end: int, line: int, column: int, name: str, target: Part) -> None:
        super().__init__(start, end, line, column, None)
        self.name = name
        self.target = target

    def plain(self) -> Any:
        return self.target.plain()


def behind(part: Part) -> Part:
    """The part itself, or what it is an alias of."""
    return part.target if isinstance(part, Alias) else part


def parts_in(part: Part) -> Iterator[Part]:
    """The part and all that stands inside it in the text, in that order, keys included, aliases not followed."""
    yield part
    if isinstance(part, Mapping):
        for key, value in part.entries:
            yield key
            yield from parts_in(value)
    elif isinstance(part, Sequence):
        for item in part.items:
            yield from parts_in(item)
