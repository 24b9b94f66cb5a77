"""No node ships without help, Chinese help, examples that run, and a test file of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.catalogue.node_types import Catalogue, NodeType
from engine.core.node import Example
from engine.pack import discover_packs
from engine.testing import check_example

CATALOGUE = Catalogue(discover_packs())
KINDS = sorted(CATALOGUE.types.values(), key=lambda kind: kind.type)
EXAMPLES = [(kind, example) for kind in KINDS for example in kind.cls.examples]


def test_there_are_nodes():
    """The packs are found."""
    assert len(KINDS) > 40


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.type)
def test_node_has_help_in_both_languages(kind: NodeType):
    """Docstring, description of every field, and the Chinese side of each."""
    fields = kind.schema.get("properties", {})
    assert kind.help
    assert [name for name, field in fields.items() if not field.get("description")] == []
    assert kind.zh is not None
    assert kind.zh.title
    assert kind.zh.text
    assert [name for name in fields if not kind.zh.fields.get(name)] == []
    assert [name for name in kind.zh.fields if name not in fields] == []
    for part, told in kind.schema.get("$defs", {}).items():
        assert sorted(kind.zh.parts.get(part, {})) == sorted(told.get("properties", {})), part


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.type)
def test_node_is_tested(kind: NodeType):
    """An example that runs, or for what acts on the world a test against the real thing; and a test file named after it."""
    stem = kind.type.replace("-", "_")
    tests = list(Path("tests").rglob(f"test_{stem}*.py"))
    assert tests, f"there is no tests/**/test_{stem}.py"
    assert kind.cls.examples or kind.about.side_effect or kind.is_source


@pytest.mark.parametrize(("kind", "example"), EXAMPLES, ids=lambda part: getattr(part, "type", None) or part.title)
async def test_documented_example_does_what_it_says(kind: NodeType, example: Example):
    """Every example in the help is executed."""
    services = [service for pack in CATALOGUE.packs.values() if pack.testing for service in pack.testing(example.state)]
    await check_example(kind, example, services=services)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.type)
def test_node_lives_in_a_file_of_its_name(kind: NodeType):
    """`mqtt-in` → `mqtt_in.py`."""
    assert kind.cls.__module__.rpartition(".")[2] == kind.type.replace("-", "_")
