"""Regular expressions over texts that a stranger may have written: a match that runs away is stopped."""

from __future__ import annotations

import regex

from engine.api import PermanentError, Text, compile_pattern

__all__ = ["Pattern"]

LONGEST_S = 0.1
LONGEST_TEXT = 1_000_000


class Pattern:
    """A compiled regular expression (the syntax of Python's `re`; `(?<name>…)` works too).

    A search that takes more than 0.1 s, or a text of more than a million characters, is PermanentError: a pattern such as
    `(a+)+$` takes years on a hostile text, and would hold up the whole site.
    """

    def __init__(self, text: str, ignore_case: bool = False) -> None:
        """ValueError says where the text is no regular expression."""
        try:
            self._compiled = compile_pattern(text, regex.IGNORECASE if ignore_case else 0)
        except regex.error as wrong:
            raise ValueError(Text("value.pattern", pattern=text, reason=str(wrong))) from wrong
        self.text = text

    def found_in(self, text: str) -> bool:
        """Whether it matches anywhere in the text."""
        _check_length(text)
        try:
            return self._compiled.search(text, timeout=LONGEST_S) is not None
        except TimeoutError as late:
            raise PermanentError(Text("value.pattern-slow", pattern=self.text)) from late

    def replaced(self, text: str, template: str) -> str:
        """All matches replaced. In the template `$1` and `$<name>` stand for groups, `$&` for the match, `$$` for a
        dollar sign."""
        _check_length(text)
        try:
            return self._compiled.sub(lambda match: _filled(match, template), text, timeout=LONGEST_S)
        except TimeoutError as late:
            raise PermanentError(Text("value.pattern-slow", pattern=self.text)) from late


_MARK = regex.compile(r"\$(?:(\$)|(&)|(\d{1,2})|<([^>]+)>)")


def _filled(match: regex.Match[str], template: str) -> str:
    if "$" not in template:
        return template

    def value(mark: regex.Match[str]) -> str:
        if mark[1]:
            return "$"
        if mark[2]:
            return match[0]
        try:
            return match[int(mark[3]) if mark[3] else mark[4]] or ""
        except (IndexError, KeyError):
            return mark[0]  # no such group: the text stays as it is written

    return _MARK.sub(value, template)


def _check_length(text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise PermanentError(Text("value.text-long", length=len(text), limit=LONGEST_TEXT))
