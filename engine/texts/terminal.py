"""What commands say to people: on the terminal, in its language."""

from __future__ import annotations

import os
import sys

from engine.texts.language import Language, language_of_locale
from engine.texts.text import Readable, render

__all__ = ["say", "shown", "terminal_language"]


def terminal_language() -> Language:
    """That of its locale: LC_ALL, LC_MESSAGES, LANG."""
    return language_of_locale(os.environ)


def shown(text: Readable) -> str:
    """The text in the language of the terminal."""
    return render(text, terminal_language())


def say(text: Readable, *, error: bool = False) -> None:
    """Prints a text, at once: whoever waits for a command reads along."""
    print(shown(text), file=sys.stderr if error else sys.stdout, flush=True)
