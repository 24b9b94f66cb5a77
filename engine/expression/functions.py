"""The functions an expression may call, with the words that documentation and the editor's completion show."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from engine.texts.text import Text, reason_of

__all__ = ["FUNCTIONS", "Function", "Interpolation", "failure_of"]

MAX_ROUND_DIGITS = 15  # a 64-bit float has no more decimal digits that mean anything


@dataclass(frozen=True, slots=True)
class Function:
    """One function: its signature as shown, a line of help in Chinese and English, and how many arguments it takes.

    `call` gets finite floats only and returns a float, or raises ValueError with a Text for the operator.
    `most` is None where there is no upper bound. `pairs`: the arguments after the first come two by two.
    `prepare` takes those after the first and gives a function of the first alone, or raises ValueError: where they are
    constant, they are checked before any message comes, and only once.
    """

    name: str
    signature: str
    zh: str
    en: str
    call: Callable[..., float]
    least: int
    most: int | None
    pairs: bool = False
    prepare: Callable[..., Callable[[float], float]] | None = None


class Interpolation:
    """A piecewise-linear table. Below the first x and above the last the answer is the end value: no extrapolation.

    Raises ValueError unless the points are x0, y0, x1, y1, … with x strictly ascending.
    """

    def __init__(self, *points: float) -> None:
        xs, ys = points[0::2], points[1::2]
        for left, right in pairwise(xs):
            if not left < right:
                raise ValueError(Text("expression.table-order", before=left, after=right))
        self._xs, self._ys = xs, ys
        self._slopes = [(ys[i + 1] - ys[i]) / (xs[i + 1] - xs[i]) for i in range(len(xs) - 1)]

    def __call__(self, x: float) -> float:
        at = bisect_right(self._xs, x)
        if at == 0:
            return self._ys[0]
        if at == len(self._xs):
            return self._ys[-1]
        return self._ys[at - 1] + (x - self._xs[at - 1]) * self._slopes[at - 1]


def failure_of(error: ValueError | ArithmeticError) -> Text:
    """Why a function has no result: its own text, or that of Python's arithmetic, which has none."""
    reason = reason_of(error)
    if isinstance(reason, Text):
        return reason
    if isinstance(error, ZeroDivisionError):
        return Text("expression.divided-by-zero")
    return Text("expression.no-finite-result")


def interpolate(x: float, *points: float) -> float:
    return Interpolation(*points)(x)


def clamping(lo: float, hi: float) -> Callable[[float], float]:
    if lo > hi:
        raise ValueError(Text("expression.clamp", low=lo, high=hi))
    return lambda x: lo if x < lo else min(x, hi)


def clamp(x: float, lo: float, hi: float) -> float:
    return clamping(lo, hi)(x)


def rounding(digits: float = 0.0) -> Callable[[float], float]:
    places = int(digits)
    if digits != places or abs(places) > MAX_ROUND_DIGITS:
        raise ValueError(Text("expression.round", limit=MAX_ROUND_DIGITS))
    return lambda x: round(x, places)


def round_half_even(x: float, digits: float = 0.0) -> float:
    return rounding(digits)(x)


def square_root(x: float) -> float:
    if x < 0.0:
        raise ValueError(Text("expression.sqrt", x=x))
    return math.sqrt(x)


def natural_log(x: float) -> float:
    if x <= 0.0:
        raise ValueError(Text("expression.log", x=x))
    return math.log(x)


def decimal_log(x: float) -> float:
    if x <= 0.0:
        raise ValueError(Text("expression.log10", x=x))
    return math.log10(x)


def power(x: float, y: float) -> float:
    if x == 0.0 and y < 0.0:
        raise ZeroDivisionError(Text("expression.zero-power"))
    if x < 0.0 and y != math.floor(y):
        raise ValueError(Text("expression.negative-power", x=x, y=y))
    return math.pow(x, y)


_ALL = (
    Function("min", "min(a, b, …)", "最小值", "the smallest of the values", min, 2, None),
    Function("max", "max(a, b, …)", "最大值", "the largest of the values", max, 2, None),
    Function("abs", "abs(x)", "绝对值", "the value without its sign", abs, 1, 1),
    Function(
        "round",
        "round(x, digits=0)",
        "舍入到指定小数位；恰好居中时取偶数",
        "rounded to that many decimals; exactly half way goes to the even neighbour",
        round_half_even,
        1,
        2,
        prepare=rounding,
    ),
    Function("exp", "exp(x)", "e 的 x 次方", "e to the power x", math.exp, 1, 1),
    Function("log", "log(x)", "自然对数，x 必须大于 0", "natural logarithm, x above 0", natural_log, 1, 1),
    Function(
        "log10", "log10(x)", "以 10 为底的对数，x 必须大于 0", "logarithm to base 10, x above 0", decimal_log, 1, 1
    ),
    Function("sqrt", "sqrt(x)", "平方根，x 不得为负", "square root, x not negative", square_root, 1, 1),
    Function("pow", "pow(x, y)", "x 的 y 次方，同 x ** y", "x to the power y, the same as x ** y", power, 2, 2),
    Function(
        "clamp",
        "clamp(x, lo, hi)",
        "把 x 限制在 lo 与 hi 之间",
        "x held between lo and hi",
        clamp,
        3,
        3,
        prepare=clamping,
    ),
    Function(
        "interpolate",
        "interpolate(x, x0, y0, x1, y1, …)",
        "按折线表插值；x0 < x1 < …，表外取端点值",
        "piecewise-linear table with x0 < x1 < …; beyond an end, the end value",
        interpolate,
        5,
        None,
        pairs=True,
        prepare=Interpolation,
    ),
)

FUNCTIONS: Mapping[str, Function] = MappingProxyType({function.name: function for function in _ALL})
"""Every function by name, in the order the documentation lists them. Read-only."""
