"""Types, configs and references of single nodes: every mistake at once, in people's words, at its line."""

from __future__ import annotations

from pathlib import Path

from engine.flow.problem import errors_in
from engine.flow.references import References
from tests.engine.flow.typed_nodes import checked, told, typed_catalogue


def test_good_flow_becomes_a_plan_with_resolved_ports() -> None:
    plan, problems = checked("""
feed: {type: feed, to: route}
route: {type: route, with: {names: [low, high]}, to: {low: sink, error: sink}}
sink: {type: sink}
""")
    assert problems == []
    assert plan is not None
    assert plan.nodes["feed"].wires == {"out": ("route",)}
    assert plan.nodes["route"].ports == ("low", "high")
    assert plan.nodes["route"].wires == {"low": ("sink",), "error": ("sink",)}
    assert set(plan.graph.edges(keys=True)) == {
        ("feed", "route", "out"),
        ("route", "sink", "low"),
        ("route", "sink", "error"),
    }


def test_unknown_type_is_told_with_the_nearest_one() -> None:
    assert told("feed: {type: feed, to: a}\na: {type: scael}") == [
        "4: node a, type: there is no node type `scael` — did you mean `scale`?"
    ]


def test_name_of_a_subflow_as_type_is_told_how_to_write_it() -> None:
    rest = "subflows: {calibrate: {inputs: {in: a}, nodes: {a: {type: sink}}}}"
    assert told("feed: {type: feed, to: a}\na: {type: calibrate}", rest) == [
        "4: node a, type: there is no node type `calibrate` — did you mean `subflow/calibrate`?"
    ]


def test_type_of_a_broken_file_is_told_with_its_error(tmp_path: Path) -> None:
    file = tmp_path / "pump.py"
    file.write_text("import nothing_of_that_name\n")
    catalogue = typed_catalogue()
    catalogue.add_folder(tmp_path)
    (problem,) = told("feed: {type: feed, to: a}\na: {type: pump}", catalogue=catalogue)
    assert f"can't be loaded: {file}: ModuleNotFoundError" in problem


def test_all_mistakes_of_a_config_are_told_at_once() -> None:
    assert told("""
feed: {type: feed, to: a}
a:
  type: scale
  with:
    factr: 2
    mode: linaer
    window: 99
    labels: [a, 5]
""") == [
        "6: node a, with.factor: `factor` is missing — give `factor`, a number in ppm: What to multiply by",
        "7: node a, with.factr: there is no field `factr` — did you mean `factor`?",
        "8: node a, with.mode: wants one of `linear`, `square`, here is the text `linaer` — did you mean `linear`?",
        "9: node a, with.window: wants at most 60, here is 99",
        "10: node a, with.labels[1]: wants a text, here is 5",
    ]


def test_wrong_type_names_the_unit_and_what_the_field_is() -> None:
    assert told("feed: {type: feed, to: a}\na: {type: scale, with: {factor: much}}") == [
        "4: node a, with.factor: wants a number in ppm, here is the text `much` — What to multiply by"
    ]


def test_wrong_expression_is_told_with_its_field_and_column() -> None:
    (problem,) = told('feed: {type: feed, to: a}\na: {type: formula, with: {expression: "k * * v"}}')
    assert problem.startswith("4: node a, with.expression: column 5: ")


def test_keyword_that_only_the_schema_has_is_checked() -> None:
    assert told("feed: {type: feed, to: a}\na: {type: strict, with: {name: site}}") == []
    (problem,) = told("feed: {type: feed, to: a}\na: {type: strict, with: {name: admin}}")
    assert problem.startswith("4: node a, with.name: ")


def test_disabled_node_may_be_of_an_unknown_type() -> None:
    plan, problems = checked("feed: {type: feed, to: [a, sink]}\na: {type: gone, disabled: true}\nsink: {type: sink}")
    assert problems == []
    assert plan is not None
    assert set(plan.nodes) == {"feed", "sink"}


def test_missing_references_are_told_at_their_lines() -> None:
    references = References(env={"SITE": "hall"}, brokers={"site": "mqtt://b"}, secrets=["mail"])
    assert told(
        """
feed: {type: feed, to: a}
a:
  type: scale
  with:
    factor: ${env:FACTOR}
    labels:
    - ${env:SITE}
    - ${secret:mial}
    - ${broker:plant}
    - ${field:x}
    - ${evn:SITE}
    - ${env:MAIL_PASSWORD}
""",
        references=references,
    ) == [
        "7: node a, with.factor: the environment variable FACTOR is not set — set FACTOR where the server is started",
        "10: node a, with.labels[1]: there is no secret `mial` — did you mean `${secret:mail}`?",
        "11: node a, with.labels[2]: there is no broker `plant` — the brokers are site",
        "12: node a, with.labels[3]: there is no field `x` here — `${field:NAME}` reads a field of the subflow that the node is in",
        "13: node a, with.labels[4]: there is no kind of reference `evn` — did you mean `${env:SITE}`?",
        "14: node a, with.labels[5]: `${env:MAIL_PASSWORD}` may hold a password — store it under Secrets and write `${secret:NAME}`",
    ]


def test_value_that_a_reference_brings_is_checked_and_not_shown() -> None:
    nodes = "feed: {type: feed, to: a}\na: {type: scale, with: {factor: '${env:FACTOR}'}}"
    assert told(nodes, references=References(env={"FACTOR": "2.5"})) == []
    assert told(nodes, references=References(env={"FACTOR": "hush"})) == [
        "4: node a, with.factor: wants a number in ppm, here is the value — What to multiply by"
    ]


def test_plan_keeps_references_unresolved() -> None:
    plan, _ = checked(
        "feed: {type: feed, to: a}\na: {type: scale, with: {factor: '${env:FACTOR}'}}",
        references=References(env={"FACTOR": "2"}),
    )
    assert plan is not None
    assert plan.nodes["a"].config == {"factor": "${env:FACTOR}"}


def test_errors_come_without_a_plan() -> None:
    plan, problems = checked("feed: {type: feed, to: a}\na: {type: scael}")
    assert plan is None
    assert len(errors_in(problems)) == 1


def test_path_that_is_none_is_told_wherever_it_stands_in_a_config() -> None:
    """At any depth, and not where a reference will be filled in."""
    config = "{where: 'a b', rules: [{path: payload.x}, {path: 'x['}], columns: {c: 'limits[msg.topic]', d: ']'}, later: '${secret:x}['}"
    assert told(f"feed: {{type: feed, to: a}}\na: {{type: picks, with: {config}}}") == [
        "4: node a, with.where: `a b` is no path (at column 2) — write it like payload.temp or payload.points[0]",
        "4: node a, with.rules[1].path: `x[` is no path (at column 2) — write it like payload.temp or payload.points[0]",
        "4: node a, with.columns.d: `]` is no path (at column 1) — write it like payload.temp or payload.points[0]",
    ]


def test_ports_that_follow_from_a_secret_are_reported() -> None:
    """Their wires could not be led anywhere, so every message would end in quarantine."""
    assert told("feed: {type: feed, to: r}\nr: {type: route, with: {names: '${secret:names}'}, to: s}\ns: {type: sink}") == [
        "4: node r, with.names: the output ports follow from this, and a secret is not read before the start"
        " — write the value itself, or `${env:NAME}`"
    ]  # fmt: skip
