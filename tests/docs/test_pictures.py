"""Pictures cost every clone for ever: git holds few and small ones, and each is shown somewhere."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

MOST_BYTES = 1_500_000


@pytest.fixture
def pictures() -> list[Path]:
    """All in git."""
    listing = ["git", "ls-files", "-z", "*.png", "*.jpg", "*.webp", "*.gif"]
    names = subprocess.run(listing, capture_output=True, text=True, check=True).stdout.split("\0")
    return [Path(name) for name in names if name]


def test_pictures_stay_small(pictures: list[Path]) -> None:
    assert 0 < sum(path.stat().st_size for path in pictures) < MOST_BYTES


def test_each_picture_is_shown_in_a_text(pictures: list[Path]) -> None:
    shown = {
        (text.parent / target).resolve()
        for text in (Path("README.md"), *Path("docs").rglob("*.md"))
        for target in re.findall(r"!\[[^]]*\]\(([^)\s]+)\)", text.read_text(encoding="utf-8"))
    }
    assert [str(path) for path in pictures if path.resolve() not in shown] == []
