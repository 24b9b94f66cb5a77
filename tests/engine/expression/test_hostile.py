"""Ten thousand hostile expressions: each is refused, or is straight-line arithmetic that ends in a finite value."""

from __future__ import annotations

import dis
import math
import random
from types import CodeType

import pytest

from engine.expression import FUNCTIONS, EvaluationError, Expression, ExpressionError

COUNT = 10_000
ESCAPES = [
    "__import__('os').system('id')", "().__class__.__bases__[0].__subclasses__()", "(lambda: 0).__globals__",
    "[x for x in (1).__class__.__mro__]", "{**a}", "f'{a.__class__}'", "a.__class__", "abs.__self__",
    "open('/etc/passwd')", "getattr(a, 'b')", "eval('1')", "exec('1')", "globals()", "breakpoint()", "_pow(1, 2)",
    "_explain(a, b)", "_failures", "_error", "_0", "__builtins__", "min(key=a)", "min(*a)", "min(**a)",
    "max(a, default=b)", "a if (b := 1) else 2", "x, y = 1, 2", "a; import os", "a\nimport os", "a) or (b",
    "a\\\nb", "a\x00b", "ｅｘｅｃ('1')", "＿＿import＿＿('os')", "𝓪𝓫𝓼(a)", "a\u202eb", "await a", "yield a", "...",
    "a[0:9]", "`a`", "@a", "*a", "not", "a if b else", "else", "in (1, 2)", "9 ** 9 ** 9 ** 9",
    "9 ** 9 ** 9 ** a", "a ** a ** a ** a", "pow(9, pow(9, pow(9, a)))", "1e308 * 1e308 * a", "'a' * 1000000000",
    "'a' * 10 ** 9", "c * 1000000000", "c % a", "'%999999999d' % a", "d * 1000000000", "c + c + c",
    "round(a, -1000000000)", "round(b, 1e300)", "exp(exp(exp(a)))", "b * b * b * b", "b ** b", "b // a", "b % a",
    "min(c, d)", "c < d", "d == d", "c in (1, 2)", "e > 1", "f if f else f", "-c", "not d",
    "interpolate(a, b, c, d, e)", "(" * 3000, "-" * 3999 + "a", "not " * 999 + "a", "a ** " * 790 + "a",
    "abs(" * 60 + "a" + ")" * 60, "9" * 3999, "a if a else " * 300 + "a", "a < " * 990 + "a", "a + " * 990 + "a",
    "a and " * 600 + "a", "(a, " * 900, "1." * 1500, "'" * 3000, '"a" ' * 900, "max(" + "a, " * 1200 + "a)",
    "a" * 3999, "a in (" + "1, " * 1200 + ")",
]  # fmt: skip
VALUES = {
    "a": 3, "b": 10**5000, "c": "%999999999d", "d": [1] * 10, "e": float("nan"), "f": float("inf"), "g": None,
    "h": True, "k": 1.7e308, "x": -0.5, "y": {"k": 1}, "z": "4G",
}  # fmt: skip
SPECKS = [
    "a", "b", "c", "d", "e", "f", "g", "h", "k", "x", "y", "z", "0", "1", "9e307", ".5", "1e-320", "'4G'", '""',
    "True", "None", "__class__", "+", "-", "*", "/", "//", "%", "**", "<", "==", "!=", "=", ":=", "and", "or",
    "not", "in", "is", "if", "else", "for", "lambda", "(", ")", "[", "]", "{", "}", ",", ".", ":", ";", "'", '"',
    "\\", "\n", "\t", "\x00", "（", "×", "é", "𝒙", "\u200b", "\ud800", "#", "@", "^", "&", "~", "`", "$", "?", " ",
    "  ", *FUNCTIONS, "eval", "print", "_pow",
]  # fmt: skip
INSTRUCTIONS_PER_CHARACTER = 40
FORBIDDEN = (
    "ATTR",
    "METHOD",
    "SUBSCR",
    "IMPORT",
    "GLOBAL_",
    "STORE_GLOBAL",
    "BACKWARD",
    "FOR_ITER",
    "FUNCTION",
    "YIELD",
)
GUARDS = {"_failures", "_explain", "_not_finite", "_text", "_equal", "_result"} | {f"_{name}" for name in FUNCTIONS}


def grown(rng: random.Random, depth: int) -> str:
    """An expression that has the right shape and the wrong intentions."""
    if depth == 0 or rng.random() < 0.15:
        return rng.choice([*VALUES, "0", "1", "2.5", "1e308", "1e-320", "'4G'", "9" * 30])
    part = [grown(rng, depth - 1) for _ in range(3)]
    operator = rng.choice(["+", "-", "*", "/", "//", "%", "**", "<", "==", "!=", ">=", " and ", " or "])
    name = rng.choice(list(FUNCTIONS))
    return rng.choice(
        [
            f"({part[0]}{operator}{part[1]})",
            f"{part[0]}{operator}{part[1]}",
            f"({part[0]} if {part[1]} else {part[2]})",
            f"{name}({', '.join(part[: rng.randint(1, 3)])})",
            f"interpolate({part[0]}, 0, {part[1]}, 1, {part[2]})",
            f"(-{part[0]})",
            f"(not {part[0]})",
            f"({part[0]} in (1, 2.5, 1e308))",
            f"({part[0]} not in ('4G', 'x'))",
        ]
    )


def soup(rng: random.Random) -> str:
    return rng.choice(["", " "]).join(rng.choices(SPECKS, k=rng.randint(1, 60)))


def damaged(rng: random.Random) -> str:
    text = rng.choice(ESCAPES)
    at = rng.randrange(len(text))
    return text[:at] + rng.choice(SPECKS) + text[at + rng.randint(0, 3) :]


def hostile_texts() -> list[str]:
    rng = random.Random(20261124)
    kinds = [lambda: grown(rng, rng.randint(1, 5)), lambda: grown(rng, rng.randint(1, 5)), lambda: soup(rng)]
    kinds.append(lambda: damaged(rng))
    return ESCAPES + [kinds[number % len(kinds)]() for number in range(COUNT - len(ESCAPES))]


def compiled(text: str, strings: bool) -> Expression | ExpressionError:
    try:
        return Expression(text, strings=strings)
    except ExpressionError as error:
        return error


def outcome(expression: Expression) -> object:
    try:
        return expression(VALUES)
    except EvaluationError as error:
        return error


def is_well_reported(error: ExpressionError, text: str) -> bool:
    return len(str(error)) < 10_000 and all(1 <= problem.column <= len(text) + 1 for problem in error.problems)


def is_bounded(result: object) -> bool:
    if isinstance(result, float):
        return math.isfinite(result)
    if isinstance(result, EvaluationError):
        return len(str(result)) < 2_000
    return isinstance(result, bool) or (isinstance(result, str) and result in (*VALUES.values(), "", "x"))


def offences(code: CodeType, text: str) -> list[str]:
    """What the compiled function has that costs more than a step each, or reaches outside the language."""
    instructions = list(dis.get_instructions(code))
    found = [step.opname for step in instructions if any(word in step.opname for word in FORBIDDEN)]
    found = [name for name in found if name not in ("LOAD_GLOBAL", "MAKE_CELL")]
    found += [name for name in code.co_names if name not in GUARDS and not name.startswith("_prepared_")]
    found += [repr(item) for item in code.co_consts if isinstance(item, CodeType | int) and not isinstance(item, bool)]
    if len(instructions) > INSTRUCTIONS_PER_CHARACTER * (len(text) + 10):
        found.append(f"{len(instructions)} instructions")
    return found


def complaints(text: str, tried: Expression | ExpressionError) -> list[str]:
    """What is wrong with the answer to a hostile text; nothing, if all is well."""
    if isinstance(tried, ExpressionError):
        return [] if is_well_reported(tried, text) else [f"badly reported: {tried}"]
    result = outcome(tried)
    return offences(tried.function.__code__, text) + ([] if is_bounded(result) else [f"not bounded: {result!r}"])


@pytest.mark.filterwarnings("error")
def test_ten_thousand_hostile_expressions_are_refused_or_bounded() -> None:
    accepted = 0
    for number, text in enumerate(hostile_texts()):
        tried = compiled(text, strings=number % 2 == 0)
        accepted += isinstance(tried, Expression)
        assert complaints(text, tried) == [], text
    assert COUNT / 10 < accepted < COUNT * 9 / 10, "the texts must try both the parser and the evaluation"


@pytest.mark.parametrize("text", ESCAPES[: ESCAPES.index("9 ** 9 ** 9 ** 9")])
def test_known_escape_is_refused_when_it_is_read(text: str) -> None:
    assert isinstance(compiled(text, strings=True), ExpressionError)


def test_compiled_function_has_no_builtins() -> None:
    assert Expression("a + 1").function.__globals__["__builtins__"] == {}
