"""What the YAML parser complains about, in words for people."""

import yaml

from engine.flow.problem import Problem

# What libyaml says, by the words that tell its complaints apart: (its words, our message, our hint).
_COMPLAINTS = (
    (
        "found character that cannot start any token",
        "this character can't begin a value here",
        "indent with spaces, not tabs; quote a text that begins with @ ` % or a tab",
    ),
    ("found a tab character", "a tab stands where the indentation should be", "indent with spaces"),
    (
        "did not find expected key",
        "this line does not fit the ones above it",
        "check its indentation, and that quotes and brackets above are closed",
    ),
    (
        "did not find expected '-' indicator",
        "this line does not fit the list above it",
        "check its indentation, or begin it with `- `",
    ),
    (
        "did not find expected ',' or '}'",
        "the { … } is not closed, or a comma is missing",
        "separate entries by `, ` and close with `}`",
    ),
    (
        "did not find expected ',' or ']'",
        "the [ … ] is not closed, or a comma is missing",
        "separate items by `, ` and close with `]`",
    ),
    ("could not find expected ':'", "a `:` is missing", "write `key: value`, with a space after the colon"),
    (
        "mapping values are not allowed",
        "a second `: ` on one line",
        'quote a text that contains ": ", and check the indentation',
    ),
    (
        "block sequence entries are not allowed",
        "a list item (`- `) can't stand here",
        "begin the list on a line of its own",
    ),
    ("found unexpected end of stream", "a quote is opened but never closed", "close the quoted text"),
    ("found unexpected document indicator", "a document marker stands inside a quoted text", "close the quoted text"),
    (
        "found unknown escape character",
        "this escape is unknown in a double-quoted text",
        r"write \\ for a backslash, or use single quotes",
    ),
    ("did not find expected hexdecimal number", "this escape wants hexadecimal digits", r"write \\ for a backslash"),
    ("found undefined tag handle", "this tag is not allowed", "quote a text that begins with !"),
    (
        "did not find expected alphabetic or numeric character",
        "an anchor or alias has no name",
        "quote a text that begins with * or &",
    ),
    (
        "did not find expected <document start>",
        "text stands after the end of the flow",
        "check the indentation of this line",
    ),
    (
        "control characters are not allowed",
        "the file contains a control character",
        "remove it, or write it as an escape in double quotes",
    ),
    (
        "did not find a comment or line break",
        "something stands after the `|` or `>`",
        "begin the text on the next line",
    ),
    ("leading ':'", "a `:` stands where a value should be", "quote the text"),
)


def as_problem(error: yaml.YAMLError, text: str, path: str) -> Problem:
    """The problem behind a parser's error, with the line and column where it noticed."""
    said = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else _place_of_reader_error(error, text)
    lines = text.split("\n")
    if 0 < line <= len(lines) and "\t" in _indentation(lines[line - 1]):
        said = "found a tab character"
    for theirs, ours, hint in _COMPLAINTS:
        if theirs in said:
            return Problem(path=path, line=line, column=column, message=f"no valid YAML: {ours}", hint=hint)
    return Problem(
        path=path,
        line=line,
        column=column,
        message=f"no valid YAML: {said}",
        hint="check indentation, quotes and brackets on this line and the one above",
    )


def _place_of_reader_error(error: yaml.YAMLError, text: str) -> tuple[int, int]:
    # libyaml counts bytes of the UTF-8 text here and gives no mark.
    position = getattr(error, "position", None)
    if not isinstance(position, int):
        return (0, 0)
    before = text.encode("utf-8", "replace")[:position].decode("utf-8", "ignore")
    return (before.count("\n") + 1, len(before) - before.rfind("\n"))


def _indentation(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
