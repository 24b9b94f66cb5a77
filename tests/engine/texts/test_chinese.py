"""Every Chinese text of the catalogues is Chinese, in the words of the glossary, and written by its rules."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.engine.texts.glossary import read_glossary
from tests.engine.texts.test_catalogues import catalogue

LATIN = set(
    """
    A1 A2 API CA CPU CR CRLF CSV ETag GBK Graphviz HTTP ID JPG JSON JUnit K LF MB MD5 MQTT Markdown Mosquitto NTP NUL NaN PEM PNG
    PostgreSQL Python QoS Redis S3 Schema TCP TLS URL UTC UTF-8 Unix WebSocket XML YAML
    cron dev gzip mcs nobody p50 p99 pip postgres pytest root schema setpriv util-linux
    """.split()  # noqa: SIM905 - a list that is read and added to
)
"""Names that are Latin in Chinese, too. Units apart, everything else is a parameter or stands in backticks."""
UNITS = {"s", "ms", "min", "h", "d", "B", "kB", "MB", "GB", "ppm", "mg", "m", "V", "mV", "mA", "A", "dBm", "LEL", "vol"}
TYPED = re.compile(
    r"\bMCS_\w+|(?<!\w)\.?/[\w./{}-]+|--[a-z][a-z-]*|[\w./-]+\.(?:md|yaml|sql|pem)\b|\.env\b|PATH\b|NAME\b"
)
"""Settings, paths, files and options can't be mistaken for words."""
WORD = re.compile(r"[A-Za-z][\w.-]*\w|[A-Za-z]")
CODE = re.compile(r"`[^`]*`")

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff"
FULL_WIDTH = "，。；：？！（）“”、"
JOINTS = {
    "half-width punctuation beside Han": rf"[{HAN}][,;:?!()]|[,;:?!()][{HAN}]",
    "no blank between Han and Latin, digits or code": rf"[{HAN}][A-Za-z0-9`]|[A-Za-z0-9`][{HAN}]",
    "a blank beside full-width punctuation": rf" [{FULL_WIDTH}]|[{FULL_WIDTH}] ",
    "two blanks": r"  ",
    "a hyphen for minus": r"(?<![\w-])-[0-9]",
    "three dots": r"\.\.\.|(?<!…)…(?!…)",
    "你 for 您": "你",
    "an exclamation mark": "[!！]",
}
"""Looked for in the fixed parts of a text, one by one: where Han meets what is filled in the renderer puts the blank."""
NUMBERS = {
    "no blank before a unit": rf"[0-9](?:{'|'.join(sorted(UNITS, key=len, reverse=True))})(?![A-Za-z0-9])",
    "a blank before %": r"[0-9] %",
}
"""Looked for in the text with a 1 in each of its holes."""
ENDS = {"。 after a lone sentence": "^[^。]*。$", "no 。 after the last of several": "。.*[^。）”]$"}

TEXTS = {
    (kind, code): template
    for kind, templates in (("text", catalogue().texts["zh"]), ("hint", catalogue().hints["zh"]))
    for code, template in templates.items()
}

WITHOUT_REMEDY = {
    "mqtt.malformed",
    "expression.negative-power", "expression.sqrt", "expression.zero-power", "flow-test.not-run", "path.undeletable",
}  # fmt: skip
"""Stand inside another text as its cause; that one says what to do next."""


def filled(kind: str, code: str, hole: str) -> str:
    """The text with something in each of its holes."""
    return "".join(part if isinstance(part, str) else hole for part in TEXTS[kind, code].parts)


def fixed_parts(kind: str, code: str) -> list[str]:
    """What stands between the holes, what is in backticks as one sign."""
    return CODE.sub("`x`", filled(kind, code, "\0")).split("\0")


def failing(check: Callable[[str, str], object]) -> list[tuple[str, str, object]]:
    """(code, text, what is wrong) of every text and hint where something is."""
    return [(code, TEXTS[kind, code].source, wrong) for kind, code in TEXTS if (wrong := check(kind, code))]


def test_latin_words_are_those_of_a_short_list():
    """A word of English in a Chinese text is left over from it, or belongs into backticks."""

    def latin(kind: str, code: str) -> set[str]:
        text = TYPED.sub(" ", CODE.sub(" ", filled(kind, code, " ")))
        return set(WORD.findall(text)) - LATIN - UNITS

    assert failing(latin) == []


def test_words_are_those_of_the_glossary():
    glossary = read_glossary()
    assert failing(lambda kind, code: glossary.banned_in(CODE.sub("", filled(kind, code, "")))) == []


@pytest.mark.parametrize("rule", JOINTS)
def test_words_and_signs_stand_beside_each_other_by_the_rules(rule: str):
    pattern = re.compile(JOINTS[rule])
    assert failing(lambda kind, code: [part for part in fixed_parts(kind, code) if pattern.search(part)]) == []


@pytest.mark.parametrize("rule", NUMBERS)
def test_numbers_and_units_are_written_by_the_rules(rule: str):
    assert failing(lambda kind, code: re.findall(NUMBERS[rule], CODE.sub("", filled(kind, code, "1")))) == []


@pytest.mark.parametrize("rule", ENDS)
def test_sentences_end_by_the_rules(rule: str):
    assert failing(lambda kind, code: re.findall(ENDS[rule], CODE.sub("x", filled(kind, code, "x")))) == []


def test_what_is_impossible_is_followed_by_what_to_do():
    """“不能……” and “无法……” have a hint, or say themselves what to do instead."""
    hints = catalogue().hints["zh"]
    lacking = {
        code
        for (kind, code), template in TEXTS.items()
        if kind == "text"
        and re.search("不能|无法", template.source)
        and "请" not in template.source
        and code not in hints
    }
    assert lacking - WITHOUT_REMEDY == set()
