"""The page about expressions: its examples run, and its table lists the functions there are."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

from engine.expression import FUNCTIONS, Expression

PAGE = Path(__file__).parents[3] / "docs" / "expression.md"


def test_examples_of_the_page_run() -> None:
    result = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8", optionflags=doctest.REPORT_NDIFF)
    assert result.attempted > 10
    assert result.failed == 0


def test_table_of_the_page_lists_every_function_with_its_help() -> None:
    rows = re.findall(r"^\| `(\w+\(.*?\))` \| (.*?) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [(function.signature, function.en) for function in FUNCTIONS.values()]


def test_sum_may_have_as_many_terms_as_the_page_says() -> None:
    assert Expression(" + ".join(["x"] * 63))({"x": 1}) == 63.0
