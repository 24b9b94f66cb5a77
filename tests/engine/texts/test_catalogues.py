"""The catalogues agree with each other and with the sources: key by key and parameter by parameter."""

from __future__ import annotations

from engine.pack import discover_packs
from engine.texts.catalogue import Catalogue, shipped
from engine.texts.language import LANGUAGES, Language
from engine.texts.titles import TITLED
from tests.engine.texts.written_texts import written_texts

COPIES = {"engine/core/paths.py", "engine/texts/text.py"}
"""Files that make a text from another, so that its code stands elsewhere."""


def catalogue() -> Catalogue:
    discover_packs()
    return shipped()


def params_of(code: str, language: Language) -> frozenset[str]:
    texts, hints = catalogue().texts[language], catalogue().hints[language]
    return texts[code].names | (hints[code].names if code in hints else frozenset())


def test_every_text_and_hint_is_there_in_each_language():
    """What is listed stands in one language only."""
    zh, en = LANGUAGES
    found = catalogue()
    assert found.texts[zh].keys() ^ found.texts[en].keys() == set()
    assert found.hints[zh].keys() ^ found.hints[en].keys() == set()


def test_each_language_shows_the_same_parameters():
    differing = {code for code in catalogue().texts["zh"] if params_of(code, "zh") != params_of(code, "en")}
    assert differing == set()


def test_every_text_in_the_sources_is_in_the_catalogues_with_its_parameters():
    """The list names the place, the code, and the parameters that one side has and the other has not."""
    known = catalogue().texts["zh"]
    wrong = [
        (place, code, "no such code" if code not in known else sorted(params ^ params_of(code, "zh")))
        for place, code, params in written_texts()
        if code is not None and params is not None and (code not in known or params != params_of(code, "zh"))
    ]
    assert wrong == []


def test_codes_and_parameters_are_written_out_so_that_they_can_be_compared():
    made = {one.place for one in written_texts() if one.code is None or one.params is None}
    assert {place for place in made if place.partition(":")[0] not in COPIES} == set()


def test_every_text_of_the_catalogues_is_used():
    """But for titles, which are found by the names of what they stand for: see tests/test_titles.py."""
    texts = {code for code in catalogue().texts["zh"] if code.partition(".")[0] not in TITLED}
    assert texts - {written.code for written in written_texts()} == set()
