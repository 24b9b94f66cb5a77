"""Errors that an operator can put right: each says what is wrong and what to do next."""

from engine.texts.text import Readable, Text, in_full


class SetupError(Exception):
    """Something outside the program keeps it from starting; the command line prints it as one line and ends.

    `text` says what is wrong and where, its hint what to do next; plain words give that as `remedy`. Neither may hold a secret.
    """

    def __init__(self, text: Readable, remedy: str = "") -> None:
        self.text = Text("setup.plain", problem=text, remedy=remedy) if remedy else text
        super().__init__(self.text)

    def __str__(self) -> str:
        return in_full(self.text, "en")
