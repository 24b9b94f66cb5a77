"""Titles of what has a name in tables, files and answers: `action.user.add` → 新建用户.

They stand in the catalogue files of the engine and of the packs, in files of their own: action.zh.json, category.en.json, …
"""

from __future__ import annotations

from typing import Final

from engine.texts.catalogue import shipped
from engine.texts.language import Language

__all__ = ["TITLED", "title", "titles"]

TITLED: Final = ("action", "category", "detail", "fact", "payload", "service")
"""What has titles: an action of the audit log and a detail of it, a category of node types, a service and a fact of health, a type of payload."""


def title(kind: str, name: str, language: Language) -> str:
    """What people read for a name of that kind; the name itself where nobody has declared a title."""
    declared = shipped().texts[language].get(f"{kind}.{name}")
    return name if declared is None else declared.source


def titles() -> dict[str, dict[Language, str]]:
    """All of them in both languages: {"action.user.add": {"zh": …, "en": …}}."""
    found: dict[str, dict[Language, str]] = {}
    for language, texts in shipped().texts.items():
        for code, template in texts.items():
            if code.partition(".")[0] in TITLED:
                found.setdefault(code, {})[language] = template.source
    return found
