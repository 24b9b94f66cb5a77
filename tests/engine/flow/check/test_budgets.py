"""Nothing that stands in a flow's text makes its check slow: what would take for ever is told instead."""

from __future__ import annotations

import pytest

from tests.engine.flow.typed_nodes import checked, told


def field(schema: str, value: str) -> list[str]:
    nodes = f"use: {{type: subflow/s, with: {{f: {value}}}}}"
    return told(
        nodes,
        f"subflows: {{s: {{inputs: {{}}, fields: {{f: {schema}}}, nodes: {{a: {{type: feed}}, b: {{type: sink}}}}}}}}",
    )


def test_pattern_that_runs_away_is_told_at_its_field() -> None:
    """Python's own `re` would try until the end of the world, and nothing else of the process would run."""
    value = "'" + "a" * 60 + "!'"
    assert any("wants a text that matches `^(a+)+$`" in said for said in field("{pattern: '^(a+)+$'}", value))
    assert any(
        "fields.f: the pattern “^(a|aa)+$” takes too long" in said for said in field("{pattern: '^(a|aa)+$'}", value)
    )


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(" * 2000 + "a" + ")" * 2000, "nested too deep"),
        ("((a?){5000}){5000}", "repeats are too large"),
        ("x" * 20_000, "20000 characters"),
        ("(", "missing )"),
    ],
    ids=["deep", "repeated", "long", "wrong"],
)
def test_pattern_that_can_not_be_made_ready_is_reported(pattern: str, said: str) -> None:
    assert any(said in problem for problem in field(f"{{type: string, pattern: '{pattern}'}}", "x"))


def test_keyword_whose_patterns_could_not_be_stopped_is_refused() -> None:
    schema = "{type: object, patternProperties: {'^(a+)+$': {type: string}}}"
    assert any("can't use `patternProperties`" in said for said in field(schema, "{a: x}"))


def test_pattern_that_fits_is_no_problem() -> None:
    assert not any("pattern" in said for said in field("{type: string, pattern: '^[A-Z]{2}[0-9]{4}$'}", "AB1234"))
    assert any("AB12" in said for said in field("{type: string, pattern: '^[A-Z]{2}[0-9]{4}$'}", "AB12"))


def test_of_very_many_dangling_wires_each_is_told_and_only_the_first_with_what_was_meant() -> None:
    """To find the nearest of 500 names for each of 20,000 wires took minutes."""
    names = "\n".join(f"sink-{number}: {{type: sink}}" for number in range(500))
    wires = ", ".join(f"sink-x{number}" for number in range(20_000))
    _, problems = checked(f"feed: {{type: feed, to: [{wires}]}}\n{names}")
    dangling = [problem for problem in problems if problem.text.code == "flow.wire-dangling"]
    assert len(dangling) == 20_000
    assert dangling[0].text.hint is not None
    assert sum(problem.text.hint is not None for problem in dangling) < 200
