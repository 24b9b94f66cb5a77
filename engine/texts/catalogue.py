"""The texts of the engine and of the packs: files AREA.zh.json and AREA.en.json in a folder, each a JSON object by code.

A value is the text, or [text, hint]: what is wrong, and what to do next. Codes begin with the name of their file: `flow.wire-twice`
stands in flow.zh.json and flow.en.json.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import msgspec

from engine.texts.language import LANGUAGES, Language
from engine.texts.template import Template

__all__ = ["Catalogue", "add_texts", "shipped"]

_decode = msgspec.json.Decoder(dict[str, str | tuple[str, str]]).decode


class Catalogue:
    """Texts and hints of all folders that were added, by language and code."""

    def __init__(self) -> None:
        self.texts: Mapping[Language, dict[str, Template]] = {language: {} for language in LANGUAGES}
        self.hints: Mapping[Language, dict[str, Template]] = {language: {} for language in LANGUAGES}
        self._folders: set[Path] = set()

    def add(self, folder: Path) -> None:
        """Reads a folder, once. ValueError when a code is there already, or when it does not begin with its file's name."""
        folder = folder.resolve()
        if folder in self._folders:
            return
        for language, code, text, hint in _entries(folder):
            if code in self.texts[language]:
                raise ValueError(f"{folder}: the text {code} is there already; give it another code")
            self.texts[language][code] = Template(text, language)
            if hint:
                self.hints[language][code] = Template(hint, language)
        self._folders.add(folder)


def add_texts(folder: Path) -> None:
    """Adds the catalogue files of a pack to those of the engine; see `Catalogue.add`."""
    shipped().add(folder)


@cache
def shipped() -> Catalogue:
    """The engine's own texts, with those that packs have added."""
    catalogue = Catalogue()
    catalogue.add(Path(__file__).parent)
    return catalogue


def _entries(folder: Path) -> Iterator[tuple[Language, str, str, str]]:
    for language in LANGUAGES:
        for file in sorted(folder.glob(f"*.{language}.json")):
            area = file.name.partition(".")[0]
            for code, entry in _decode(file.read_bytes()).items():
                if not code.startswith(f"{area}."):
                    raise ValueError(f"{file}: the code {code} must begin with {area}.")
                text, hint = (entry, "") if isinstance(entry, str) else entry
                yield language, code, text, hint
