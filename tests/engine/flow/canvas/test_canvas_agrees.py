"""Random flows and edits: the editor's canvas and the server come to the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from engine.flow.yaml.patch import FlowText
from tests.engine.flow.canvas.canvas import Canvas, after, canvas, faults, model_json, running_wires, text_of
from tests.engine.flow.canvas.documents import Document, documents, operations
from tests.engine.flow.canvas.palette import catalogue, port_answers, type_views

EXAMPLES = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Canvas]:
    with canvas(tmp_path_factory.mktemp("canvas")) as process:
        yield process


@EXAMPLES
@given(document=documents(known_types=False))
def test_flow_in_the_words_of_a_file_is_read_the_same(there: Canvas, document: Document) -> None:
    assert there.ask("model", flow=document) == model_json(text_of(document).flow)


@EXAMPLES
@given(data=st.data(), document=documents(known_types=False))
def test_edits_that_the_server_takes_do_the_same_to_the_canvas(
    there: Canvas, data: st.DataObject, document: Document
) -> None:
    done: list[Any] = []
    for _ in range(data.draw(st.integers(1, 4))):
        operation = data.draw(operations(document))
        text = after(document, [*done, operation])
        if text is not None:
            done.append(operation)
            assert there.ask("apply", flow=document, operations=done) == model_json(text.flow)


@EXAMPLES
@given(document=documents(known_types=False), other=documents(known_types=False))
def test_edits_that_the_canvas_finds_between_two_flows_lead_from_one_to_the_other(
    there: Canvas, document: Document, other: Document
) -> None:
    text = after(document, there.ask("between", flow=document, other=other))
    assert text is not None
    assert model_json(text.flow) == model_json(text_of(other).flow)


@EXAMPLES
@given(data=st.data(), document=documents(wired=False))
def test_wires_are_refused_while_they_are_drawn_just_where_the_check_refuses_them(
    there: Canvas, data: st.DataObject, document: Document
) -> None:
    text = text_of(document)
    assume(not faults(text.flow))
    drawn = set()
    for _ in range(data.draw(st.integers(1, 6))):
        scope, wire = data.draw(_wires(text))
        if (scope, *wire.values()) in drawn:
            continue
        drawn.add((scope, *wire.values()))
        palette = {"types": type_views(), "ports": port_answers(text.flow)}
        answer = there.ask("wire", flow=text.document, scope=scope, wire=wire, **palette)
        changed = after(text.document, answer["operations"])
        assert changed is not None
        assert (answer["why"] is None) == (faults(changed.flow) == []), (answer, faults(changed.flow))
        if answer["why"] is None:
            text = changed
            wires = there.ask("wires", flow=text.document, types=type_views(), ports=port_answers(text.flow))
            assert sorted(tuple(wire) for wire in wires) == running_wires(text.flow)


@EXAMPLES
@given(data=st.data(), document=documents())
def test_subflow_made_of_nodes_runs_as_they_did(there: Canvas, data: st.DataObject, document: Document) -> None:
    text = text_of(document)
    before = running_wires(text.flow)
    assume(before is not None)
    chosen = data.draw(st.lists(st.sampled_from(list(document["nodes"])), min_size=1, unique=True))
    script = there.ask(
        "extract", flow=document, scope="", nodes=chosen, types=type_views(), ports=port_answers(text.flow)
    )
    changed = after(document, script)
    assert changed is not None
    now = running_wires(changed.flow)
    assert now is not None, faults(changed.flow)

    def moved(id: str) -> str:
        return f"subflow/{id}" if id.partition("/")[0] in chosen else id

    assert now == sorted((moved(source), port, moved(target), input) for source, port, target, input in before or [])


@st.composite
def _wires(draw: st.DrawFn, text: FlowText) -> tuple[str, dict[str, str]]:
    """A wire that somebody might draw on one of the sheets of a flow."""
    flow = text.flow
    scope = draw(st.sampled_from(["", "", *flow.subflows]))
    sheet = flow.subflows[scope] if scope else flow
    outputs: list[tuple[str, str]] = []
    inputs: list[tuple[str, str]] = []
    types = catalogue().types
    for id, node in sheet.nodes.items():
        if node.subflow is not None:
            outputs += [(id, port) for port in flow.subflows[node.subflow].outputs]
            inputs += [(id, port) for port in flow.subflows[node.subflow].inputs]
            continue
        made = types[node.type].make(node.with_)
        outputs += [(id, port.name) for port in made.output_ports()]
        inputs += [(id, port.name) for port in made.input_ports()]
    if scope:
        own = flow.subflows[scope]
        outputs += [(f"in:{port}", "out") for port in own.inputs]
        inputs += [(f"out:{port}", "in") for port in own.outputs]
    assume(outputs and inputs)
    source, port = draw(st.sampled_from(outputs))
    target, input = draw(st.sampled_from(inputs))
    assume(not (source.startswith("in:") and target.startswith("out:")))
    return scope, {"from": source, "port": port, "to": target, "input": input}
