"""The wall is for small computers: what it loads before its drawer opens is little, and nothing of the editor."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

DIST = Path(__file__).parents[1] / "editor" / "dist"
LARGEST_BYTES = 120_000
OF_THE_EDITOR = ("react-flow", "cm-editor", "echarts", "dagre")


@pytest.fixture(scope="module")
def loaded() -> dict[str, bytes]:
    """{file: content} of the page, the wall's chunk and all that they import at once; the build's manifest says what that is."""
    manifest = json.loads((DIST / ".vite" / "manifest.json").read_text())
    files: dict[str, bytes] = {}
    wanted = ["index.html", "src/site/wall/Wall.tsx"]
    while wanted:
        chunk = manifest[wanted.pop()]
        for name in (chunk["file"], *chunk.get("css", ())):
            files[name] = (DIST / name).read_bytes()
        wanted += [name for name in chunk.get("imports", ()) if manifest[name]["file"] not in files]
    return files


def test_wall_is_small_before_its_drawer_opens(loaded: dict[str, bytes]) -> None:
    sizes = {name: len(gzip.compress(content, 9)) for name, content in loaded.items()}
    assert sum(sizes.values()) <= LARGEST_BYTES, sizes


def test_wall_loads_nothing_of_the_editor(loaded: dict[str, bytes]) -> None:
    found = [(name, word) for name, content in loaded.items() for word in OF_THE_EDITOR if word.encode() in content]
    assert found == []
