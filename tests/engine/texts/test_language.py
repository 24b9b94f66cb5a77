"""The language of who reads: what a browser asks for first, or the locale of a terminal."""

from __future__ import annotations

import pytest

from engine.texts.language import language_of, language_of_locale


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("*", "en"),
        ("zh-CN", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("fr, en;q=0.8, zh;q=0.5", "en"),
        ("zh;q=0, en", "en"),
        ("\x00,;;q=,zh", "zh"),
    ],
)
def test_language_is_the_first_of_ours_that_the_browser_asks_for(header: str, language: str) -> None:
    assert language_of(header) == language


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "zh_TW", "LANG": "en_GB"}, "zh"),
    ],
)
def test_language_of_a_terminal_is_that_of_its_messages(environment: dict[str, str], language: str) -> None:
    assert language_of_locale(environment) == language
