"""The manual's pages of the node types are written from what the nodes say, complete, in both languages, and lead to each other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.catalogue.node_types import Catalogue
from engine.cli.node_docs import node_pages, write_node_pages
from engine.pack import discover_packs

CATALOGUE = Catalogue(discover_packs())
PAGES = node_pages(CATALOGUE)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_type_has_a_page_that_the_index_leads_to(language: str) -> None:
    folder = f"{language}/node-types/"
    linked = set(re.findall(r"\]\(([\w-]+)\.md\)", PAGES[f"{folder}index.md"]))
    assert linked == set(CATALOGUE.types)
    assert {f"{folder}{type}.md" for type in linked} | {f"{folder}index.md"} == {
        name for name in PAGES if name.startswith(folder)
    }


@pytest.mark.parametrize("name", [name for name in PAGES if not name.endswith("/index.md")])
def test_page_tells_its_node_its_ports_and_each_of_its_settings(name: str) -> None:
    type = Path(name).stem
    kind, page = CATALOGUE.types[type], PAGES[name]
    assert f"`{type}`" in page.partition("\n## ")[0]
    for part in [
        *(f"| `{port.name}` |" for port in kind.inputs),
        *(f"| `{field}` |" for field in kind.schema.get("properties", {})),
    ]:
        assert part in page
    assert page.count("```yaml\n") == len(kind.cls.examples)


@pytest.mark.parametrize("name", [name for name in PAGES if name.startswith("zh/")])
def test_chinese_page_begins_with_chinese_help(name: str) -> None:
    assert any("\u4e00" <= letter <= "\u9fff" for letter in PAGES[name].partition("## ")[0])


def test_pages_of_types_that_are_gone_are_removed_and_those_that_stay_left_alone(tmp_path: Path) -> None:
    (tmp_path / "en" / "node-types").mkdir(parents=True)
    (tmp_path / "en" / "node-types" / "gone.md").write_text("old")
    (tmp_path / "en" / "wiring.md").write_text("written by hand")

    assert sorted([*PAGES, "en/node-types/gone.md"]) == write_node_pages(CATALOGUE, tmp_path)

    assert write_node_pages(CATALOGUE, tmp_path) == []
    assert not (tmp_path / "en" / "node-types" / "gone.md").exists()
    assert (tmp_path / "en" / "wiring.md").exists()
