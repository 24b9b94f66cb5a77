"""Writes one case into a test file: what else stands there, comments too, stays byte for byte as it is."""

from __future__ import annotations

from typing import Any

import yaml

from engine.flow.problem import FlowError, Problem
from engine.texts.text import Text

__all__ = ["with_case", "without_case"]

HEAD = "cases:\n"


def with_case(text: str, case: dict[str, Any], path: str = "") -> str:
    """`text` with the case put in place of the one of its name, else below all others. FlowError when the file can't be read."""
    items, indent = _items(text, path)
    written = _written(case, indent)
    lines = text.splitlines(keepends=True)
    for name, first, last in items:
        if name == case.get("name"):
            return "".join([*lines[:first], written, *lines[last + 1 :]])
    if not items:
        return (text if not text or text.endswith("\n") else text + "\n") + HEAD + written
    last = items[-1][2]
    before = "".join(lines[: last + 1])
    gap = "\n" if _spaced(lines, items) else ""
    return before + ("" if before.endswith("\n") else "\n") + gap + written + "".join(lines[last + 1 :])


def without_case(text: str, name: str, path: str = "") -> str:
    """`text` without that case; "" when it was the last one, as a test file holds at least one. FlowError as above."""
    items, _ = _items(text, path)
    found = [item for item in items if item[0] == name]
    if not found:
        return text
    if len(items) == 1:
        return ""
    _, first, last = found[0]
    lines = text.splitlines(keepends=True)
    after = last + 1
    while after < len(lines) and not lines[after].strip():
        after += 1
    while after == len(lines) and first > 0 and not lines[first - 1].strip():
        first -= 1
    return "".join([*lines[:first], *lines[after:]])


def _items(text: str, path: str) -> tuple[list[tuple[str, int, int]], int]:
    """(name, first line, last line) of each case, and the column of their dashes."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as wrong:
        raise FlowError([Problem(path=path, text=Text("flow-test.unreadable", reason=str(wrong)))]) from wrong
    if root is None:
        return [], 0
    sequence = _value(root, "cases")
    if sequence is None and isinstance(root, yaml.MappingNode):
        return [], 0
    if not isinstance(sequence, yaml.SequenceNode) or sequence.flow_style:
        raise FlowError([Problem(path=path, field="cases", text=Text("flow-test.cases-no-list"))])
    indent = sequence.start_mark.column
    found = []
    for item in sequence.value:
        name = _value(item, "name")
        found.append((name.value if isinstance(name, yaml.ScalarNode) else "", item.start_mark.line, _last_line(item)))
    return found, indent


def _value(node: yaml.Node, key: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)


def _last_line(node: yaml.Node) -> int:
    """The last line that says something of a node; the end mark of a block is only at the next token."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last_line(last[1] if isinstance(last, tuple) else last)
    end = node.end_mark
    return int(end.line - 1 if end.column == 0 and end.line > node.start_mark.line else end.line)


def _spaced(lines: list[str], items: list[tuple[str, int, int]]) -> bool:
    """Whether the cases stand a line apart; the first of many does too."""
    return len(items) < 2 or not lines[items[-1][1] - 1].strip()


def _written(case: dict[str, Any], indent: int) -> str:
    text = yaml.safe_dump([case], allow_unicode=True, sort_keys=False, width=110, default_flow_style=False)
    return "".join(" " * indent + line for line in text.splitlines(keepends=True))
