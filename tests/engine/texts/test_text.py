"""A text is a code with parameters until it is read; then it is a sentence in the language of its reader."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.texts.catalogue import Catalogue
from engine.texts.template import Template
from engine.texts.text import Text, hint_of, in_full, reason_of, render, stored, text_from


def filled(template: str, language: str = "en", /, **params: object) -> str:
    return Template(template, language).fill(params, lambda value, how: str(value))


def test_a_name_stands_where_its_hole_is():
    assert filled("`{source}` is wired to `{target}`", source="a", target="b") == "`a` is wired to `b`"


def test_doubled_braces_are_braces():
    assert filled("write `${{secret:{name}}}`", name="KEY") == "write `${secret:KEY}`"


@pytest.mark.parametrize(
    ("language", "how", "joined"),
    [("en", "", "a, b, c"), ("en", ":or", "a, b or c"), ("zh", ":or", "a、b 或 c"), ("zh", ":and", "a、b 和 c")],
)
def test_a_sequence_is_joined_in_the_words_of_the_language(language: str, how: str, joined: str):
    assert filled(f"{{names{how}}}", language, names=["a", "b", "c"]) == joined


def test_each_part_of_a_quoted_sequence_has_its_own_backticks():
    assert filled("`{names:or}`", names=["a", "b", "c"]) == "`a`, `b` or `c`"


def test_a_blank_parts_han_from_what_is_filled_in_where_that_is_latin_or_a_number():
    filling = ["数字", "k", 3, "`k`", "，k"]
    assert [filled("应为{x}现", "zh", x=x) for x in filling] == [
        "应为数字现", "应为 k 现", "应为 3 现", "应为 `k` 现", "应为，k 现",
    ]  # fmt: skip


def test_a_sequence_of_one_is_that_one():
    assert filled("`{names:or}`", names=["a"]) == "`a`"


def test_minus_is_a_minus_in_a_sentence_and_a_hyphen_in_what_is_typed():
    assert filled("{x} as `{x}`", x=-40.5) == "−40.5 as `-40.5`"


def test_english_chooses_the_word_by_the_number():
    assert [filled("{n} {n:item|items}", n=n) for n in (0, 1, 2)] == ["0 items", "1 item", "2 items"]


def test_thousands_are_apart_where_the_text_says_so():
    assert filled("{n:,}", n=50000) == "50,000"


def test_a_parameter_that_is_missing_shows_its_name():
    assert filled("there is no flow `{flow}`") == "there is no flow `{flow}`"


def test_a_code_that_no_catalogue_has_is_shown_with_its_parameters():
    assert render(Text("gone.lost", node="a", count=2), "zh") == "gone.lost node=a count=2"


def test_words_of_somebody_else_stay_as_they_are():
    assert render("disk full", "zh") == "disk full"


def test_a_text_may_bring_a_hint_of_its_own():
    text = Text("flow.no-node", node="a")

    assert hint_of(text, "en") == "name a node that stands under `nodes`"
    assert hint_of(text.with_hint(Text("flow.did-you-mean", name="b")), "en") == "did you mean `b`?"
    assert in_full(text.with_hint(None), "zh") == "没有节点 `a`；请写 `nodes` 下已有的节点"


def test_words_that_somebody_gave_in_both_languages_are_shown_in_that_of_the_reader():
    text = Text("flow.about", subject={"zh": "泵房", "en": "Pump house"}, text="x")

    assert (render(text, "zh"), render(text, "en")) == ("泵房：x", "Pump house: x")


def test_a_users_value_is_cut_where_it_would_bury_the_text():
    assert len(render(Text("flow.no-node", node="n" * 50_000), "zh")) < 1100


def test_equal_texts_are_one_in_a_set():
    assert len({Text("a.b", names=["x"]), Text("a.b", names=["x"]), Text("a.b", names=["y"])}) == 2


def test_what_is_stored_is_read_again_with_texts_inside_texts():
    text = Text(
        "a.b", reason=Text("c.d", limit=0.5), names=["x", Text("e.f")], here=True, title={"zh": "泵", "en": "pump"}
    )
    text = text.with_hint(Text("g.h"))

    kept = json.loads(json.dumps(stored(text)))

    assert text_from(kept) == text


@pytest.mark.parametrize(
    ("kept", "read"), [("words of before", "words of before"), (None, ""), (3, "3"), ({"code": "a"}, "{'code': 'a'}")]
)
def test_what_no_text_was_stored_as_is_read_as_words(kept: object, read: str):
    assert text_from(kept) == read


def test_an_exception_carries_a_text():
    text = Text("a.b", path="x")

    assert reason_of(ValueError(text)) == text
    assert reason_of(ValueError("plain")) == "plain"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for language, words in {"zh": ["没有 `{x}`", "请添加"], "en": ["there is no `{x}`", "add it"]}.items():
        (tmp_path / f"site.{language}.json").write_text(json.dumps({"site.none": words, "site.done": "ok"}), "utf-8")
    return tmp_path


def test_a_folder_brings_texts_and_hints_in_both_languages(folder: Path):
    catalogue = Catalogue()

    catalogue.add(folder)

    assert catalogue.texts["zh"]["site.none"].source == "没有 `{x}`"
    assert catalogue.hints["en"]["site.none"].source == "add it"
    assert "site.done" not in catalogue.hints["en"]


def test_a_folder_that_is_added_twice_is_read_once(folder: Path):
    catalogue = Catalogue()

    catalogue.add(folder)
    catalogue.add(folder)

    assert len(catalogue.texts["zh"]) == 2


def test_a_code_that_is_there_already_is_refused(folder: Path, tmp_path_factory: pytest.TempPathFactory):
    other = tmp_path_factory.mktemp("other")
    (other / "site.zh.json").write_text('{"site.none": "x"}', "utf-8")
    catalogue = Catalogue()
    catalogue.add(folder)

    with pytest.raises(ValueError, match=r"site\.none is there already"):
        catalogue.add(other)


def test_a_code_must_begin_with_the_name_of_its_file(tmp_path: Path):
    (tmp_path / "site.zh.json").write_text('{"plant.none": "x"}', "utf-8")

    with pytest.raises(ValueError, match=r"must begin with site\."):
        Catalogue().add(tmp_path)
