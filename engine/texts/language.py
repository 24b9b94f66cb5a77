"""Which of our languages somebody reads: asked of a browser's header, or of the locale of a terminal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

__all__ = ["LANGUAGES", "Language", "language_of", "language_of_locale"]

Language = Literal["zh", "en"]

LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")

_WEIGHT = re.compile(r"\s*;\s*q\s*=\s*0(\.0*)?\s*")


def language_of(accepted: str) -> Language:
    """The language that an Accept-Language header asks for first; English when it asks for none of ours."""
    for part in accepted.lower().split(","):
        name, _, weight = part.strip().partition(";")
        if name[:2] in ("zh", "en") and not (weight and _WEIGHT.fullmatch(f";{weight}")):
            return "zh" if name.startswith("zh") else "en"
    return "en"


def language_of_locale(environment: Mapping[str, str]) -> Language:
    """The language of a terminal's messages; of the variables that POSIX names, the first that is set decides.

    >>> language_of_locale({"LANG": "zh_CN.UTF-8"})
    'zh'
    """
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if set_to := environment.get(name):
            return "zh" if set_to.lower().startswith("zh") else "en"
    return "en"
