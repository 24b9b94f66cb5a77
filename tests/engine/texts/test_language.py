"""What people are told is Chinese for who reads Chinese; a new text without Chinese fails here."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.expression import Expression, ExpressionError
from engine.flow.check.config_messages import _BOUNDS, _LENGTHS, _TYPES
from engine.flow.yaml.read import read_flow
from engine.flow.yaml.syntax import _COMPLAINTS
from engine.texts.language import language_of
from engine.texts.told import _templates, told
from engine.texts.zh_answers import ANSWERS
from engine.texts.zh_expression import EXPRESSION
from engine.texts.zh_flow import FLOW
from tests.engine.texts.told_texts import told_texts

CALLS = frozenset(
    (
        "_say",
        "_at",
        "say",
        "problem",
        "problem_at",
        "Problem",
        "_report",
        "_refuse",
        "ApiError",
        "not_found",
        "Fault",
        "EvaluationError",
        "ValueError",
        "AccountRefused",
    )
)
FILES = sorted(
    [
        *(file for folder in ("flow", "expression", "web") for file in Path("engine", folder).glob("*.py")),
        Path("engine/access/accounts.py"),
    ]
)
MADE_OF_TOLD_PARTS = {
    "{} {}",
    "{}: {}",
    "{}: {}: {}",
    "wants {} {}{}, here is {}",
    "wants {}{}, here is {}",
    "wants {} {} {}, here are {}",
    "the expression has more than {}",
    "{} parts",
    "{} operations inside one another",
    "{} has {}",
    "`{}` {}",
    "{}{} nodes may be put in and changed by the role {} only",
    "node {}: ",
}
"""Templates whose holes hold the words that the catalogue has with them: `wants at least {}, here is {}`."""
CATALOGUE = {**ANSWERS, **EXPRESSION, **FLOW}


def test_every_text_that_people_are_told_has_chinese() -> None:
    """The list names each text without, and where it is said."""
    missing = {text: place for text, place in told_texts(FILES, CALLS).items() if text not in CATALOGUE}
    assert {text: place for text, place in missing.items() if text not in MADE_OF_TOLD_PARTS} == {}


def test_no_text_is_in_two_catalogues() -> None:
    assert len(CATALOGUE) == len(ANSWERS) + len(EXPRESSION) + len(FLOW)


@pytest.mark.parametrize("english", sorted(CATALOGUE))
def test_chinese_has_the_holes_of_the_english(english: str) -> None:
    """Written with its own holes, an English text is found and none of what stands in them is lost."""
    text = english.replace("{}", "\x00").replace("{{", "{").replace("}}", "}")
    holes = [f"x{number}x" for number in range(text.count("\x00"))]
    for hole in holes:
        text = text.replace("\x00", hole, 1)

    chinese = told(text, "zh")

    assert chinese != text
    assert [hole for hole in holes if hole not in chinese] == []


@pytest.mark.parametrize("rule", sorted(_BOUNDS))
def test_bounds_of_a_field_are_told(rule: str) -> None:
    assert "wants" not in told(f"wants {_BOUNDS[rule]} 3 ppm, here is 2", "zh")


def test_words_of_a_config_and_complaints_of_yaml_are_told() -> None:
    words = [*_TYPES.values(), *(ours for _, ours, hint in _COMPLAINTS for ours in (ours, hint))]
    assert [word for word in words if told(word, "zh") == word] == []
    assert {thing for _, thing in _LENGTHS.values()} <= CATALOGUE.keys()


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("wants at least 3 ppm, here is 2", "应不小于 3 ppm，现为2"),
        ("wants at most 3 characters, here are 5", "最多只能有 3 个字符，现有 5"),
        ("wants a number or a text, here is a list of 3", "应为数字或文本，现为3 项的列表"),
        ("scale: wants a number, here is nothing", "scale：应为数字，现为空值"),
        ("`there is no flow `x`` is wired to `nothing` twice", "`there is no flow `x`` 到 `nothing` 连了两次"),
        ("what a pump says", "what a pump says"),
    ],
)
def test_what_stands_in_a_text_is_told_too_but_not_a_name(english: str, chinese: str) -> None:
    assert told(english, "zh") == chinese
    assert told(english, "en") == english


def test_mistakes_in_a_formula_are_chinese_with_hint() -> None:
    with pytest.raises(ExpressionError) as wrong:
        Expression("k * v_raw) + 007 × 2")
    found = [(told(one.message, "zh"), told(one.hint, "zh")) for one in wrong.value.problems]
    assert found == [
        ("这个 ) 没有对应的 (", "请删除它，或补上 ("),
        ("007 以多余的 0 开头", "请写 7，不要写 007"),
        ("表达式中不能使用 ×", "请写 *"),
    ]


def test_yaml_that_is_none_is_told_in_chinese() -> None:
    _, problems = read_flow("flow: a\nnodes: [")
    assert told(problems[0].message, "zh").startswith("YAML 无效：")
    assert told(problems[0].hint, "zh") != problems[0].hint


def test_a_text_of_thousands_of_words_is_no_work() -> None:
    """Nothing in it goes round or down without end: each of the templates looks at each character once."""
    hostile = ": ".join(["a"] * 1200) + "; " + "`x` {} " * 100
    assert told(hostile[:4000], "zh")
    assert told("; ".join(["there is no there is no"] * 150), "zh")
    assert _templates()


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("*", "en"),
        ("zh-CN", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("fr, en;q=0.8, zh;q=0.5", "en"),
        ("zh;q=0, en", "en"),
        ("\x00,;;q=,zh", "zh"),
    ],
)
def test_language_is_the_first_of_ours_that_the_browser_asks_for(header: str, language: str) -> None:
    assert language_of(header) == language
