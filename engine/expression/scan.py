"""Reads the characters of an expression and finds what is foreign to the language, with the hint that puts it right."""

from __future__ import annotations

import keyword
import re
import unicodedata

from engine.expression.problems import Problem

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
    ".": "names have no parts: there is no access with a dot",
    "[": "there are no lists or parts of values; a list of constants after in stands in ( )",
    "]": "a list of constants after in stands in ( )",
    ";": "an expression is one formula, without ;",
    "#": "comments belong beside the expression, not in it",
    "\\": "there is no backslash in the language; the expression may simply go on in the next line",
    "<<": "there is no bit arithmetic",
    ">>": "there is no bit arithmetic",
    "~": "there is no bit arithmetic",
}
_RESERVED = {
    "True": "a comparison or a true/false name stands by itself: write armed, not armed == True",
    "False": "write not armed instead of armed == False",
    "None": "a missing value can't be compared; give the name a value before this expression",
    "is": "compare with ==",
    "lambda": "only the built-in functions can be called",
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
                self._report(f"a blank is missing between {_shown(self._last)} and {token}", column)
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
                hint = "a percentage is a fraction: 5 % is 0.05" if self._last == "%" else ""
                self._report(f"a value is missing after {self._last}", len(self._text.rstrip()) + 1, hint)
            else:
                self._report("the expression is empty", 1, "write a formula, such as k * v_raw + b")
        for column in self._open:
            self._report("this ( is never closed", column, "add the missing )")
        return self._problems

    def _report(self, message: str, column: int, hint: str = "") -> None:
        self._problems.append(Problem(message, column, hint))

    def _value(self, kind: str, token: str, column: int) -> None:
        if kind == "name" and keyword.iskeyword(token):
            self._report(f"{token} is not part of the language", column, _RESERVED.get(token, "use another name"))
            self._wants_value = None
            return
        if self._wants_value is False:
            self._unjoined(token, column)
        elif kind == "text" and not self._strings:
            self._report("text in quotes is not allowed here", column, "only numbers and names; drop the quotes")
        elif kind == "number" and token[:1] == "0" and token[1:2].isdigit():
            self._report(f"{_shown(token)} begins with a needless 0", column, "write 7, not 007")
        elif kind == "name" and (token.startswith("_") or "__" in token or len(token) > MAX_NAME_CHARACTERS):
            hint = f"names start with a letter, have no double underscore and at most {MAX_NAME_CHARACTERS} characters"
            self._report(f"{_shown(token)} can't be used as a name", column, hint)
        self._wants_value = False

    def _word(self, word: str, column: int) -> None:
        if word == "not":
            if self._wants_value is False:  # as in `err not in (1, 2)`
                following = _TOKEN.match(self._text, column + 2 + _blanks(self._text, column + 2))
                if following is None or following.group() != "in":
                    self._report("not stands before a condition or before in", column, "write a != b, or a and not b")
                    self._wants_value = None
            return
        if word == "in" and self._last == "not":
            self._wants_value = True
            return
        if self._wants_value is True:
            hint = "a condition is written: a if condition else b" if word == "if" else ""
            self._report(f"a value is missing before {word}", column, hint)
        self._wants_value = True

    def _operator(self, token: str, column: int) -> None:
        if self._wants_value is True and token not in "+-":
            self._report(f"a value is missing before {token}", column)
        self._wants_value = True

    def _mark(self, token: str, column: int) -> None:
        if token == "(":
            # A name before ( is a call; that it names no function is said, with the nearest one, when calls are read.
            if self._wants_value is False and not self._last.isidentifier():
                self._unjoined(token, column)
            self._open.append(column)
            if len(self._open) == MAX_DEPTH + 1:
                self._report(f"more than {MAX_DEPTH} parentheses are nested", column, "split it into several formulas")
            self._wants_value = True
            return
        if self._wants_value is True and (token == "," or self._last not in "(,"):
            self._report(f"a value is missing before {token}", column)
        if token == ",":
            if not self._open:
                hint = "decimals are written with a point: 0.5"
                self._report("a comma only stands between the arguments of a function", column, hint)
            self._wants_value = True
            return
        if self._open:
            self._open.pop()
        else:
            self._report("this ) closes nothing", column, "drop it, or add the missing (")
        self._wants_value = False

    def _unjoined(self, token: str, column: int) -> None:
        hint = "put an operator such as * between"
        self._report(f"nothing joins {_shown(self._last)} and {_shown(token)}", column, hint)

    def _foreign(self, token: str, column: int) -> None:
        plain = unicodedata.normalize("NFKC", token)
        wanted = _SPELLING.get(token) or _SPELLING.get(plain)
        message = f"{_shown(token)} is not part of the language"
        if token in "\"'":
            self._report("this text has no closing quote, or holds a backslash", column, f"end it with {token}")
        elif wanted is not None:
            self._report(message, column, f"write {wanted}")
        elif plain in _REMARKS:
            self._report(message, column, _REMARKS[plain])
        elif plain != token and plain.isascii() and plain.isprintable():
            self._report(message, column, f"write {_shown(plain)}")
        elif token.isalpha():
            self._report(message, column, "names are made of the letters a-z, A-Z, digits and _")
        else:
            self._report(message, column, "drop it")
        self._wants_value = None


def _blanks(text: str, start: int) -> int:
    rest = text[start:]
    return len(rest) - len(rest.lstrip())


def _shown(token: str) -> str:
    short = token if len(token) <= 24 else token[:24] + "…"
    return short if short.isprintable() else ascii(short)
