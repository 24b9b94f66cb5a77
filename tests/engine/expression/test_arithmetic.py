"""Benign expressions give exactly what Python gives for the same floats, and are refused exactly where Python fails."""

from __future__ import annotations

import math
import random

import pytest

from engine.expression import EvaluationError, Expression, ExpressionError

NAMES = ("a", "b", "c", "d")
REFERENCE = {
    "min": min, "max": max, "abs": abs, "round": lambda x, digits=0: round(x, int(digits)), "log": math.log,
    "log10": math.log10, "sqrt": math.sqrt, "pow": math.pow, "clamp": lambda x, lo, hi: min(max(x, lo), hi),
}  # fmt: skip


def grown(rng: random.Random, depth: int) -> str:
    """An expression such as people write, nested at most so deep."""
    if depth == 0:
        base = rng.choice(NAMES)
        power = rng.choice(
            [f"({base} ** 2)", f"({base} ** 3)", f"({base} ** -1)", f"pow({base}, 0.5)", f"pow({base}, b)"]
        )
        return rng.choice([str(rng.randint(0, 99)), f"{rng.uniform(0.001, 99):.4f}", *NAMES, *NAMES, power])
    left, right, other = (grown(rng, rng.randrange(depth)) for _ in range(3))
    condition = f"({left} {rng.choice(['<', '<=', '==', '!=', '>', '>='])} {right})"
    logic = f"({condition} {rng.choice(['and', 'or'])} not {condition.replace('<', '>')})"
    return rng.choice(
        [
            f"({left} {rng.choice(['+', '-', '*', '/', '//', '%'])} {right})",
            f"{left} {rng.choice(['+', '-', '*'])} {right}",
            f"(-{left})",
            f"({left} if {rng.choice([condition, logic])} else {other})",
            f"{rng.choice(['min', 'max'])}({left}, {right}, {other})",
            f"{rng.choice(['abs', 'sqrt', 'log', 'log10', 'round'])}({left})",
            f"clamp({left}, 0, 50)",
            f"round({left}, 2)",
            condition,
            logic,
        ]
    )


def some_values(rng: random.Random) -> dict[str, float]:
    kinds = [lambda: rng.uniform(-100, 100), lambda: rng.randint(-9, 9), lambda: rng.random() < 0.5]
    return {name: rng.choice(kinds)() for name in NAMES}


def ours(text: str, given_values: dict[str, float]) -> float | bool | str | None:
    try:
        return Expression(text)(given_values)
    except (ExpressionError, EvaluationError):
        return None


def pythons(text: str, given_values: dict[str, float]) -> float | None:
    floats = {name: float(value) for name, value in given_values.items()}
    try:
        result = float(eval(text, {"__builtins__": {}}, {**REFERENCE, **floats}))
    except (ArithmeticError, ValueError, TypeError):
        return None
    return result if math.isfinite(result) else None


@pytest.mark.parametrize("seed", range(20))
def test_result_is_the_one_python_computes(seed: int) -> None:
    rng = random.Random(seed)
    computed = 0
    for _ in range(200):
        text, given_values = grown(rng, 4), some_values(rng)
        expected = pythons(text, given_values)
        computed += expected is not None
        assert ours(text, given_values) == expected, (text, given_values)
    assert computed > 50
