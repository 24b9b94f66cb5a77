"""A regular expression is made ready quickly or not at all."""

from __future__ import annotations

import pytest
import regex

from engine.core.pattern import compile_pattern


@pytest.mark.parametrize(
    "text",
    [
        r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        r"\(\{9999999}",
        "[(){9999}]",
        "a{2,}",
        "a{,300}",
        "x{y}",
        "(?<n>a)(?P=n)",
    ],
)
def test_ordinary_pattern_is_compiled(text: str) -> None:
    assert compile_pattern(text).pattern == text


@pytest.mark.parametrize(
    "text",
    ["((a?){5000}){5000}", "(a{1,150}){1,150}", "a{999999999999}", "(" * 2000 + ")" * 2000, "((a{100}|b){100}c){100}"],
)
def test_pattern_that_would_take_for_ever_is_no_pattern(text: str) -> None:
    with pytest.raises(regex.error):
        compile_pattern(text)
