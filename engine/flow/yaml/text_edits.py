"""Cuts and insertions in a text, collected by position and made at once."""

import re

_BLANK_OR_COMMENT = re.compile(r"( *)(#[^\n]*)?\r?(?:\n|\Z)")


class TextEdits:
    """One text and the changes to it; positions are always those of the text as it was."""

    def __init__(self, text: str, line_end: str) -> None:
        self.text = text
        self._newline = line_end
        self._splices: list[tuple[int, int, int, str]] = []

    def splice(self, start: int, end: int, text: str) -> None:
        """Put `text` in place of start…end. At one position, earlier insertions come first, before any cut."""
        if text or end > start:
            self._splices.append((start, end, len(self._splices), text))

    def state(self) -> int:
        """What `back_to` takes to forget the changes made since."""
        return len(self._splices)

    def back_to(self, state: int) -> None:
        del self._splices[state:]

    def changed(self) -> str:
        """The text with all changes made. A cut that lies in another one is part of it."""
        pieces: list[str] = []
        position = 0
        for start, end, _order, text in sorted(self._splices, key=lambda cut: (cut[0], cut[1] > cut[0], cut[2])):
            if start >= position:
                pieces.append(self.text[position:start])
            pieces.append(text)
            position = max(position, end)
        pieces.append(self.text[position:])
        return "".join(pieces)

    def line_start(self, position: int) -> int:
        return self.text.rfind("\n", 0, position) + 1

    def line_end(self, position: int) -> int:
        """The end of the line a position is on, before its line break."""
        found = self.text.find("\n", position)
        if found < 0:
            return len(self.text)
        return found - 1 if found > position and self.text[found - 1] == "\r" else found

    def line_end_before(self, position: int) -> int:
        """The end of the line above, or 0 on the first line."""
        start = self.line_start(position)
        return self.line_end(self.line_start(start - 1)) if start else 0

    def insert_lines(self, line_end: int, lines: list[str]) -> None:
        """Add lines below the line that ends at `line_end`."""
        if lines:
            self.splice(line_end, line_end, "".join(f"{self._newline}{line}" for line in lines))

    def insert_before(self, line_start: int, lines: list[str]) -> None:
        """Add lines above the line that begins at `line_start`."""
        if line_start:
            self.insert_lines(self.line_end_before(line_start), lines)
        else:
            self.splice(0, 0, "".join(f"{line}{self._newline}" for line in lines))

    def remove_lines(self, first: int, last_end: int) -> None:
        """Cut from the line that begins at `first` to the one that ends at `last_end`, with one line break."""
        if first:
            self.splice(self.line_end_before(first), last_end, "")
            return
        after = last_end + 2 if self.text.startswith("\r\n", last_end) else last_end + 1
        self.splice(0, min(after, len(self.text)), "")

    def above_comments(self, line_start: int, indent: int) -> int:
        """Where the comment lines directly above a line begin that are indented as it is; else the line itself."""
        while line_start:
            above = self.line_start(line_start - 1)
            line = self.text[above:line_start]
            if not (line[:indent].strip(" ") == "" and line[indent : indent + 1] == "#"):
                break
            line_start = above
        return line_start

    def own_end(self, end: int, indent: int) -> int:
        """The end of the last line that belongs to an entry ending at `end`: comments below it that are indented
        deeper than its key are its own."""
        own = position = self.line_end(end)
        while position < len(self.text):
            start = position + (2 if self.text.startswith("\r\n", position) else 1)
            found = _BLANK_OR_COMMENT.match(self.text, start)
            if start >= len(self.text) or not found or (found.group(2) and len(found.group(1)) <= indent):
                break
            position = self.line_end(start)
            if found.group(2):
                own = position
        return own
