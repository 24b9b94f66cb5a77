"""SECURITY.md names a test for each measure, and each is there."""

from __future__ import annotations

import re
from pathlib import Path


def test_every_row_of_the_table_names_a_test_that_is_there():
    rows = [
        line.split(" | ")
        for line in Path("SECURITY.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| ")
    ][1:]
    assert len(rows) > 10
    for row in rows:
        named = re.findall(r"`(tests/[^`]+)`", row[3])
        assert named, row[:2]
        assert [path for path in named if not Path(path).exists()] == []
