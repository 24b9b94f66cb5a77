"""Devices as CSV and back, so that a spreadsheet can be the tool for a hundred of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

import msgspec

from plant.devices.validation import EDITABLE
from plant.model.device import Device

__all__ = ["LARGEST_LINES", "CsvProblem", "CsvRows", "read_csv", "write_csv"]

LARGEST_LINES = 20_000
COLUMNS = ("sn", *EDITABLE)
_TEXTS = frozenset({"name", "gas", "unit", "formula", "location"})
_DIRECTIONS = frozenset({"a1_direction", "a2_direction"})
_DEFAULTS = Device(sn="")
# A spreadsheet takes a cell that begins like this for a formula of its own, and runs it; some take the full-width signs, too.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_MARK = "'"
"""Before such a cell, and before one that begins with the mark itself: what is read back is what was written."""
_YES, _NO = frozenset({"true", "1", "yes", "是"}), frozenset({"false", "0", "no", "否"})


class CsvProblem(msgspec.Struct, frozen=True):
    """What is wrong on a line (from 1, the head is line 1); `field` is the column, "" for the whole line."""

    line: int
    field: str
    code: str
    message: str


class CsvRows(msgspec.Struct):
    """What was read: {sn: {field: value}}, the line of each, and what is wrong."""

    wanted: dict[str, dict[str, Any]]
    lines: dict[str, int]
    problems: list[CsvProblem]


def write_csv(devices: Iterable[Device]) -> str:
    """With a byte order mark, by which Excel knows UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for device in devices:
        writer.writerow([_cell(name, getattr(device, name)) for name in COLUMNS])
    return "\ufeff" + text.getvalue()


def read_csv(text: str) -> CsvRows:
    """Reads what `write_csv` writes, and any part of its columns in any order; `sn` is the one that must be there.

    An empty cell means the default of the column. A column that is not in the file stays as it is.
    """
    rows = CsvRows({}, {}, [])
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        head = [name.strip() for name in next(reader, [])]
        if not _head_is_right(head, rows):
            return rows
        for cells in reader:
            if any(cell.strip() for cell in cells):
                _read_line(head, cells, reader.line_num, rows)
            if len(rows.wanted) > LARGEST_LINES:
                rows.problems.append(
                    CsvProblem(reader.line_num, "", "many", f"there are more than {LARGEST_LINES} devices")
                )
                break
    except csv.Error as wrong:
        rows.problems.append(CsvProblem(reader.line_num, "", "csv", f"this is no CSV: {wrong}"))
    return rows


def _head_is_right(head: list[str], rows: CsvRows) -> bool:
    if "sn" not in head:
        rows.problems.append(CsvProblem(1, "sn", "no_sn", "the first line must name the columns, sn among them"))
    for name in dict.fromkeys(head):
        if name not in COLUMNS:
            rows.problems.append(CsvProblem(1, name[:40], "column", f"there is no column {name[:40]!r}"))
        elif head.count(name) > 1:
            rows.problems.append(CsvProblem(1, name, "column_twice", f"the column {name} is there twice"))
    return not rows.problems


def _read_line(head: list[str], cells: list[str], line: int, rows: CsvRows) -> None:
    if len(cells) != len(head):
        text = f"there are {len(cells)} cells, the head has {len(head)}"
        rows.problems.append(CsvProblem(line, "", "cells", text))
        return
    given = dict(zip(head, cells, strict=True))
    sn = given.pop("sn").strip()
    if sn in rows.wanted:
        rows.problems.append(CsvProblem(line, "sn", "twice", f"{sn[:64]} is on line {rows.lines[sn]} already"))
        return
    rows.lines[sn] = line
    values = rows.wanted[sn] = {}
    for name, cell in given.items():
        try:
            values[name] = _value(name, cell)
        except ValueError as wrong:
            rows.problems.append(CsvProblem(line, name, "number" if name != "enabled" else "type", str(wrong)))


def _value(name: str, cell: str) -> Any:
    text = cell.strip()
    default = getattr(_DEFAULTS, name)
    if name in _TEXTS:
        if text[:1] == _MARK and text[1:2] in (*_DANGEROUS, _MARK):
            text = text[1:]
        return text or default
    if text == "":
        return default
    if name in _DIRECTIONS:
        return text
    if name == "enabled":
        if text.lower() in _YES | _NO:
            return text.lower() in _YES
        raise ValueError(f"{text[:40]!r} is neither true nor false")
    try:
        if "_" in text:  # Python's own spelling of 1000, and a slip of the keyboard in a table
            raise ValueError
        return int(text) if name == "plan_id" else float(text)
    except ValueError as wrong:
        raise ValueError(f"{text[:40]!r} is no number") from wrong


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if value.__class__ is bool:
        return "true" if value else "false"
    if value.__class__ is float:
        return repr(value).removesuffix(".0")
    text = str(value)
    return f"{_MARK}{text}" if name in _TEXTS and text.startswith((*_DANGEROUS, _MARK)) else text
