"""Reading a flow file: what it says, and everything that is wrong with it."""

import os
from pathlib import Path

import pytest

from engine.flow.model import Target
from engine.flow.problem import Problem
from engine.flow.yaml.read import read_flow

GAS = """\
flow: gas-monitoring
title: {zh: 气体监测, en: Gas monitoring}
nodes:
  uplink:                       # an id
    type: mqtt-in
    with: {broker: "${broker:site}", topic: metachip/gas/+/data, qos: 1}
    to: reading
  reading:
    type: gas-reading
    to: {ok: [scale.in, {node: kept, disabled: true}], bad: kept}
  scale: {type: subflow/calibrate, with: {factor: 1e-3}}
  kept: {type: quarantine, disabled: true}
subflows:
  calibrate:
    inputs: {in: times}
    outputs: {out: times.ok}
    fields: {factor: {type: number, default: 1}}
    nodes:
      times: {type: formula, with: {k: "${field:factor}"}}
on_error: kept
notes: {why: {text: "**read me**", at: [1, 2]}}
groups: {first: {title: Input, members: [uplink, reading]}}
layout:
  uplink: [40, 80]
"""


def problems_of(text: str) -> list[Problem]:
    return read_flow(text, "flows/gas.yaml")[1]


def flow_with(value: str) -> str:
    return f"flow: f\nnodes:\n  a:\n    type: t\n    with:\n      field: {value}\n"


def test_flow_is_read_with_wires_subflows_groups_and_notes() -> None:
    flow, problems = read_flow(GAS, "flows/gas.yaml")
    assert problems == []
    assert flow is not None
    assert flow.nodes["uplink"].to == {"": (Target("reading"),)}
    assert flow.nodes["reading"].to == {
        "ok": (Target("scale", "in"), Target("kept", disabled=True)),
        "bad": (Target("kept"),),
    }
    assert flow.nodes["scale"].subflow == "calibrate"
    assert flow.nodes["scale"].with_ == {"factor": 0.001}
    assert flow.nodes["kept"].disabled
    assert flow.subflows["calibrate"].outputs == {"out": (Target("times", "ok"),)}
    assert flow.on_error == Target("kept")
    assert "reading" in flow.groups["first"].members
    assert flow.layout == {"uplink": (40, 80)}


def test_source_map_tells_the_line_of_fields_and_wires() -> None:
    flow, _problems = read_flow(GAS)
    assert flow is not None
    assert flow.source.line("nodes", "uplink", "with", "qos") == 6
    assert flow.source.line("nodes", "uplink", "to", "", 0) == 7
    assert flow.source.line("nodes", "reading", "to", "bad", 0) == 10
    assert flow.source.line("nodes", "reading", "with", "absent") == 8
    assert flow.source.line("subflows", "calibrate", "nodes", "times") == 19


def test_problem_is_one_line_with_place_and_remedy() -> None:
    (problem,) = problems_of(flow_with(".nan"))
    assert str(problem).startswith("flows/gas.yaml:6: node a, with.field: `.nan` is not a number")
    assert problem.as_json()["line"] == 6
    assert problem.as_json()["hint"]


def test_all_problems_are_told_at_once_in_the_order_of_lines() -> None:
    text = "flow: f\nnode: 1\nnodes:\n  a: {type: t, wiht: {}}\n  a: {type: t}\n  b: {to: [a, a]}\nlayout: {a: [1]}\n"
    assert [(problem.line, problem.message.partition(",")[0]) for problem in problems_of(text)] == [
        (2, "a flow has no `node`"),
        (4, "a node has no `wiht`"),
        (5, "the key `a` is here twice"),
        (6, "`type` is missing"),
        (6, "`a` is wired here twice"),
        (7, "wants two numbers"),
    ]


@pytest.mark.parametrize(
    "value",
    ["on", "No", "yes", "off", "1:20", "08:00", "-1:20:30.5", "010", "0o17", "0b1", "1_000", "2024-01-01", "2024-01-01 10:00:00",
     ".nan", "-.inf", "1e999", "9223372036854775808", "!!python/object:os.system {}", "!!str 5", "*gone"],
)  # fmt: skip
def test_ambiguous_or_unsafe_value_is_refused_with_its_line_and_a_hint(value: str) -> None:
    (problem,) = problems_of(flow_with(value))
    assert (problem.line, problem.node, problem.field) == (6, "a", "with.field")
    assert problem.hint


@pytest.mark.parametrize(
    ("value", "meaning"),
    [("1e-3", 0.001), ("1.5E6", 1.5e6), ("0x1F", 31), ("-0", 0), (".5", 0.5), ("true", True), ("~", None), ("", None),
     ('"on"', "on"), ("'1:20'", "1:20"), ("y", "y"), ("一氧化碳", "一氧化碳"), ("1.2.3.4", "1.2.3.4")],
)  # fmt: skip
def test_plain_value_is_read_as_what_it_plainly_is(value: str, meaning: object) -> None:
    flow, problems = read_flow(flow_with(value))
    assert problems == []
    assert flow is not None
    assert flow.nodes["a"].with_["field"] == meaning
    assert type(flow.nodes["a"].with_["field"]) is type(meaning)


@pytest.mark.parametrize("key", ["on", "12", "a b", "a.b", "a/b", '""', "~", "[a]", "é", "<<", "-a"])
def test_id_that_is_no_plain_name_is_refused(key: str) -> None:
    problems = problems_of(f"flow: f\nnodes:\n  {key}: {{type: t}}\n")
    assert {problem.line for problem in problems} == {3}


@pytest.mark.parametrize(
    ("text", "line"),
    [("", 0), ("# only a comment\n", 0), ("- a\n", 1), ("flow: [a,\nb: c\n", 3), ("flow: f\n\tnodes: {}\n", 2), ('flow: "f\n', 2),
     ("flow: f\nnodes: {}\n---\nflow: g\n", 3), ("flow: f: g\n", 1), ("flow: @f\n", 1), ("flow: f\x07\n", 1),
     ("flow: f\u2028\n", 1), ("[" * 100_000, 1), ("a: " * 5_000_000, 0)],
)  # fmt: skip
def test_what_is_no_flow_is_refused_in_words(text: str, line: int) -> None:
    assert line in {problem.line for problem in problems_of(text)}


def test_anchors_inside_themselves_and_laughs_by_the_billion_are_refused() -> None:
    laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    laughs += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
    assert any("aliases of this file stand for more than" in problem.message for problem in problems_of(laughs))
    assert any("inside its own anchor" in problem.message for problem in problems_of("flow: &f [*f]\nnodes: {}\n"))


def test_byte_order_mark_and_crlf_are_read(tmp_path: Path) -> None:
    file = tmp_path / "gas.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + GAS.replace("\n", "\r\n").encode())
    flow, problems = read_flow(file)
    assert problems == []
    assert flow == read_flow(GAS)[0]


def test_file_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "gbk.yaml").write_bytes("flow: f\ntitle: 气体\n".encode("gbk"))
    ((problem,), (missing,)) = (read_flow(tmp_path / name)[1] for name in ("gbk.yaml", "none.yaml"))
    assert problem.line == 2
    assert "UTF-8" in problem.message
    assert "can't be read" in missing.message


def test_pipe_is_no_flow_file_and_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "flow.yaml")
    (problem,) = read_flow(tmp_path / "flow.yaml")[1]
    assert "is a pipe" in problem.message


@pytest.mark.parametrize("line", ["  {key}: {{type: x}}", "  a: {{{key}: 1}}", "  a: {{type: x, {key}: 1}}"])
def test_key_without_end_is_told_as_such(line: str) -> None:
    (problem,) = read_flow("flow: f\nnodes:\n" + line.format(key="k" * 5000) + "\n")[1]
    assert (problem.line, "a key has more than 1024 characters" in problem.message) == (3, True)


def test_many_problems_are_cut_and_the_last_says_how_many_more() -> None:
    problems = read_flow("flow: f\nnodes:\n" + "  a: {type: x}\n" * 5001)[1]
    assert (len(problems), problems[-1].message) == (501, "4500 more problems are not shown")
    assert problems[-1].severity == "error"
