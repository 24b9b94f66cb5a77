"""No node ships without help, Chinese help, examples that run, and a test file of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.catalogue.node_types import Catalogue, NodeType
from engine.core.node import Example
from engine.pack import discover_packs
from engine.testing import check_example

CATALOGUE = Catalogue(discover_packs())
KINDS = sorted(CATALOGUE.types.values(), key=lambda kind: kind.type)
UNIVERSAL = {"ppm", "ppb", "%vol", "%LEL", "mg/m³", "µg/m³", "utf-8", "utf-16", "gb18030", "latin-1"}
EXAMPLES = [(kind, example) for kind in KINDS for example in kind.cls.examples]


def test_there_are_nodes():
    """The packs are found."""
    assert len(KINDS) > 40


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.type)
def test_node_has_help_in_both_languages(kind: NodeType):
    """Title and text of the type, and of each of its fields and of the fields within them; no text for a field that is not there."""
    assert kind.help
    assert kind.zh is not None
    assert is_chinese(kind.zh.title) or kind.zh.title == kind.about.title.upper()
    assert is_chinese(kind.zh.text)
    assert sorted(kind.zh.fields) == sorted(kind.schema.get("properties", {}))
    assert sorted(kind.zh.parts) == sorted(
        name for name, part in kind.schema.get("$defs", {}).items() if "properties" in part
    )
    for name, field in fields_of(kind.form):
        assert field["title"], name
        assert field.get("description"), name
        assert is_chinese(field["x-zh"]["title"]) or field["x-zh"]["title"] == field["title"], name
        assert is_chinese(field["x-zh"]["description"]), name


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.type)
def test_choices_and_ports_have_titles_in_both_languages(kind: NodeType):
    """But for what is written the same in all languages: a method of HTTP, a unit, an encoding, a version."""
    for name, field in fields_of(kind.form):
        for choice in choices_of(field):
            titles = choice.get("x-choices", {})
            untitled = [value for value in choice["enum"] if str(value) not in titles and not is_universal(value)]
            assert untitled == [], f"{name}: declare them with choices(…)"
            assert [value for value in titles if value not in choice["enum"]] == [], name
            for value, title in titles.items():
                assert title["en"], f"{name}: {value}"
                assert is_chinese(title["zh"]) or title["zh"] == title["en"] == "JSON", f"{name}: {value}"
    for port in (*kind.inputs, *kind.outputs):
        zh, en = port.titles
        assert en, port.name
        assert is_chinese(zh), port.name
    for example in kind.cls.examples:
        assert is_chinese(example.title_zh), example.title


def fields_of(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field of a form, and of the objects within it."""
    for part in (schema, *schema.get("$defs", {}).values()):
        yield from part.get("properties", {}).items()


def choices_of(field: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The schemas of a field whose values are given."""
    if "enum" in field:
        yield field
    for part in (*field.get("anyOf", ()), *([field["items"]] if isinstance(field.get("items"), dict) else [])):
        yield from choices_of(part)


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def is_universal(value: object) -> bool:
    """No word of a language, such as `PUT`, 4, `5`, `mg/m³`."""
    return not isinstance(value, str) or value.isupper() or value in UNIVERSAL or not any(map(str.isalpha, value))


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
