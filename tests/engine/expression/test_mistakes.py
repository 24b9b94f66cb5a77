"""A text that is no expression is refused with the column of every mistake and what to write instead."""

from __future__ import annotations

import pytest

from engine.expression import Expression, ExpressionError
from engine.texts.text import in_full


def problems(text: str, *, strings: bool = False) -> list[tuple[int, str]]:
    with pytest.raises(ExpressionError) as refused:
        Expression(text, strings=strings)
    return [(problem.column, in_full(problem.text, "en")) for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", 1, "empty"),
        ("  ", 1, "empty"),
        ("a = b", 3, "write =="),
        ("a ＝ b", 3, "write =="),
        ("a === b", 3, "write =="),
        ("a <> b", 3, "write !="),
        ("a := b", 3, "write =="),
        ("a ^ 2", 3, "write **"),
        ("a && b", 3, "write and"),
        ("!a", 1, "write not"),
        ("（a", 1, "write ("),
        ("max(a，b)", 6, "write ,"),
        ("a：b", 2, "： is not part"),
        ("a×b", 2, "write *"),
        ("a ÷ b", 3, "write /"),
        ("a − b", 3, "write -"),
        ("a ≥ b", 3, "write >="),
        ("a²", 2, "write ** 2"),
        ("ｋ * 2", 1, "write k"),
        ("浓度 * 2", 1, "letters a-z"),
        ("sqr(a)", 1, "did you mean sqrt?"),
        ("Max(a, b)", 1, "did you mean max?"),
        ("open(a)", 1, "there is no function open"),
        ("a.b", 2, "no access with a dot"),
        ("a[0]", 2, "no lists"),
        ("2x", 2, "nothing joins 2 and x"),
        ("2(a)", 2, "nothing joins 2 and ("),
        ("a b", 3, "put an operator"),
        ("1if a else 2", 2, "a blank is missing"),
        ("f(a)(b)", 5, "nothing joins"),
        ("a +", 4, "missing after +"),
        ("* a", 1, "missing before *"),
        ("min(a,)", 1, "1 values do not fit"),
        ("min(, a)", 5, "missing before ,"),
        ("5 %", 4, "0.05"),
        ("a, b", 2, "decimals are written with a point"),
        ("(a, b)", 1, "a list only stands after in"),
        ("(a", 1, "add the missing )"),
        ("a)", 2, "closes nothing"),
        ("()", 1, "not part of the language"),
        ("a if b", 1, "a if condition else b"),
        ("if a > 1", 1, "a if condition else b"),
        ("a not b", 3, "before in"),
        ("a is b", 3, "write =="),
        ("armed == True", 10, "stands by itself"),
        ("a == None", 6, "missing value"),
        ("lambda: 1", 1, "only the built-in functions"),
        ("a == 1 or 2", 11, "a == 1 or a == 2"),
        ("1 if 1 else 2", 6, "always the same"),
        ("min", 1, "call it: min(a, b, …)"),
        ("min(1)", 1, "write min(a, b, …)"),
        ("clamp(x, 1)", 1, "clamp(x, lo, hi)"),
        ("clamp(x, 3, 1)", 1, "lower limit 3"),
        ("round(x, 0.5)", 1, "whole number of digits"),
        ("interpolate(x, 1, 2, 3)", 1, "4 values do not fit"),
        ("interpolate(x, 1, 2, 1, 3)", 1, "must ascend"),
        ("min(a=1, b=2)", 6, "write =="),
        ("min(*a)", 5, "missing before *"),
        ("x / 0", 5, "division by zero"),
        ("sqrt(-1)", 1, "sqrt of a negative number"),
        ("1e999", 1, "too large"),
        ("9" * 400, 1, "too large"),
        ("007", 1, "needless 0"),
        ("1_000", 2, "nothing joins"),
        ("0x1F", 2, "nothing joins"),
        ("1j", 2, "nothing joins"),
        ("_k * 2", 1, "start with a letter"),
        ("a__b", 1, "no double underscore"),
        ("x in 5", 6, "list of constants"),
        ("x in (y, 1)", 7, "constants"),
        ("x in (y if x else 1, 1)", 7, "constants"),
        ("x in (1, sqrt(y))", 10, "constants"),
        ("x in (1) + (2)", 6, "list of constants"),
        ('net == "4G"', 8, "text in quotes"),
        ("a # b", 3, "comments"),
        ("a; b", 2, "without ;"),
        ("a\x00", 2, "not part of the language"),
    ],
)
def test_mistake_is_placed_and_a_way_out_named(text: str, column: int, words: str) -> None:
    found = problems(text)
    assert found[0][0] == column
    assert words in found[0][1]


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ('net == "4G" or "WIFI"', 16, "write each comparison out"),
        ('net * "4G"', 7, "can't be calculated with"),
        ('net < "4G"', 1, "no order"),
        ('1 == "4G"', 1, "compared with a text"),
        ('min("a", "b")', 5, "can't be calculated with"),
        ('"a" "b"', 5, "nothing joins"),
        ('f"{a}"', 2, "nothing joins"),
        ('net == "4G', 8, "closing quote"),
        ('net == "4\\x47"', 8, "backslash"),
        ('net in ("4G", 5)', 15, "one kind"),
        ('net in ("4G")', 9, "in (1,) for one"),
        ("a == b == c", 1, "write it out"),
        ('net in ("a",) in ("b",)', 1, "parentheses"),
    ],
)
def test_mistake_with_texts_is_placed_and_a_way_out_named(text: str, column: int, words: str) -> None:
    found = problems(text, strings=True)
    assert found[0][0] == column
    assert words in found[0][1]


def test_all_foreign_signs_are_reported_at_once() -> None:
    assert [column for column, _ in problems("a.b ＋ c^2 = 5")] == [2, 5, 8, 11]


def test_all_wrong_calls_are_reported_at_once() -> None:
    assert [column for column, _ in problems("sqr(a) + clamp(b) + min")] == [1, 10, 21]


def test_column_counts_characters_before_a_wide_text() -> None:
    assert problems('state == "正常" and sqr(x)', strings=True)[0][0] == 19


def test_column_counts_leading_blanks_and_line_breaks() -> None:
    assert problems("  a +\n sqr(b)")[0][0] == 8


def test_error_carries_message_column_and_hint_of_the_first_problem() -> None:
    with pytest.raises(ExpressionError) as refused:
        Expression("a ^ b = c")
    error = refused.value
    assert (error.column, in_full(error.text, "en")) == (3, "^ is not part of the language; write **")
    assert str(error).splitlines()[1] == "column 7: = is not part of the language; write =="


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a" + " " * 4_000, "characters"),
        ("(" * 65 + "a" + ")" * 65, "parentheses are nested"),
        ("-" * 100 + "a", "inside one another"),
        ("a" + " + a" * 100, "inside one another"),
        ("a ** " * 100 + "a", "inside one another"),
        ("max(" + ", ".join(["x"] * 1_001) + ")", "1,000 parts"),
        ("x" * 65, "at most 64 characters"),
    ],
)
def test_limit_is_named_when_it_is_passed(text: str, words: str) -> None:
    assert words in problems(text)[0][1]


def test_prose_lists_only_the_first_mistakes() -> None:
    assert len(problems("; " * 1_000)) == 20
