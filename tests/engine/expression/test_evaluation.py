"""Values for which there is no result are refused by name; nothing that is no finite number comes out."""

from __future__ import annotations

import pytest

from engine.core.failure import PermanentError
from engine.expression import EvaluationError, Expression
from engine.texts.text import hint_of

FORMULA = "k * v_raw + b + t_coef * (temp - 25)"
GOOD: dict[str, object] = {"k": 0.02, "v_raw": 700.0, "b": 1.0, "t_coef": 0.1, "temp": 30.0}


def refusal(text: str, values: dict[str, object], *, strings: bool = False) -> EvaluationError:
    expression = Expression(text, strings=strings)
    with pytest.raises(EvaluationError) as refused:
        expression(values)
    return refused.value


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "temp is empty (null)"),
        ("30", "temp is the text '30'"),
        ([30], "temp is a list"),
        (float("nan"), "temp is nan"),
        (float("inf"), "temp is inf"),
        (10**400, "temp is too large"),
    ],
)
def test_value_that_is_no_number_is_refused_by_name_and_column(value: object, words: str) -> None:
    error = refusal(FORMULA, GOOD | {"temp": value})
    assert (error.name, error.column) == ("temp", 27)
    assert words in str(error.text)
    assert hint_of(error.text, "en")


def test_missing_name_is_refused_with_the_nearest_there_is() -> None:
    values = {key: value for key, value in GOOD.items() if key != "temp"} | {"tmp": 1}
    error = refusal(FORMULA, values)
    assert (error.name, error.column, str(error.text)) == ("temp", 27, "temp is missing")
    assert hint_of(error.text, "en") == "did you mean tmp?"


def test_missing_name_is_refused_even_where_the_result_does_not_need_it() -> None:
    assert refusal("a if a > 0 else b", {"a": 1}).name == "b"


def test_value_that_the_result_does_not_need_may_be_anything() -> None:
    assert Expression("a if a > 0 else b")({"a": 1, "b": None}) == 1.0


def test_division_by_zero_shows_the_part_and_its_values() -> None:
    error = refusal("1 + a / (b - c)", {"a": 1, "b": 2, "c": 2})
    assert str(error.text) == "division by zero in a / (b - c) with a = 1, b = 2, c = 2"
    assert error.column == 5


@pytest.mark.parametrize("text", ["a / b", "a // b", "a % b", "b ** -1", "pow(b, -1)"])
def test_division_by_zero_is_refused_in_every_form(text: str) -> None:
    assert "division by zero" in str(refusal(text, {"a": 1, "b": 0}).text)


@pytest.mark.parametrize(
    "text",
    ["x * x", "x + x", "exp(x)", "x ** 2", "pow(x, 2)", "x * x > 0", "1 / (x * x)", "max(x * x, 0)", "x * x - x * x"],
)
def test_overflow_is_refused_even_where_it_would_vanish(text: str) -> None:
    assert "no finite result" in str(refusal(text, {"x": 1.7e308}).text)


@pytest.mark.parametrize(
    "text",
    ["x", "x + 1", "-x", "x > 3", "3 < x", "x == x", "1 / x", "5 % x", "min(x, 1)", "max(1, x)", "clamp(x, 0, 1)",
     "1 if x else 2", "x and y", "not x", "x in (1, 2)", "x ** 0", "pow(1, x)", "abs(x)", "round(x)", "exp(-x)",
     "interpolate(x, 0, 0, 1, 1)", "x if y else 0", "x if y else y"],
)  # fmt: skip
@pytest.mark.parametrize("value", [float("nan"), float("inf"), None, "12", [1], {}, 1e400, 10**400])
def test_value_that_is_no_finite_number_never_gets_through(text: str, value: object) -> None:
    error = refusal(text, {"x": value, "y": 1})
    assert error.name == "x"


@pytest.mark.parametrize(
    ("text", "value", "words"),
    [
        ("sqrt(x)", -4, "sqrt of a negative number, −4"),
        ("log(x)", 0, "not above 0"),
        ("log10(x)", -1, "not above 0"),
        ("x ** 0.5", -2, "a negative number, −2, to a power that is not whole"),
        ("round(1.5, x)", 0.5, "whole number of digits"),
        ("round(1.5, x)", 400, "whole number of digits"),
        ("clamp(1, x, 2)", 3, "lower limit 3"),
        ("interpolate(1, 2, 0, x, 1)", 2, "must ascend"),
    ],
)
def test_value_outside_the_domain_is_refused(text: str, value: float, words: str) -> None:
    error = refusal(text, {"x": value})
    assert words in str(error.text)
    assert error.name == "x"


def test_text_is_never_repeated_or_formatted() -> None:
    values: dict[str, object] = {"text": "%999999999d", "count": 10**9, "items": [1]}
    assert refusal("text * count", values).name == "text"
    assert refusal("count * text", values).name == "text"
    assert refusal("text % count", values).name == "text"
    assert refusal("text % 5", values).name == "text"
    assert refusal("items * count", values).name == "items"
    assert refusal("text + text", values).name == "text"


@pytest.mark.parametrize(
    ("text", "value"),
    [('net == "4G"', 4), ('net == "4G"', None), ('net in ("4G", "LORA")', 4.0), ("net * 2", "4G"),
     ("net", None)],
)  # fmt: skip
def test_text_and_number_are_never_compared_in_silence(text: str, value: object) -> None:
    assert "net" in str(refusal(text, {"net": value, "other": "4G"}, strings=True).text)


def test_names_that_hold_a_text_and_a_number_are_not_equal_but_refused() -> None:
    assert refusal("net == other", {"net": 4, "other": "4G"}, strings=True).name == "other"


def test_text_is_no_result_where_only_numbers_are_wanted() -> None:
    assert refusal("net", {"net": "4G"}).name == "net"


def test_error_text_holds_the_column_the_reason_and_the_remedy() -> None:
    error = refusal("a / b", {"a": 1, "b": 0})
    assert str(error) == (
        "column 1: division by zero in a / b with a = 1, b = 0; say what holds then: a / b if b != 0 else 0"
    )


def test_long_values_are_cut_in_the_error() -> None:
    assert len(str(refusal("x + 1", {"x": "ab" * 100_000}))) < 250


def test_refused_evaluation_sends_the_message_to_quarantine() -> None:
    assert isinstance(refusal("a", {}), PermanentError)


def test_positional_function_explains_like_a_call() -> None:
    with pytest.raises(EvaluationError, match="column 1: v is empty"):
        Expression("v * 2").function(None)
