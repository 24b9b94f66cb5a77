"""A flow that was written against fields and values which have other names now: it says what to write, and runs."""

from __future__ import annotations

from typing import ClassVar

import pytest

from engine.api import Message, Node, Port, RenamedFields, Source, Struct, field, node
from engine.catalogue.node_types import Catalogue
from engine.pack import Pack
from tests.engine.flow.typed_nodes import checked


class Event(RenamedFields, Struct):
    new_names: ClassVar = {"told": "notified"}
    new_values: ClassVar = {"escalated": "raised_to_a2"}

    kind: str = "raised"
    notified: bool = False


@node(category="test")
class Events(Source):
    """Brings events."""

    outputs = (Port("out", Event),)


@node(category="test")
class Note(Node):
    """Takes anything, with texts in its config."""

    texts: list[str] = field(default_factory=list)

    def process(self, msg: Message) -> Message:
        return msg


CATALOGUE = Catalogue([Pack(name="test", nodes=[Events, Note])])


def read(text: str, source: str = "events") -> tuple[str, list[str]]:
    """(the text as the node gets it, what the check says) of a node with that text in its config, behind a source."""
    source_lines = f"in: {{type: {source}, to: note}}"
    plan, problems = checked(f"{source_lines}\nnote: {{type: note, with: {{texts: [{text!r}]}}}}", catalogue=CATALOGUE)
    assert plan is not None
    said = [f"{one.severity} {one.node} {one.field}: {one}" for one in problems if one.code == "flow.old-word"]
    return plan.nodes["note"].config["texts"][0], said


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("payload.told", "payload.notified"),
        ("payload.told and payload.kind", "payload.notified and payload.kind"),
        ("escalated", "raised_to_a2"),
        ('payload.kind == "escalated"', 'payload.kind == "raised_to_a2"'),
    ],
)
def test_old_word_is_read_as_the_new_one_with_a_warning_at_its_place(old: str, new: str) -> None:
    text, [said] = read(old)
    assert text == new
    assert said.startswith("warning note with.texts[0]: ")
    assert "is now called" in said


@pytest.mark.parametrize("text", ["payload.notified", "payload.toldest", "they told me", "it escalated"])
def test_other_texts_stay(text: str) -> None:
    assert read(text) == (text, [])


def test_what_is_no_such_event_keeps_its_own_words() -> None:
    plan, problems = checked(
        "in: {type: events}\nother: {type: note, to: note}\nnote: {type: note, with: {texts: [payload.told]}}",
        catalogue=CATALOGUE,
    )
    assert plan is not None
    assert plan.nodes["note"].config == {"texts": ["payload.told"]}
    assert [one for one in problems if one.code == "flow.old-word"] == []
