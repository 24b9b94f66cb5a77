"""From YAML text to a tree with places, refusing what a flow file may not contain, all at once."""

import re
from collections.abc import Callable
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from engine.flow.problem import Problem
from engine.flow.source import problem_at
from engine.flow.tree import Alias, Mapping, Part, Path, Scalar, Sequence
from engine.flow.yaml.scalar import AmbiguousScalar, value_of
from engine.flow.yaml.syntax_errors import as_problem
from engine.texts.text import Text

SIZE_LIMIT_BYTES = 5_000_000
DEPTH_LIMIT = 64
# How many parts all aliases of a file may stand for together: far more than a flow needs, and no billion laughs.
ALIAS_LIMIT = 50_000

_BLANK_END = re.compile(r"(?:\r?\n[ \t]*)*\Z")
_LONE_BREAK = re.compile("\r(?!\n)|[\x85\u2028\u2029]")


def parse_tree(text: str, path: str) -> tuple[Part | None, list[Problem]]:
    """The tree of one YAML document and everything wrong with it. No tree when the text is empty or no YAML.

    `text` has no byte order mark. Duplicate keys keep the first value, refused scalars keep their text.
    """
    if len(text) > SIZE_LIMIT_BYTES:
        return None, [Problem(path=path, text=Text("flow.file-large", limit_mb=SIZE_LIMIT_BYTES // 1_000_000))]
    if found := _LONE_BREAK.search(text):
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        return None, [
            Problem(
                path=path,
                line=line,
                column=column,
                text=Text("flow.lone-break", character=f"U+{ord(found.group()):04X}"),
            )
        ]
    parser = _Parser(text, path)
    try:
        parser.run()
    except yaml.YAMLError as error:
        return None, [*parser.problems, as_problem(error, text, path)]
    except UnicodeEncodeError:
        return None, [Problem(path=path, text=Text("flow.surrogate"))]
    return parser.root, parser.problems


class _Open:
    """A collection that is still being read."""

    __slots__ = ("key", "part", "seen", "size", "skip")

    def __init__(self, part: Mapping | Sequence) -> None:
        self.part = part
        self.key: Scalar | None = None
        self.seen: dict[Any, int] = {}
        self.size = 1
        self.skip = False


class _Parser:
    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self.problems: list[Problem] = []
        self.root: Part | None = None
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Part, int | None]] = {}
        self._alias_parts = 0

    def run(self) -> None:
        loader = yaml.CSafeLoader(self.text)
        try:
            self._take_all(loader.get_event)
        finally:
            loader.dispose()

    def _take_all(self, next_event: Callable[[], Any]) -> None:
        documents = 0
        while True:
            event = next_event()
            kind = type(event)
            if kind is ScalarEvent:
                self._scalar(event)
            elif kind is MappingStartEvent:
                self._begin(event, Mapping)
            elif kind is SequenceStartEvent:
                self._begin(event, Sequence)
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                self._finish(event)
            elif kind is AliasEvent:
                self._alias(event)
            elif kind is DocumentStartEvent:
                documents += 1
                if documents > 1:
                    self._refuse(event, Text("flow.second-document"))
                    return
            elif kind is StreamEndEvent:
                return
            if len(self._open) > DEPTH_LIMIT:
                self._refuse(event, Text("flow.too-deep", limit=DEPTH_LIMIT))
                self.root = None
                return

    def _place(self) -> Path:
        steps: list[str | int] = []
        for frame in self._open:
            if isinstance(frame.part, Mapping):
                if frame.key is not None:
                    steps.append(str(frame.key.value))
            else:
                steps.append(len(frame.part.items))
        return tuple(steps)

    def _refuse(self, event: Any, text: Text, *more: str) -> None:
        mark = event.start_mark
        place = (*self._place(), *more)
        self.problems.append(problem_at(self.path, mark.line + 1, mark.column + 1, place, text))

    def _untagged(self, event: Any) -> None:
        if event.tag is not None:
            self._refuse(event, Text("flow.tag", tag=_short(event.tag)))

    def _wants_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].part, Mapping) and self._open[-1].key is None

    def _scalar(self, event: Any) -> None:
        if event.tag is not None:
            self._untagged(event)
        start, end_index = event.start_mark, event.end_mark.index
        value: Any = event.value
        style = event.style or None
        if style is None:
            try:
                value = value_of(value)
            except AmbiguousScalar as error:
                self._refuse(event, error.text, *((value,) if self._wants_key() else ()))
        elif style in "|>":
            end_index = self._end_of_block(start.index, end_index)
        part = Scalar(start.index, end_index, start.line + 1, start.column + 1, event.anchor, value, style)
        if event.anchor is not None:
            self._anchors[event.anchor] = (part, 1)
        self._add(event, part, 1)

    def _end_of_block(self, start: int, end: int) -> int:
        """Where a block text ends: libyaml's mark stands after the blank lines that follow, which belong to it only
        when its header says keep (`|+`)."""
        header = self.text[start : self.text.find("\n", start)].split("#")[0]
        while end > start and self.text[end - 1] in " \t":
            end -= 1
        if "+" in header:
            return end - 2 if self.text.endswith("\r\n", start, end) else end - self.text.endswith("\n", start, end)
        found = _BLANK_END.search(self.text[start:end])
        return start + found.start() if found else end

    def _alias(self, event: Any) -> None:
        target: Part
        size: int | None
        known = self._anchors.get(event.anchor)
        if known is None or known[1] is None:
            anchor = _short(event.anchor)
            self._refuse(
                event,
                Text("flow.alias-inside", anchor=anchor) if known else Text("flow.no-anchor", anchor=anchor),
            )
            target, size = self._missing(event), 1
        elif self._wants_key():
            self._refuse(event, Text("flow.alias-key"))
            target, size = self._missing(event), 1
        else:
            target, size = known
        self._alias_parts += size or 1
        if self._alias_parts > ALIAS_LIMIT:
            self._refuse(event, Text("flow.many-aliases", limit=ALIAS_LIMIT))
            target, size = self._missing(event), 1
            self._alias_parts = 0
        start, end = event.start_mark, event.end_mark
        part: Part
        if isinstance(target, Scalar) and target.start == start.index:
            part = target
        else:
            part = Alias(start.index, end.index, start.line + 1, start.column + 1, event.anchor, target)
        self._add(event, part, size or 1)

    def _missing(self, event: Any) -> Scalar:
        start, end = event.start_mark, event.end_mark
        return Scalar(start.index, end.index, start.line + 1, start.column + 1, None, f"*{event.anchor}", None)

    def _begin(self, event: Any, kind: type[Mapping] | type[Sequence]) -> None:
        self._untagged(event)
        start = event.start_mark
        part = kind(
            start.index, event.end_mark.index, start.line + 1, start.column + 1, event.anchor, bool(event.flow_style)
        )
        if event.anchor is not None:
            self._anchors[event.anchor] = (part, None)
        self._open.append(_Open(part))

    def _finish(self, event: Any) -> None:
        frame = self._open.pop()
        part = frame.part
        if part.flow:
            part.end = event.end_mark.index
        elif isinstance(part, Mapping) and part.entries:
            part.end = part.entries[-1][1].end
        elif isinstance(part, Sequence) and part.items:
            part.end = part.items[-1].end
        if part.anchor is not None:
            self._anchors[part.anchor] = (part, frame.size)
        self._add(event, part, frame.size)

    def _add(self, event: Any, part: Part, size: int) -> None:
        if not self._open:
            self.root = part
            return
        frame = self._open[-1]
        frame.size += size
        if isinstance(frame.part, Sequence):
            frame.part.items.append(part)
        elif frame.key is None:
            frame.key = self._key(event, part, frame)
        else:
            if not frame.skip:
                frame.part.entries.append((frame.key, part))
            frame.key = None
            frame.skip = False

    def _key(self, event: Any, part: Part, frame: _Open) -> Scalar:
        """The key to go on with; a refused one is kept out of the tree together with its value."""
        if not isinstance(part, Scalar):
            self._refuse(event, Text("flow.collection-key"))
            frame.skip = True
            return Scalar(part.start, part.end, part.line, part.column, None, "?", None)
        if part.style is None and part.value == "<<":
            self._refuse(event, Text("flow.merge-key"))
            frame.skip = True
        elif not isinstance(part.value, str):
            shown = self.text[part.start : part.end]
            self._refuse(event, Text("flow.key-no-text", key=_short(shown)) if shown else Text("flow.key-missing"))
            frame.skip = True
        elif part.value in frame.seen:
            twice = Text("flow.key-twice", key=_short(part.value), line=frame.seen[part.value])
            self._refuse(event, twice, part.value)
            frame.skip = True
        else:
            frame.seen[part.value] = part.line
        if not isinstance(part.value, str):
            part.value = str(part.value)
        return part


def _short(text: str, limit: int = 40) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
