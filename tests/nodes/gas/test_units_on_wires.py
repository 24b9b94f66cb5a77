"""Units in a flow of the shipped nodes: what does not fit is refused at the wire, through whatever it came."""

import pytest

from engine.catalogue.node_types import Catalogue
from engine.flow.check.check import check_flow
from engine.flow.yaml.read import read_flow
from engine.pack import discover_packs

HEAD = """flow: units
nodes:
  in: {type: inject, to: conc}
  conc: {type: formula, with: {expression: payload, result: payload, unit: ppm}, to: %s}
"""
LIMIT = "  limit: {type: threshold, with: {limit: 20, unit: '%LEL'}}\n"


def problems(text: str) -> list[str]:
    flow, read = read_flow(text)
    assert flow is not None, read
    _, found = check_flow(flow, Catalogue(discover_packs()))
    return [problem.message + " — " + problem.hint for problem in found if problem.severity == "error"]


def test_ppm_into_a_threshold_in_lel_is_refused() -> None:
    assert problems(HEAD % "limit" + LIMIT) == [
        "`conc` sends a number in ppm from `out`, `limit` takes a number in %LEL: ppm does not fit %LEL — insert a unit-convert node"
    ]


@pytest.mark.parametrize(
    "between",
    [
        "{type: switch, with: {rules: [{op: gt, value: 1, port: p}]}, to: {p: limit}}",
        "{type: filter, to: limit}",
        "{type: delay, to: limit}",
        "{type: rate-limit, with: {overflow: second_port}, to: {over: limit}}",
        "{type: trigger, with: {first: nothing, second: latest}, to: limit}",
        "{type: batch, with: {mode: interval}, to: limit}",
        "{type: debounce, to: {suppressed: limit}}",
        "{type: threshold, with: {limit: 5}, to: {normal: limit}}",
    ],
)
def test_unit_is_seen_through_nodes_that_pass_messages_on(between: str) -> None:
    (problem,) = problems(HEAD % "between" + f"  between: {between}\n" + LIMIT)
    assert problem.startswith("`conc` sends a number in ppm from `out` by way of `between`, `limit` takes")


def test_unit_is_seen_through_links() -> None:
    (problem,) = problems(
        HEAD % "send" + "  send: {type: link-out, with: {to: there}}\n  there: {type: link-in, to: limit}\n" + LIMIT
    )
    assert "by way of `there`" in problem


def test_converted_it_fits() -> None:
    convert = "  convert: {type: unit-convert, with: {from_unit: ppm, to_unit: '%LEL', gas: CH4}, to: limit}\n"
    assert problems(HEAD % "convert" + convert + LIMIT) == []


def test_conversion_from_another_unit_than_what_comes_is_refused() -> None:
    convert = "  convert: {type: unit-convert, with: {from_unit: '%vol', to_unit: '%LEL', gas: CH4}, to: limit}\n"
    (problem,) = problems(HEAD % "convert" + convert + LIMIT)
    assert "ppm does not fit %vol" in problem


def test_node_that_makes_something_new_ends_it() -> None:
    assert problems(HEAD % "text" + "  text: {type: template, with: {template: x}, to: limit}\n" + LIMIT) == []


def test_loop_of_passing_nodes_ends_the_search() -> None:
    loop = "  a: {type: delay, to: [b, limit]}\n  b: {type: delay, to: a}\n"
    (problem,) = problems(HEAD % "a" + loop + LIMIT)
    assert "by way of `a`" in problem
