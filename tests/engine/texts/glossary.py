"""The table of docs/glossary.md as the tests ask it: which words are the terms, and which are not to be used."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

__all__ = ["WRONG_IN_ONE_SENSE", "Glossary", "read_glossary"]

FILE = Path("docs/glossary.md")

WRONG_IN_ONE_SENSE = {
    "连接": "not of a wire; right of a network, of a database",
    "内容": "not of a payload; right of a request, of a file",
    "恢复": "never alone; right with its object",
    "表": "not of a mapping; right of a database's",
    "阈值": "not of an alarm; the generic node `threshold` keeps it",
    "内存": "not of a node's memory; right of RAM",
    "负载": "not of a payload; right of a load",
    "峰值": "not of a low side",
}
"""Words whose ban depends on what they stand for: a reader looks at them, no test can."""


class Glossary(NamedTuple):
    """`terms` are the words of the first column, the longest first; `banned` those of the column `not`, but for
    WRONG_IN_ONE_SENSE."""

    terms: tuple[str, ...]
    banned: tuple[str, ...]

    def banned_in(self, text: str) -> list[str]:
        """The words that are not to be used, in what is left of a text without the terms."""
        for term in self.terms:
            text = text.replace(term, " ")
        return [word for word in self.banned if word in text]


def read_glossary() -> Glossary:
    """The file in the repository."""
    terms: set[str] = set()
    banned: set[str] = set()
    for line in FILE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and len(cells) == 5 and cells[0] != "中文":
            # 优先级：紧急、高、中、低 and 一级报警（A1） are several words, and a word with its sign.
            terms |= {word for word in re.split(r"[ /：、，（）]+", cells[0]) if len(word) > 1}
            banned |= {word.strip() for word in cells[3].split(",") if word.strip()}
    assert len(terms) > 100, "the table of docs/glossary.md has another form"
    assert banned >= WRONG_IN_ONE_SENSE.keys() - {"阈值"}
    return Glossary(tuple(sorted(terms, key=len, reverse=True)), tuple(sorted(banned - WRONG_IN_ONE_SENSE.keys())))
