"""Reads the characters of an expression and finds what is foreign to the language, with the hint that puts it right."""

from __future__ import annotations

import keyword
import re
import unicodedata

from engine.expression.problems import Problem
from engine.texts.text import Text

__all__ = ["scan"]

MAX_DEPTH = 64
"""How deep parentheses and operators may nest."""
MAX_NAME_CHARACTERS = 64
MAX_PROBLEMS = 20
"""How many mistakes are listed; a pasted page of prose has thousands."""

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<text>"[^"\\\r\n]*"|'[^'\\\r\n]*')
      | (?P<foreign>:=|===|!==|&&|\|\||<>|<<|>>)
      | (?P<operator>\*\*|//|==|!=|<=|>=|[-+*/%<>])
      | (?P<mark>[(),])
      | (?P<other>[^\W\d_a-zA-Z]+|.)""",
    re.VERBOSE | re.DOTALL,
)
_SPELLING = {
    "=": "==", "===": "==", "!==": "!=", "<>": "!=", ":=": "==", "^": "**", "&&": "and", "||": "or", "&": "and",
    "|": "or", "!": "not", "×": "*", "✕": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "—": "-", "≤": "<=", "≦": "<=",
    "≥": ">=", "≧": ">=", "≠": "!=", "²": "** 2", "³": "** 3", "√": "sqrt(…)", "“": '"', "”": '"', "‘": "'", "’": "'",
    "、": ",", "。": ".", "【": "(", "】": ")", "?": "a if condition else b",
}  # fmt: skip
_REMARKS = {
    ".": Text("expression.remark-dot"),
    "[": Text("expression.remark-list"),
    "]": Text("expression.remark-list"),
    ";": Text("expression.remark-semicolon"),
    "#": Text("expression.remark-comment"),
    "\\": Text("expression.remark-backslash"),
    "<<": Text("expression.remark-bits"),
    ">>": Text("expression.remark-bits"),
    "~": Text("expression.remark-bits"),
}
_RESERVED = {
    "True": Text("expression.remark-true"),
    "False": Text("expression.remark-false"),
    "None": Text("expression.remark-none"),
    "is": Text("expression.write", instead="=="),
    "lambda": Text("expression.remark-lambda"),
}
_JOINS = frozenset({"and", "or", "in", "if", "else"})


def scan(text: str, *, strings: bool) -> list[Problem]:
    """Every mistake that shows in the row of words and signs: what does not belong there, and what is missing between.

    The list is empty when the text is a row of values joined by operators with balanced parentheses; that it is an
    expression is then for Python's own parser to say.
    """
    return _Scan(text, strings).run()[:MAX_PROBLEMS]


class _Scan:
    def __init__(self, text: str, strings: bool) -> None:
        self._text = text
        self._strings = strings
        self._problems: list[Problem] = []
        self._open: list[int] = []  # columns of the parentheses that are not closed yet
        # True: a value must come; False: an operator must come; None: after a mistake, either will do.
        self._wants_value: bool | None = True
        self._last = ""

    def run(self) -> list[Problem]:
        for match in _TOKEN.finditer(self._text):
            kind, token, column = match.lastgroup, match.group(), match.start() + 1
            if kind == "space":
                continue
            before = self._text[match.start() - 1 : match.start()]
            if kind == "name" and keyword.iskeyword(token) and (before.isalnum() or before == "."):
                self._report(Text("expression.blank-missing", before=_shown(self._last), after=token), column)
            if kind == "name" and (token in _JOINS or token == "not"):
                self._word(token, column)
            elif kind == "name" or kind == "number" or kind == "text":
                self._value(kind, token, column)
            elif kind == "operator":
                self._operator(token, column)
            elif kind == "mark":
                self._mark(token, column)
            else:
                self._foreign(token, column)
            self._last = token
        if self._wants_value is True and not self._problems:
            if self._last:
                missing = Text("expression.value-missing-after", before=_shown(self._last))
                hint = Text("expression.remark-percent") if self._last == "%" else None
                self._report(missing.with_hint(hint), len(self._text.rstrip()) + 1)
            else:
                self._report(Text("expression.empty"), 1)
        for column in self._open:
            self._report(Text("expression.unclosed"), column)
        return self._problems

    def _report(self, text: Text, column: int) -> None:
        self._problems.append(Problem(text, column))

    def _value(self, kind: str, token: str, column: int) -> None:
        if kind == "name" and keyword.iskeyword(token):
            self._report(Text("expression.reserved", word=token).with_hint(_RESERVED.get(token)), column)
            self._wants_value = None
            return
        if self._wants_value is False:
            self._unjoined(token, column)
        elif kind == "text" and not self._strings:
            self._report(Text("expression.no-quotes"), column)
        elif kind == "number" and token[:1] == "0" and token[1:2].isdigit():
            self._report(Text("expression.needless-zero", number=_shown(token)), column)
        elif kind == "name" and (token.startswith("_") or "__" in token or len(token) > MAX_NAME_CHARACTERS):
            self._report(Text("expression.no-name", name=_shown(token), limit=MAX_NAME_CHARACTERS), column)
        self._wants_value = False

    def _word(self, word: str, column: int) -> None:
        if word == "not":
            if self._wants_value is False:  # as in `err not in (1, 2)`
                following = _TOKEN.match(self._text, column + 2 + _blanks(self._text, column + 2))
                if following is None or following.group() != "in":
                    self._report(Text("expression.not-misplaced"), column)
                    self._wants_value = None
            return
        if word == "in" and self._last == "not":
            self._wants_value = True
            return
        if self._wants_value is True:
            missing = Text("expression.value-missing-before", after=word)
            self._report(missing.with_hint(Text("expression.remark-if") if word == "if" else None), column)
        self._wants_value = True

    def _operator(self, token: str, column: int) -> None:
        if self._wants_value is True and token not in "+-":
            self._report(Text("expression.value-missing-before", after=token), column)
        self._wants_value = True

    def _mark(self, token: str, column: int) -> None:
        if token == "(":
            # A name before ( is a call; that it names no function is said, with the nearest one, when calls are read.
            if self._wants_value is False and not self._last.isidentifier():
                self._unjoined(token, column)
            self._open.append(column)
            if len(self._open) == MAX_DEPTH + 1:
                self._report(Text("expression.parentheses-deep", limit=MAX_DEPTH), column)
            self._wants_value = True
            return
        if self._wants_value is True and (token == "," or self._last not in "(,"):
            self._report(Text("expression.value-missing-before", after=token), column)
        if token == ",":
            if not self._open:
                self._report(Text("expression.comma"), column)
            self._wants_value = True
            return
        if self._open:
            self._open.pop()
        else:
            self._report(Text("expression.unopened"), column)
        self._wants_value = False

    def _unjoined(self, token: str, column: int) -> None:
        self._report(Text("expression.unjoined", before=_shown(self._last), after=_shown(token)), column)

    def _foreign(self, token: str, column: int) -> None:
        plain = unicodedata.normalize("NFKC", token)
        wanted = _SPELLING.get(token) or _SPELLING.get(plain)
        if token in "\"'":
            self._report(Text("expression.quote-open", quote=token), column)
            self._wants_value = None
            return
        if wanted is not None:
            hint = Text("expression.write", instead=wanted)
        elif plain in _REMARKS:
            hint = _REMARKS[plain]
        elif plain != token and plain.isascii() and plain.isprintable():
            hint = Text("expression.write", instead=_shown(plain))
        elif token.isalpha():
            hint = Text("expression.remark-letters")
        else:
            hint = Text("expression.remark-drop")
        self._report(Text("expression.foreign", sign=_shown(token)).with_hint(hint), column)
        self._wants_value = None


def _blanks(text: str, start: int) -> int:
    rest = text[start:]
    return len(rest) - len(rest.lstrip())


def _shown(token: str) -> str:
    short = token if len(token) <= 24 else token[:24] + "…"
    return short if short.isprintable() else ascii(short)
