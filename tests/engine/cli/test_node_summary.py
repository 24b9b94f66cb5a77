"""`mcs nodes TYPE` explains a type in the terminal's language."""

from __future__ import annotations

from engine.catalogue.node_types import Catalogue
from engine.cli.node_summary import node_summary
from engine.pack import discover_packs

CATALOGUE = Catalogue(discover_packs())


def test_choices_and_the_fields_of_rules_are_reported():
    lines = list(node_summary(CATALOGUE.types["switch"], "en"))
    assert any(line.split() == ["rules.op", "Test"] for line in lines)
    assert any(line.split() == ["gte", "At", "least"] for line in lines)


def test_titles_and_help_are_those_of_the_language():
    text = "\n".join(node_summary(CATALOGUE.types["filter"], "zh"))
    assert 'mode = "changed"         通过条件' in text
    assert "内容有变化" in text
    assert "What passes" not in text
