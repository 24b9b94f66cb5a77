"""What an expression gives for good values."""

from __future__ import annotations

import math

import pytest

from engine.expression import FUNCTIONS, Expression

FORMULA = "k * v_raw + b + t_coef * (temp - 25)"


def test_names_come_in_order_of_first_use() -> None:
    assert Expression(FORMULA).names == ("k", "v_raw", "b", "t_coef", "temp")


def test_function_takes_the_values_in_the_order_of_names() -> None:
    assert Expression(FORMULA).function(0.02, 700.0, 1.0, 0.1, 30.0) == 15.5


def test_call_takes_a_mapping_and_ignores_further_names() -> None:
    values = {"k": 0.02, "v_raw": 700, "b": 1, "t_coef": 0.1, "temp": 30, "humi": 40}
    assert Expression(FORMULA)(values) == 15.5


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("2 + 3 * 4", {}, 14.0),
        ("-x ** 2", {"x": 3}, -9.0),
        ("7 // 2", {}, 3.0),
        ("-7 % 3", {}, 2.0),
        ("x ** -2", {"x": 2}, 0.25),
        ("1e-3 * x", {"x": 2}, 0.002),
        ("x + 1 +\n  2", {"x": 1}, 4.0),
        ("x\u3000+ 1", {"x": 1}, 2.0),
        ("0 < x <= 5", {"x": 5}, True),
        ("a < b and not c > 1 or d", {"a": 2, "b": 1, "c": 0, "d": 0}, False),
        ("x if x > 0 else 0", {"x": -4}, 0.0),
        ("err in (1, 2)", {"err": 2}, True),
        ("err not in (1, 2)", {"err": 2}, False),
        ("armed", {"armed": True}, True),
        ("armed and x > 1", {"armed": True, "x": 2}, True),
        ("(a > 1) + (b > 1)", {"a": 2, "b": 2}, 2.0),
        ("x", {"x": 3}, 3.0),
        ("min(a, b, 4)", {"a": 9, "b": 5}, 4.0),
        ("max(0, x)", {"x": -0.5}, 0.0),
        ("abs(x)", {"x": -2}, 2.0),
        ("round(x)", {"x": 2.5}, 2.0),
        ("round(x, 2)", {"x": 3.14159}, 3.14),
        ("exp(log(x))", {"x": 1.0}, 1.0),
        ("log10(x)", {"x": 1000}, 3.0),
        ("sqrt(x)", {"x": 16}, 4.0),
        ("pow(x, 0.5)", {"x": 9}, 3.0),
        ("clamp(x, 0, 100)", {"x": 120}, 100.0),
        ("clamp(x, 0, 100)", {"x": -1}, 0.0),
        ("clamp(x, 0, 100)", {"x": 55.5}, 55.5),
    ],
)
def test_value(text: str, values: dict[str, object], expected: float | bool) -> None:
    result = Expression(text)(values)
    assert (type(result), result) == (type(expected), expected)


@pytest.mark.parametrize(("x", "y"), [(-5, 10), (0, 10), (5, 15), (10, 20), (15, 60), (20, 100), (99, 100)])
def test_interpolation_is_linear_between_points_and_holds_the_end_values(x: float, y: float) -> None:
    assert Expression("interpolate(x, 0, 10, 10, 20, 20, 100)")({"x": x}) == y


def test_interpolation_table_may_come_from_names() -> None:
    assert Expression("interpolate(x, x0, 0, x1, 10)")({"x": 2, "x0": 1, "x1": 3}) == 5.0


def test_whole_numbers_become_floats_before_they_are_calculated_with() -> None:
    assert Expression("a + b - a")({"a": 2**53, "b": 1}) == 0.0


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ('net == "4G"', {"net": "4G"}, True),
        ("net != '4G'", {"net": "LORA"}, True),
        ('net in ("4G", "WIFI") and rssi < -100', {"net": "WIFI", "rssi": -110}, True),
        ('net not in ("4G",)', {"net": "WIFI"}, True),
        ('state == "正常" and x > 1', {"state": "正常", "x": 2}, True),
        ("a == b", {"a": "x", "b": "x"}, True),
        ("a != b", {"a": 1, "b": 2.0}, True),
        ('"high" if x > 5 else "low"', {"x": 6}, "high"),
        ("net", {"net": "4G"}, "4G"),
    ],
)
def test_value_with_texts(text: str, values: dict[str, object], expected: float | bool | str) -> None:
    result = Expression(text, strings=True)(values)
    assert (type(result), result) == (type(expected), expected)


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS.keys())
def test_every_function_is_documented_in_both_languages_under_its_own_name(function: object) -> None:
    name, signature, zh, en = (getattr(function, field) for field in ("name", "signature", "zh", "en"))
    assert signature.startswith(f"{name}(")
    assert len(zh) > 2
    assert len(en) > 5
    assert not zh.isascii()


def test_exp_of_one_is_e() -> None:
    assert Expression("exp(1)")({}) == math.e


def test_expression_shows_its_text() -> None:
    assert repr(Expression("a + 1")) == "Expression('a + 1')"
