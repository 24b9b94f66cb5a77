"""What the YAML parser complains about, in words for people."""

import re

import yaml

from engine.flow.problem import Problem
from engine.texts.text import Text

# What libyaml says, by the words that tell its complaints apart, and what we say.
_COMPLAINTS = (
    ("found character that cannot start any token", Text("flow.yaml-character")),
    ("found a tab character", Text("flow.yaml-tab")),
    ("did not find expected key", Text("flow.yaml-line")),
    ("did not find expected '-' indicator", Text("flow.yaml-list-line")),
    ("did not find expected ',' or '}'", Text("flow.yaml-brace")),
    ("did not find expected ',' or ']'", Text("flow.yaml-bracket")),
    ("could not find expected ':'", Text("flow.yaml-colon-missing")),
    ("mapping values are not allowed", Text("flow.yaml-second-colon")),
    ("block sequence entries are not allowed", Text("flow.yaml-item")),
    ("found unexpected end of stream", Text("flow.yaml-quote-open")),
    ("found unexpected document indicator", Text("flow.yaml-marker-quoted")),
    ("found unknown escape character", Text("flow.yaml-escape")),
    ("did not find expected hexdecimal number", Text("flow.yaml-escape-digits")),
    ("found undefined tag handle", Text("flow.yaml-tag")),
    ("did not find expected alphabetic or numeric character", Text("flow.yaml-anchor-name")),
    ("did not find expected <document start>", Text("flow.yaml-after-end")),
    ("control characters are not allowed", Text("flow.yaml-control")),
    ("did not find a comment or line break", Text("flow.yaml-block-head")),
    ("leading ':'", Text("flow.yaml-colon")),
)

LONGEST_KEY = 1024
"""YAML 1.1, 1.2: a key stands on one line, within so many characters."""

_KEY = re.compile(r"[{,]|^ +(?:- +)*")
"""What stands before a key on its line."""


def as_problem(error: yaml.YAMLError, text: str, path: str) -> Problem:
    """The problem behind a parser's error, with the line and column where it noticed."""
    said = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else _place_of_reader_error(error, text)
    lines = text.split("\n")
    if 0 < line <= len(lines) and len(_KEY.split(lines[line - 1][: column - 1])[-1]) > LONGEST_KEY:
        return Problem(path=path, line=line, text=Text("flow.key-endless", limit=LONGEST_KEY))
    if 0 < line <= len(lines) and "\t" in _indentation(lines[line - 1]):
        said = "found a tab character"
    ours = next((ours for theirs, ours in _COMPLAINTS if theirs in said), Text("flow.yaml", complaint=said))
    return Problem(path=path, line=line, column=column, text=ours)


def _place_of_reader_error(error: yaml.YAMLError, text: str) -> tuple[int, int]:
    # libyaml counts bytes of the UTF-8 text here and gives no mark.
    position = getattr(error, "position", None)
    if not isinstance(position, int):
        return (0, 0)
    before = text.encode("utf-8", "replace")[:position].decode("utf-8", "ignore")
    return (before.count("\n") + 1, len(before) - before.rfind("\n"))


def _indentation(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
