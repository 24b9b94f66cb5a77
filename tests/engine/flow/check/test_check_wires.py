"""Wires: where they lead, which ports they have, what fits, circles, and what messages never reach."""

from __future__ import annotations

import msgspec

from engine.flow.check.check import check_site
from tests.engine.flow.typed_nodes import checked, flow_of, told


def test_wire_to_a_missing_node_is_told_alone() -> None:
    """What it leaves unreached is not told as well."""
    assert told("feed: {type: feed, to: sikn}\nsink: {type: sink}") == [
        "3: node feed, to: the wire leads to `sikn`, which is not there — did you mean `sink`?"
    ]


def test_wire_of_a_disabled_node_to_a_missing_one_is_a_warning() -> None:
    assert told("feed: {type: feed, to: sink}\nold: {type: scale, disabled: true, to: gone}\nsink: {type: sink}") == [
        "4: node old, to: the wire leads to `gone`, which is not there — add the node to the flow, or remove the wire (warning)"
    ]


def test_unknown_output_is_told_with_the_nearest_one() -> None:
    assert told(
        "feed: {type: feed, to: r}\nr: {type: route, with: {names: [low, high]}, to: {hihg: s}}\ns: {type: sink}"
    ) == ["4: node r, to.hihg: `r` has no output `hihg` — did you mean `high`?"]


def test_output_of_a_node_without_outputs_is_refused() -> None:
    assert told("feed: {type: feed, to: a}\na: {type: sink, to: b}\nb: {type: sink}") == [
        "4: node a, to: `a` sends no messages, so no wire can leave it — remove the wire; failed messages leave by `error`"
    ]


def test_ports_of_a_node_with_a_wrong_config_are_not_guessed() -> None:
    assert told("feed: {type: feed, to: r}\nr: {type: route, with: {names: 5}, to: {high: s}}\ns: {type: sink}") == [
        "4: node r, with.names: wants a list, here is 5"
    ]


def test_wire_into_a_source_is_refused() -> None:
    assert told("feed: {type: feed, to: other}\nother: {type: feed, to: sink}\nsink: {type: sink}") == [
        "3: node feed, to: `other` is a source: it brings messages in and takes none — remove the wire"
    ]


def test_node_with_two_inputs_wants_one_named() -> None:
    assert told("feed: {type: feed, to: [d, d.rihgt]}\nd: {type: divide}") == [
        "3: node feed, to[0]: `d` has 2 inputs and the wire names none — write `d.left`; its inputs are left, right",
        "3: node feed, to[1]: `d` has no input `rihgt` — did you mean `right`?",
    ]
    plan, problems = checked("feed: {type: feed, to: d.right}\nd: {type: divide}")
    assert problems == []
    assert plan is not None
    assert plan.graph.edges["feed", "d", "out"]["input"] == "right"


def test_same_wire_under_two_spellings_is_reported() -> None:
    assert told("feed: {type: feed, to: [a, a.in]}\na: {type: later}") == [
        "3: node feed, to[1]: `feed` is wired to `a` twice — remove one of the two"
    ]


def test_subclass_of_a_payload_fits() -> None:
    assert told("gas: {type: gas, to: l}\nl: {type: limit}") == []


def test_payload_that_does_not_fit_names_both_ends() -> None:
    assert told("gas: {type: gas, to: t}\nt: {type: takes-text}") == [
        "3: node gas, to: `gas` sends GasReading in ppm from `out`, `t` takes str: GasReading does not fit str"
        " — put a node between them that turns one into the other"
    ]


def test_unit_that_does_not_fit_names_both_ends_and_the_remedy() -> None:
    assert told("gas: {type: gas, to: l}\nl: {type: limit, with: {unit: '%LEL'}}") == [
        "3: node gas, to: `gas` sends GasReading in ppm from `out`, `l` takes Reading in %LEL: ppm does not fit %LEL"
        " — insert a unit-convert node"
    ]


def test_error_port_carries_what_came_in_whatever_its_type() -> None:
    assert told("gas: {type: gas, to: l}\nl: {type: limit, to: {error: t}}\nt: {type: takes-text}") == []


def test_circle_of_plain_nodes_is_refused() -> None:
    assert told("feed: {type: feed, to: a}\na: {type: strict, to: b}\nb: {type: strict, to: a}") == [
        "4: node a, to: the wires go in a circle: a → b → a"
        " — a message would never come to an end: put a node on it that waits, such as delay, or remove a wire"
    ]


def test_circle_through_a_node_that_waits_is_allowed() -> None:
    assert told("feed: {type: feed, to: a}\na: {type: strict, to: b}\nb: {type: later, to: a}") == []
    assert told("feed: {type: feed, to: a}\na: {type: strict, to: b}\nb: {type: ask, to: a}") == []


def test_node_wired_to_itself_is_a_circle() -> None:
    (problem,) = told("feed: {type: feed, to: a}\na: {type: strict, to: a}")
    assert "the wires go in a circle: a → a" in problem


def test_circle_by_links_is_refused() -> None:
    (problem,) = told("in: {type: link-in, to: a}\na: {type: strict, to: out}\nout: {type: link-out, with: {to: in}}")
    assert "the wires go in a circle: in → a → out → in" in problem


def test_unreached_nodes_and_sources_without_wires_are_warnings() -> None:
    plan, problems = checked(
        "feed: {type: feed}\ngas: {type: gas, to: s}\nlost: {type: strict, to: s}\ns: {type: sink}"
    )
    assert [(problem.line, problem.message, problem.severity) for problem in problems] == [
        (3, "its messages go nowhere", "warning"),
        (5, "no message can come here", "warning"),
    ]
    assert plan is not None


def test_flow_without_a_source_is_one_warning() -> None:
    (problem,) = told("a: {type: strict, to: b}\nb: {type: sink}")
    assert "no node brings messages in" in problem


def test_on_error_node_is_reached() -> None:
    plan, problems = checked("feed: {type: feed, to: a}\na: {type: sink}\nq: {type: sink}", "on_error: q")
    assert problems == []
    assert plan is not None
    assert plan.on_error == "q"


def test_on_error_must_take_messages() -> None:
    assert told("feed: {type: feed, to: a}\na: {type: sink}", "on_error: feed") == [
        "5: on_error: `feed` is a source: it brings messages in and takes none — remove the wire"
    ]


def test_disabled_on_error_is_a_warning() -> None:
    (problem,) = told("feed: {type: feed, to: a}\na: {type: sink}\nq: {type: sink, disabled: true}", "on_error: q")
    assert problem.startswith("6: on_error: `q` is disabled, so failed messages go to quarantine")


def test_disabled_wires_are_left_out_of_the_plan() -> None:
    plan, _ = checked("feed: {type: feed, to: [a, {node: b, disabled: true}]}\na: {type: sink}\nb: {type: sink}")
    assert plan is not None
    assert plan.nodes["feed"].wires == {"out": ("a",)}


def test_link_is_a_way_in_the_graph_and_no_wire_of_the_program() -> None:
    plan, problems = checked(
        "feed: {type: feed, to: out}\nout: {type: link-out, with: {to: hall}}\nin: {type: link-in, with: {name: hall}, to: s}\ns: {type: sink}"
    )
    assert problems == []
    assert plan is not None
    assert plan.graph.has_edge("out", "in")
    assert plan.nodes["out"].wires == {}


def test_link_to_a_name_that_is_not_there_is_reported() -> None:
    assert told(
        "feed: {type: feed, to: out}\nout: {type: link-out, with: {to: hal}}\nhall: {type: link-in, to: s}\ns: {type: sink}"
    ) == ["4: node out, with.to: there is no link-in `hal` in this flow — did you mean `hall`?"]


def test_site_tells_flows_of_one_name() -> None:
    one = flow_of("feed: {type: feed}")
    (problem,) = check_site([one, flow_of("feed: {type: feed}")])
    assert str(problem) == "t.yaml:1: flow: the flow `t` is also in t.yaml:1 — rename one of them"


def test_site_tells_links_that_lead_to_no_flow() -> None:
    out = flow_of("feed: {type: feed, to: [a, b, c]}\na: {type: link-out, with: {to: other/hall}}\n"
                  "b: {type: link-out, with: {to: other/hal}}\nc: {type: link-out, with: {to: gone/x}}")  # fmt: skip
    other = flow_of("hall: {type: link-in}", name="other")
    assert [str(problem) for problem in check_site([out, other])] == [
        "t.yaml:5: node b, with.to: the flow `other` has no link-in `hal` — did you mean `other/hall`? (warning)",
        "t.yaml:6: node c, with.to: there is no flow `gone` — messages wait at the link-out until it is there (warning)",
    ]


def test_link_call_that_leads_nowhere_does_not_wait() -> None:
    call = flow_of("feed: {type: feed, to: a}\na: {type: link-call, with: {to: gone/x}}")
    assert [str(problem) for problem in check_site([call])] == [
        "t.yaml:4: node a, with.to: there is no flow `gone`"
        " — messages go the way of errors until it is there (warning)",
    ]  # fmt: skip


def test_link_to_a_disabled_flow_is_reported() -> None:
    out = flow_of("feed: {type: feed, to: a}\na: {type: link-out, with: {to: other/hall}}")
    other = msgspec.structs.replace(flow_of("hall: {type: link-in}", name="other"), disabled=True)
    assert [problem.message for problem in check_site([out], [other])] == ["the flow `other` is disabled"]


def test_flows_beside_are_linked_to_and_not_told_of() -> None:
    """Their own links are told where they are checked themselves."""
    out = flow_of("feed: {type: feed, to: a}\na: {type: link-out, with: {to: other/hall}}")
    other = flow_of("hall: {type: link-in, to: b}\nb: {type: link-out, with: {to: gone/x}}", name="other")
    assert check_site([out], [other]) == []
    assert len(check_site([out, other])) == 1
    assert [problem.field for problem in check_site([other], [other])] == ["flow", "with.to"]


def test_link_inside_a_subflow_is_followed() -> None:
    out = flow_of("feed: {type: feed, to: s}\ns: {type: subflow/send}",
                  "subflows: {send: {inputs: {in: a}, nodes: {a: {type: link-out, with: {to: other/hall}}}}}")  # fmt: skip
    assert [problem.node for problem in check_site([out])] == ["send/a"]
    assert check_site([out], [flow_of("hall: {type: link-in}", name="other")]) == []
