"""The node reference in docs/nodes says what the nodes say."""

from pathlib import Path

import pytest

from engine.catalogue.node_types import Catalogue
from engine.cli.node_docs import node_pages, write_node_pages
from engine.pack import discover_packs

DOCS = Path(__file__).parents[1] / "docs" / "nodes"
PAGES = node_pages(Catalogue(discover_packs()))
RENEW = "the node reference is out of date: run `.venv/bin/mcs nodes --docs docs/nodes` and commit what it writes"


def test_reference_is_up_to_date() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in DOCS.glob("*.md")}
    differing = sorted(name for name in {*written, *PAGES} if written.get(name) != PAGES.get(name))
    assert differing == [], RENEW


@pytest.mark.parametrize("language", ["", ".zh"])
def test_page_has_help_ports_settings_and_examples(language: str) -> None:
    """Of a node that has all of them."""
    page = PAGES[f"switch{language}.md"]
    for part in ("`switch`", "| `in` |", "| `rules` |", "### SwitchRule", "```yaml\ntype: switch\nwith:"):
        assert part in page


def test_pages_of_types_that_are_gone_are_removed(tmp_path: Path) -> None:
    (tmp_path / "gone.md").write_text("old")
    catalogue = Catalogue(discover_packs())
    assert "gone.md" in write_node_pages(catalogue, tmp_path)
    assert write_node_pages(catalogue, tmp_path) == []
    assert not (tmp_path / "gone.md").exists()


def test_chinese_pages_hold_no_english_help() -> None:
    """The text and the meaning of each field are the Chinese ones."""
    for name, page in PAGES.items():
        if name.endswith(".zh.md"):
            assert any("\u4e00" <= letter <= "\u9fff" for letter in page.partition("## ")[0]), name
