"""Changing a YAML text so that it says a new document, touching only the lines where the two differ."""

import difflib
import re
from collections.abc import Mapping as AnyMapping
from typing import Any

import msgspec

from engine.flow.tree import Alias, Mapping, Part, Path, Scalar, Sequence, parts_in
from engine.flow.yaml.emit import Writer, inline, scalar_text
from engine.flow.yaml.file_style import FileStyle
from engine.flow.yaml.text_edits import TextEdits

# Old keys and their new names, by the place of the mapping that holds them.
Renames = AnyMapping[Path, AnyMapping[str, str]]

_ANCHOR = re.compile(r"&[^\s,\[\]{}]+[ \t]*")
_COLON = re.compile(r"[ \t]*:")
_DASH = re.compile(r"[ \t]*-[ \t]+")
_PERHAPS_ALIAS = re.compile(r"\*[^\s,\[\]{}]")
_GONE = object()


def rewritten(text: str, root: Part, document: Any, renames: Renames) -> str:
    """`text`, whose tree is `root`, changed so that it reads as `document`; keys in `renames` keep their place.

    Comments directly above an entry that goes, and deeper ones below it, go with it. A value behind an alias is
    written out where it differs; an anchor whose own value changes moves on to its first alias that does not.
    """
    rewriter = _Rewriter(text, root, renames)
    rewriter.change(root, root.plain(), document, (), _Slot(None, 0, False))
    return rewriter.lines.changed()


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal and of the same types: 1, 1.0 and true are three values."""
    return encoded(one) == encoded(other)


def encoded(value: Any) -> bytes:
    """A JSON value as bytes that are equal for values that `same` calls equal."""
    return msgspec.json.encode(value, order="deterministic")


class _Unfit(Exception):
    """The part is spelled in a way that can't be edited piece by piece; it is to be written anew as a whole."""


class _Slot:
    """Where a value stands: after which key (None in lists), how far that key or dash is indented, in {…} or not."""

    __slots__ = ("flow", "indent", "key")

    def __init__(self, key: Scalar | None, indent: int, flow: bool) -> None:
        self.key = key
        self.indent = indent
        self.flow = flow


class _Rewriter:
    def __init__(self, text: str, root: Part, renames: Renames) -> None:
        self.text = text
        self.style = FileStyle(text, root)
        self.lines = TextEdits(text, self.style.line_end)
        self.writer = Writer(self.style.step, self.style.is_block)
        self.renames = renames
        self.has_aliases = _PERHAPS_ALIAS.search(text) is not None and any(
            isinstance(part, Alias) for part in parts_in(root)
        )
        # What each anchor stands for in the new text so far, and the parts whose `&name` is still in place.
        self.fates: dict[Part, Any] = {}
        self.holders: set[Part] = set()

    def change(self, part: Part, old: Any, new: Any, path: Path, slot: _Slot) -> None:
        """Make `part`, which says `old`, say `new`."""
        if isinstance(part, Alias):
            self._change_alias(part, old, new)
            return
        if not self.has_aliases and same(old, new):
            return
        if part.anchor is not None:
            self.fates[part] = new
            self.holders.add(part)
        before = (self.lines.state(), dict(self.fates), set(self.holders))
        try:
            if isinstance(part, Mapping) and isinstance(new, dict):
                self._change_mapping(part, old, new, path, slot)
                return
            if isinstance(part, Sequence) and isinstance(new, list | tuple):
                self._change_sequence(part, old, list(new), path, slot)
                return
            if isinstance(part, Scalar) and same(part.value, new):
                return
        except _Unfit:
            self.lines.back_to(before[0])
            self.fates, self.holders = before[1], before[2]
        self._replace(part, new, path, slot)

    def _change_alias(self, part: Alias, old: Any, new: Any) -> None:
        fate = self.fates.get(part.target, _GONE)
        if fate is not _GONE and same(fate, new):
            return
        if not same(old, new):
            self.lines.splice(part.start, part.end, inline(new))
            return
        # The anchor's own value went elsewhere: this place takes the anchor over, for itself and the aliases after it.
        if part.target in self.holders:
            self._drop_anchor(part.target)
        self.fates[part.target] = new
        self.lines.splice(part.start, part.end, f"&{part.name} {inline(new)}")

    def _drop_anchor(self, part: Part) -> None:
        self.holders.discard(part)
        start, end = part.start, self._content(part)
        if self.text[end : end + 1] in ("\r", "\n", ""):
            while self.text[start - 1] in " \t":
                start -= 1
        self.lines.splice(start, end, "")

    def _content(self, part: Part) -> int:
        """Where a value begins behind its anchor."""
        if part.anchor is None:
            return part.start
        found = _ANCHOR.match(self.text, part.start)
        return found.end() if found else part.start

    def _change_mapping(self, part: Mapping, old: dict[str, Any], new: dict[str, Any], path: Path, slot: _Slot) -> None:
        renames = self.renames.get(path, {})
        names = [renames.get(key.value, key.value) for key, _value in part.entries]
        kept = [index for index, name in enumerate(names) if name in new]
        if not kept:
            if part.entries or new:
                self._replace(part, new, path, slot)
            return
        added = _grouped(new, {names[index]: index for index in kept})
        if part.flow:
            spans = [(key.start, max(value.end, key.end)) for key, value in part.entries]
            self._remove_from_flow(spans, kept)
            self._add_to_flow(
                spans,
                kept[0],
                {index: [f"{scalar_text(key)}: {inline(new[key])}" for key in keys] for index, keys in added.items()},
            )
        indent = part.entries[0][0].column - 1
        surviving = set(kept)
        for index, (key, value) in enumerate(part.entries):
            if index not in surviving:
                if not part.flow:
                    self._remove_lines(key.start, max(value.end, key.end), indent)
                continue
            if names[index] != key.value:
                self.lines.splice(self._content(key), key.end, scalar_text(names[index], key.style))
                if key.anchor is not None:
                    self.fates[key] = names[index]
            elif key.anchor is not None:
                self.fates[key] = key.value
            self.change(value, old[key.value], new[names[index]], (*path, key.value), _Slot(key, indent, part.flow))
            if not part.flow and index in added:
                lines = [line for name in added[index] for line in self.writer.entry((*path, name), new[name], indent)]
                self._add_lines(value, max(value.end, self._after_colon(key, value)), indent, lines)
        if not part.flow and -1 in added:
            lines = [line for name in added[-1] for line in self.writer.entry((*path, name), new[name], indent)]
            self._add_first(part.entries[0][0].start, indent, lines)

    def _change_sequence(self, part: Sequence, old: list[Any], new: list[Any], path: Path, slot: _Slot) -> None:
        if not part.items or not new:
            if part.items or new:
                self._replace(part, new, path, slot)
            return
        pairs, added = _aligned(old, new)
        if not pairs:
            self._replace(part, new, path, slot)
            return
        indent = part.column - 1
        if part.flow:
            spans = [(item.start, item.end) for item in part.items]
            self._remove_from_flow(spans, list(pairs))
            self._add_to_flow(
                spans, min(pairs), {index: [inline(item) for item in items] for index, items in added.items()}
            )
        elif len(pairs) < len(part.items) or added:
            for item in part.items:
                if not _DASH.fullmatch(self.text, self.lines.line_start(item.start), item.start):
                    raise _Unfit
            indent = len(_lead(self.text[self.lines.line_start(part.items[0].start) :]))
        for index, item in enumerate(part.items):
            if index in pairs:
                self.change(item, old[index], new[pairs[index]], (*path, index), _Slot(None, indent, part.flow))
            elif not part.flow:
                self._remove_lines(self.lines.line_start(item.start) + indent, item.end, indent)
            if not part.flow and index in pairs and index in added:
                lines = [line for value in added[index] for line in self.writer.item((*path, index), value, indent)]
                self._add_lines(item, item.end, indent, lines)
        if not part.flow and -1 in added:
            lines = [line for value in added[-1] for line in self.writer.item((*path, 0), value, indent)]
            self._add_first(self.lines.line_start(part.items[0].start) + indent, indent, lines)

    def _remove_lines(self, start: int, end: int, indent: int) -> None:
        first = self.lines.line_start(start)
        if self.text[first:start].strip(" ") or indent != start - first:
            raise _Unfit
        first = self.lines.above_comments(first, indent)
        self.lines.remove_lines(first, self.lines.own_end(end, indent))

    def _add_lines(self, after: Part, end: int, indent: int, lines: list[str]) -> None:
        position = self.lines.own_end(end, indent)
        if position == len(self.text) and not self.text.endswith("\n"):
            self._end_text_block(after)
        self.lines.insert_lines(position, lines)

    def _add_first(self, start: int, indent: int, lines: list[str]) -> None:
        first = self.lines.line_start(start)
        if self.text[first:start].strip(" "):
            raise _Unfit
        self.lines.insert_before(self.lines.above_comments(first, indent), lines)

    def _end_text_block(self, part: Part) -> None:
        """A `|` text that the end of the file cut short of its line break says so when lines follow it."""
        while isinstance(part, Mapping | Sequence):
            part = part.entries[-1][1] if isinstance(part, Mapping) else part.items[-1]
        if isinstance(part, Scalar) and part.style in ("|", ">") and not part.value.endswith("\n"):
            start = self._content(part)
            if "-" not in self.text[start : start + 3]:
                self.lines.splice(start + 1, start + 1, "-")

    def _remove_from_flow(self, spans: list[tuple[int, int]], kept: list[int]) -> None:
        """Cut every run of entries that go, each with one comma."""
        index = 0
        while index < len(spans):
            if index in kept:
                index += 1
                continue
            last = index
            while last + 1 < len(spans) and last + 1 not in kept:
                last += 1
            if last + 1 < len(spans):
                gap_end = spans[last + 1][0]
                self.lines.splice(spans[index][0], self._own_comment_line(spans[last][1], gap_end), "")
            else:
                self._cut_tail(spans[index - 1][1], spans[index][0], spans[last][1])
            index = last + 1

    def _own_comment_line(self, start: int, end: int) -> int:
        """Where in a gap the next entry's own comment lines begin, or the entry itself."""
        found = re.search(r"\n[ \t]*(?=#)", self.text[start:end])
        return start + found.end() if found else end

    def _cut_tail(self, previous_end: int, start: int, end: int) -> None:
        gap = self.text[previous_end:start]
        if "#" not in gap:
            self.lines.splice(previous_end, end, "")
            return
        comma = gap.index(",")
        if "#" in gap[:comma]:
            raise _Unfit
        self.lines.splice(previous_end + comma, previous_end + comma + 1, "")
        self.lines.splice(self.lines.line_end_before(start), end, "")

    def _add_to_flow(self, spans: list[tuple[int, int]], first: int, added: dict[int, list[str]]) -> None:
        for index, texts in added.items():
            if index < 0:
                self.lines.splice(spans[first][0], spans[first][0], "".join(f"{text}, " for text in texts))
            else:
                self.lines.splice(spans[index][1], spans[index][1], "".join(f", {text}" for text in texts))

    def _after_colon(self, key: Scalar, value: Part) -> int:
        found = _COLON.match(self.text, key.end)
        return found.end() if found and found.end() <= max(value.start, found.end()) else key.end

    def _replace(self, part: Part, new: Any, path: Path, slot: _Slot) -> None:
        for inner in parts_in(part):
            if inner is not part:
                self.fates.pop(inner, None)
        start = self._content(part)
        # The quotes of an empty text had to be there; they say nothing of how its file is written.
        quoted = isinstance(part, Scalar) and part.style in ("'", '"') and part.value
        like = part.style if isinstance(part, Scalar) and quoted else None
        if slot.flow:
            written = scalar_text(new, like) if isinstance(new, str) else inline(new)
            if part.end > start or slot.key is None:
                self.lines.splice(start, part.end, written)
            else:
                found = _COLON.match(self.text, slot.key.end)
                place = found.end() if found else slot.key.end
                self.lines.splice(place, place, f" {written}" if found else f": {written}")
            return
        head, below = self.writer.value(path, new, slot.indent)
        if isinstance(new, str) and not below and like is not None:
            head = scalar_text(new, like)
        if isinstance(part, Mapping | Sequence) and not part.flow:
            self._replace_block(part, start, head, below, slot)
        elif part.end > start:
            if not head:
                while start > 0 and self.text[start - 1] in " \t":
                    start -= 1
            self.lines.splice(start, part.end, head)
            self.lines.insert_lines(self.lines.line_end(part.end), below)
        else:
            place = part.end if part.anchor is not None or slot.key is None else self._after_colon(slot.key, part)
            if head:
                self.lines.splice(place, place, head if self.text[place - 1] in " \t" else f" {head}")
            self.lines.insert_lines(self.lines.line_end(place), below)

    def _replace_block(self, part: Mapping | Sequence, start: int, head: str, below: list[str], slot: _Slot) -> None:
        if slot.key is None and not slot.indent and not part.anchor and self.text[:start].strip() == "":
            raise _Unfit
        children = [key for key, _ in part.entries] if isinstance(part, Mapping) else part.items
        first = self.lines.line_start(children[0].start)
        if slot.key is not None and slot.key.start < first:
            place = start if part.anchor is not None else self._after_colon(slot.key, part)
            if head:
                self.lines.splice(place, place, f" {head}")
            self.lines.insert_lines(self.lines.line_end(place), below)
            self.lines.remove_lines(first, self.lines.line_end(part.end))
            return
        self.lines.splice(start, part.end, head)
        self.lines.insert_lines(self.lines.line_end(part.end), below)


def _grouped(new: dict[str, Any], kept: dict[str, int]) -> dict[int, list[str]]:
    """New keys by the kept entry that they follow; -1 for those before all of them."""
    added: dict[int, list[str]] = {}
    after = -1
    for key in new:
        if key in kept:
            after = kept[key]
        else:
            added.setdefault(after, []).append(key)
    return added


def _aligned(old: list[Any], new: list[Any]) -> tuple[dict[int, int], dict[int, list[Any]]]:
    """Which old item becomes which new one, and the items added after each (-1: before all)."""
    pairs: dict[int, int] = {}
    added: dict[int, list[Any]] = {}
    spelled = ([encoded(item) for item in old], [encoded(item) for item in new])
    after = -1
    for _tag, a1, a2, b1, b2 in difflib.SequenceMatcher(None, *spelled, autojunk=False).get_opcodes():
        common = min(a2 - a1, b2 - b1)
        for offset in range(common):
            pairs[a1 + offset] = b1 + offset
            after = a1 + offset
        if b1 + common < b2:
            added.setdefault(after, []).extend(new[b1 + common : b2])
    return pairs, added


def _lead(text: str) -> str:
    return text[: len(text) - len(text.lstrip(" "))]
