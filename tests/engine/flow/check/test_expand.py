"""Subflows written out: ids, wires through their ports, fields, and the ones that can't be."""

from __future__ import annotations

from engine.flow.check.expand import NODE_LIMIT, expand_subflows
from tests.engine.flow.typed_nodes import checked, flow_of, told

CALIBRATE = """
subflows:
  calibrate:
    inputs: {in: scale}
    outputs: {out: scale, odd: [check]}
    fields:
      factor: {type: number, minimum: 0}
      label: {type: string, default: a}
    nodes:
      scale: {type: scale, with: {factor: "${field:factor}", labels: ["hall ${field:label}"]}, to: check}
      check: {type: strict}
"""


def test_subflow_is_wired_through_its_ports() -> None:
    plan, problems = checked(
        "feed: {type: feed, to: cal}\ncal: {type: subflow/calibrate, with: {factor: 2}, to: {out: a, odd: b}}\na: {type: sink}\nb: {type: sink}",
        CALIBRATE,
    )
    assert problems == []
    assert plan is not None
    assert list(plan.nodes) == ["feed", "cal/scale", "cal/check", "a", "b"]
    assert plan.nodes["feed"].wires == {"out": ("cal/scale",)}
    assert plan.nodes["cal/scale"].wires == {"out": ("cal/check", "a")}
    assert plan.nodes["cal/check"].wires == {"out": ("b",)}


def test_field_takes_the_type_of_its_value_and_text_around_it_stays() -> None:
    plan, _ = checked("feed: {type: feed, to: cal}\ncal: {type: subflow/calibrate, with: {factor: 2}}", CALIBRATE)
    assert plan is not None
    assert plan.nodes["cal/scale"].config == {"factor": 2, "labels": ["hall a"]}


def test_wrong_fields_are_told_at_the_node_that_gives_them() -> None:
    assert told("feed: {type: feed, to: [a, b, c]}\na: {type: subflow/calibrate}\nb: {type: subflow/calibrate, with: {factr: 1, factor: 1}}\n"
                "c: {type: subflow/calibrate, with: {factor: -1}}", CALIBRATE) == [
        "4: node a, with: the field `factor` of the subflow `calibrate` is missing — give `with: {factor: …}`, or the field a default",
        "5: node b, with.factr: the subflow `calibrate` has no field `factr` — did you mean `factor`?",
        "6: node c, with.factor: wants at least 0, here is −1",
        "16: node calibrate/scale, with.factor: wants at least 0 ppm, here is −1 — What to multiply by",
    ]  # fmt: skip


def test_mistake_inside_a_subflow_is_told_once_for_all_its_uses() -> None:
    rest = "subflows: {s: {inputs: {in: a}, nodes: {a: {type: sikn}}}}"
    assert told("feed: {type: feed, to: [x, y]}\nx: {type: subflow/s}\ny: {type: subflow/s}", rest) == [
        "6: node s/a, type: there is no node type `sikn` — did you mean `sink`?"
    ]


def test_mistake_in_a_subflow_that_nothing_uses_is_reported() -> None:
    rest = "subflows: {s: {inputs: {in: a}, nodes: {a: {type: sikn}}}}"
    assert told("feed: {type: feed, to: a}\na: {type: sink}", rest) == [
        "5: node s/a, type: there is no node type `sikn` — did you mean `sink`?"
    ]


def test_unknown_subflow_and_port_are_reported() -> None:
    assert told(
        "feed: {type: feed, to: [cal.inn, x]}\ncal: {type: subflow/calibrate, with: {factor: 1}, to: {ood: x}}\nx: {type: subflow/calibrat}",
        CALIBRATE,
    ) == [
        "3: node feed, to[0]: `cal` has no input `inn` — did you mean `in`?",
        "4: node cal, to.ood: `cal` has no output `ood` — did you mean `odd`?",
        "5: node x, type: there is no subflow `calibrat` — did you mean `subflow/calibrate`?",
    ]


def test_errors_of_all_inner_nodes_leave_by_the_error_port() -> None:
    plan, _ = checked(
        "feed: {type: feed, to: cal}\ncal: {type: subflow/calibrate, with: {factor: 2}, to: {error: a}}\na: {type: sink}",
        CALIBRATE,
    )
    assert plan is not None
    assert plan.nodes["cal/scale"].wires["error"] == ("a",)
    assert plan.nodes["cal/check"].wires["error"] == ("a",)


def test_subflow_within_a_subflow_passes_its_fields_on() -> None:
    rest = (
        CALIBRATE
        + """
  twice:
    inputs: {in: first}
    outputs: {out: second}
    fields: {f: {type: number}}
    nodes:
      first: {type: subflow/calibrate, with: {factor: "${field:f}"}, to: second}
      second: {type: subflow/calibrate, with: {factor: 1}}
"""
    )
    plan, problems = checked(
        "feed: {type: feed, to: t}\nt: {type: subflow/twice, with: {f: 7}, to: s}\ns: {type: sink}", rest
    )
    assert problems == []
    assert plan is not None
    assert plan.nodes["t/first/scale"].config["factor"] == 7
    assert plan.nodes["t/first/scale"].wires["out"] == ("t/first/check", "t/second/scale")
    assert plan.nodes["t/second/scale"].wires["out"] == ("t/second/check", "s")


def test_subflow_that_uses_itself_is_refused() -> None:
    rest = "subflows:\n  a: {nodes: {x: {type: subflow/b}}}\n  b: {nodes: {y: {type: subflow/a}}}"
    assert (
        "6: node b/y, type: the subflow `a` uses itself (a → b → a) — a loop is made with wires, inside one subflow"
        in told("n: {type: subflow/a}", rest)[0]
    )


def test_subflows_that_multiply_are_refused_in_time() -> None:
    levels = [
        f"  s{n}: {{inputs: {{in: [a, b]}}, nodes: {{a: {{type: subflow/s{n + 1}}}, b: {{type: subflow/s{n + 1}}}}}}}"
        for n in range(15)
    ]
    rest = "\n".join(["subflows:", *levels, "  s15: {inputs: {in: a}, nodes: {a: {type: sink}, b: {type: sink}}}"])
    flow = flow_of("feed: {type: feed, to: n}\nn: {type: subflow/s0}", rest)
    expanded = expand_subflows(flow)
    assert len(expanded.nodes) <= NODE_LIMIT
    assert any(problem.code == "flow.many-nodes" for problem in expanded.problems)


def test_schema_of_a_field_may_not_refer_to_another_address() -> None:
    rest = "subflows: {s: {inputs: {in: a}, fields: {f: {$ref: 'http://127.0.0.1/x'}}, nodes: {a: {type: sink}}}}"
    (problem,) = told("feed: {type: feed, to: n}\nn: {type: subflow/s, with: {f: 1}}", rest)
    assert "the schema of a field can't refer to another schema" in problem


def test_schema_of_a_field_that_is_none_is_reported() -> None:
    rest = "subflows: {s: {inputs: {in: a}, fields: {f: {type: numbr}}, nodes: {a: {type: sink}}}}"
    (problem,) = told("feed: {type: feed, to: n}\nn: {type: subflow/s, with: {f: 1}}", rest)
    assert "it is no JSON Schema" in problem
