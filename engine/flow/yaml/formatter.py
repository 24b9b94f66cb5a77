"""Writing a tree out again, two spaces in, with its comments and the spelling of its values."""

import re
from bisect import bisect_left
from collections import Counter

from engine.flow.tree import Alias, Mapping, Part, Path, Scalar, Sequence, parts_in
from engine.flow.yaml.flow_reader import FLOW_KEYS, GROUP_KEYS, NODE_KEYS, NOTE_KEYS, SUBFLOW_KEYS
from engine.flow.yaml.text_edits import TextEdits

_STEP = 2
_COMMENT = re.compile(r"(?:(?<=[\s\[\]{},])|\A)#[^\r\n]*")
_ANCHOR = re.compile(r"&[^\s,\[\]{}]+")


class Formatter:
    """One text laid out anew. `comments_kept` tells, after `text`, that none got lost on the way."""

    def __init__(self, text: str, root: Part, in_order: bool) -> None:
        self._source = text
        self._root = root
        self._in_order = in_order
        self._places = TextEdits(text, "\n")
        self._comments = _comments(text, root)
        self._starts = [start for start, _said in self._comments]
        self._used: set[int] = set()
        self._out: list[str] = []
        self.comments_kept = False

    def text(self) -> str:
        head: list[str] = []
        if isinstance(self._root, Mapping) and self._root.entries:
            # What stands above the first key is about the file, whichever key comes first afterwards.
            self._out = head
            self._above(0, self._root.entries[0][0].start, 0)
            self._block(self._root, (), 0)
        self._above(0, len(self._source) + 1, 0)
        self.comments_kept = Counter(_said for _start, _said in self._comments) == Counter(
            self._comments[index][1] for index in self._used
        )
        lines = [line.rstrip(" \r") if line.strip(" \r") == "" else line for line in self._out]
        while lines and not lines[0]:
            lines.pop(0)
        end = "\r\n" if "\r\n" in self._source else "\n"
        return end.join([*lines, ""]) if lines else ""

    def _block(self, part: Part, path: Path, indent: int) -> None:
        if isinstance(part, Mapping):
            chunks: list[tuple[str, list[str]]] = []
            outside = self._out
            for key, value in part.entries:
                self._out = []
                self._above(0, key.start, indent)
                self._blank_before(key.start)
                self._entry(" " * indent + self._spelled(key, indent) + ":", value, key, (*path, key.value), indent)
                chunks.append((key.value, self._out))
            self._out = outside
            order = _order(path) if self._in_order else ()
            if all(key in order for key, _lines in chunks):
                chunks.sort(key=lambda chunk: order.index(chunk[0]))
            for _key, lines in chunks:
                self._out += lines
        elif isinstance(part, Sequence):
            for index, item in enumerate(part.items):
                self._above(0, item.start, indent)
                self._blank_before(item.start)
                self._item(item, (*path, index), indent)

    def _entry(self, head: str, value: Part, key: Scalar, path: Path, indent: int) -> None:
        if _is_block(value):
            anchor = _ANCHOR.match(self._source, value.start) if value.anchor else None
            first = value.entries[0][0].start if isinstance(value, Mapping) else _first_item(value)
            self._out.append(self._commented(head + (f" {anchor.group()}" if anchor else ""), key.end, first))
            self._block(value, path, indent + _STEP)
        else:
            text = self._spelled(value, indent + _STEP)
            lines = text.split("\n")
            line_end = self._places.line_end(max(value.end, key.end))
            if isinstance(value, Scalar) and value.style in ("|", ">"):
                self._out += [f"{head} {lines[0]}", *lines[1:]]
            else:
                self._above(key.end, value.start, indent)
                lines = (f"{head} {text}" if text else head).split("\n")
                lines[-1] = self._commented(lines[-1], key.end, line_end + 1)
                self._out += lines
        own = self._places.own_end(max(value.end, key.end), key.column - 1)
        self._above(key.end, own, indent + _STEP)

    def _item(self, item: Part, path: Path, indent: int) -> None:
        dash = " " * indent + "-"
        if _is_block(item):
            anchor = _ANCHOR.match(self._source, item.start) if item.anchor else None
            outside, self._out = self._out, []
            self._block(item, path, indent + _STEP)
            inner, self._out = self._out, outside
            if anchor or not inner or not inner[0].strip() or inner[0].lstrip().startswith("#"):
                self._out += [dash + (f" {anchor.group()}" if anchor else ""), *inner]
            else:
                self._out += [dash + " " + inner[0][indent + _STEP :], *inner[1:]]
        else:
            lines = f"{dash} {self._spelled(item, indent + _STEP)}".split("\n")
            if not (isinstance(item, Scalar) and item.style in ("|", ">")):
                lines[-1] = self._commented(lines[-1], item.start, self._places.line_end(item.end) + 1)
            self._out += lines

    def _spelled(self, part: Part, indent: int) -> str:
        """A value as it is written, its further lines moved `indent` spaces in."""
        text = self._source[part.start : part.end].replace("\r\n", "\n")
        if isinstance(part, Scalar) and part.style in ("|", ">"):
            return _moved_literal(text, indent)
        if isinstance(part, Mapping | Sequence) and "\n" not in text:
            return self._flow(part)
        first, *rest = text.split("\n")
        low = bisect_left(self._starts, part.start)
        self._used.update(range(low, bisect_left(self._starts, part.end)))
        shut = [line.strip()[:1] in ("}", "]") and isinstance(part, Mapping | Sequence) for line in rest]
        moved = [" " * (indent - _STEP * closing) + line.strip() if line.strip() else ""
                 for line, closing in zip(rest, shut, strict=True)]  # fmt: skip
        return "\n".join([first.rstrip(), *moved])

    def _flow(self, part: Part) -> str:
        anchor = _ANCHOR.match(self._source, part.start) if part.anchor else None
        before = f"{anchor.group()} " if anchor else ""
        if isinstance(part, Mapping):
            return before + "{" + ", ".join(self._pair(key, value) for key, value in part.entries) + "}"
        if isinstance(part, Sequence):
            return before + "[" + ", ".join(self._flow(item) for item in part.items) + "]"
        return self._source[part.start : part.end]

    def _pair(self, key: Scalar, value: Part) -> str:
        said = self._flow(value)
        return f"{self._flow(key)}: {said}" if said else f"{self._flow(key)}: null"

    def _take(self, start: int, end: int) -> list[int]:
        low, high = bisect_left(self._starts, start), bisect_left(self._starts, end)
        found = [index for index in range(low, high) if index not in self._used]
        self._used.update(found)
        return found

    def _above(self, start: int, end: int, indent: int) -> None:
        for index in self._take(start, end):
            self._blank_before(self._starts[index])
            self._out.append(" " * indent + self._comments[index][1])

    def _commented(self, line: str, start: int, end: int) -> str:
        """A line with the comment that stands behind it between two positions, if one does."""
        stop = self._places.line_end(start)
        if isinstance(end, int) and end > stop:
            last = self._places.line_start(min(end, len(self._source)) - 1)
            stop = stop if last > stop and self._source[start:stop].find("#") >= 0 else min(end, len(self._source))
        found = self._take(start, stop)
        own = [index for index in found if self._is_own_line(index)]
        self._used.difference_update(own)
        said = "  ".join(self._comments[index][1] for index in found if index not in own)
        return f"{line}  {said}" if said else line

    def _is_own_line(self, index: int) -> bool:
        start = self._starts[index]
        return self._source[self._places.line_start(start) : start].strip() == ""

    def _blank_before(self, position: int) -> None:
        start = self._places.line_start(position)
        above = self._source[self._places.line_start(start - 1) : start] if start else "x"
        if above.strip() == "" and (not self._out or self._out[-1] != ""):
            self._out.append("")


def _order(path: Path) -> tuple[str, ...]:
    """The keys of the mapping at a place in the order of the format; none where the order is the user's own."""
    steps = path
    if len(path) == 2 and path[0] == "subflows":
        return SUBFLOW_KEYS
    if len(path) > 2 and path[0] == "subflows":
        steps = path[2:]
    if not steps:
        return FLOW_KEYS
    return (
        {"nodes": NODE_KEYS, "groups": GROUP_KEYS, "notes": NOTE_KEYS}.get(str(steps[0]), ()) if len(steps) == 2 else ()
    )


def _is_block(part: Part) -> bool:
    return isinstance(part, Mapping | Sequence) and not part.flow


def _first_item(part: Part) -> int:
    return part.items[0].start if isinstance(part, Sequence) else part.start


def _comments(text: str, root: Part) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    position = 0
    for part in [part for part in parts_in(root) if isinstance(part, Scalar | Alias)] + [None]:
        end = part.start if part is not None else len(text)
        for match in _COMMENT.finditer(text, position, end):
            found.append((match.start(), match.group().rstrip()))
        position = max(position, part.end) if part is not None else position
    return found


def _moved_literal(text: str, indent: int) -> str:
    header, *lines = text.split("\n")
    filled = [len(line) - len(line.lstrip(" ")) for line in lines if line.strip(" ")]
    digit = re.search(
        r"[1-9]", header.split("#")[0].rpartition(" ")[2] if header.startswith("&") else header.split("#")[0]
    )
    lead = min(filled, default=0)
    if digit is not None:
        # The indentation a header names leaves spaces that are part of the text: only known when nothing moves.
        return text
    return "\n".join([header.rstrip(), *(" " * indent + line[lead:] if line.strip(" ") else "" for line in lines)])
