"""A problem says what is wrong with a flow file, where, and what to do next."""

from collections.abc import Iterable
from typing import Any, Literal

import msgspec

from engine.texts.language import Language
from engine.texts.text import Readable, Text, hint_of, render, stored

Severity = Literal["error", "warning"]

MOST_TOLD = 500
"""Problems of one file. Who reads more of them reads none, and 50,000 are megabytes."""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing wrong with a flow file. `line` and `column` count from 1; 0 means the file as a whole.

    `node` is a node's address ("scale", or "calibrate/scale" inside the subflow "calibrate"), "" outside nodes.
    `field` is the dotted place within the node ("with.floor"), or within the file when there is no node.
    An error keeps the flow from starting; a warning does not.
    """

    path: str
    text: Readable
    line: int = 0
    column: int = 0
    node: str = ""
    field: str = ""
    severity: Severity = "error"

    @property
    def code(self) -> str:
        """Of the text; "" when the words are an integrator's."""
        return self.text.code if isinstance(self.text, Text) else ""

    @property
    def message(self) -> str:
        """What is wrong, in English."""
        return render(self.text, "en")

    @property
    def hint(self) -> str:
        """What to do next, in English."""
        return hint_of(self.text, "en")

    def __str__(self) -> str:
        return str(self.on_one_line)

    @property
    def on_one_line(self) -> Text:
        """The problem as a terminal shows it: `gas.yaml:7: node scale, with.floor: … — …`."""
        place = Text("flow.file-line", path=self.path, line=self.line) if self.line else self.path
        node: Readable = Text("flow.node", node=self.node) if self.node else ""
        subject = [part for part in (node, self.field) if part]
        told: Readable = Text("flow.about", subject=subject, text=self.text) if subject else self.text
        if hint_of(self.text, "en"):
            told = Text("flow.with-hint", text=told, about=self.text)
        line = Text("flow.at", place=place, text=told)
        return line if self.severity == "error" else Text("flow.warning", text=line)

    def answer(self, language: Language) -> "ProblemAnswer":
        """As the HTTP API answers it to a reader of a language."""
        return ProblemAnswer(
            path=self.path,
            line=self.line,
            column=self.column,
            node=self.node,
            field=self.field,
            message=render(self.text, language),
            hint=hint_of(self.text, language),
            severity=self.severity,
            code=self.code,
            params=self._params(),
        )

    def as_json(self, language: Language = "en") -> dict[str, Any]:
        """The object that `mcs check --json` writes."""
        return msgspec.structs.asdict(self.answer(language))

    def _params(self) -> dict[str, Any]:
        kept = stored(self.text)
        return {} if isinstance(kept, str) else kept["params"]


class ProblemAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A problem in the language of who reads it. `code` and `params` are what `message` was made of."""

    path: str
    line: int
    column: int
    node: str
    field: str
    message: str
    hint: str
    severity: Severity
    code: str
    params: dict[str, Any]


class FlowError(Exception):
    """Everything that was wrong with a flow, or with an edit of one; nothing was changed."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


def answers(problems: Iterable[Problem], language: Language) -> list[ProblemAnswer]:
    """Problems as the HTTP API answers them."""
    return [problem.answer(language) for problem in problems]


def first_of(problems: list[Problem]) -> list[Problem]:
    """At most 500 of them, with one more that says how many are left out: an error when an error is among those."""
    if len(problems) <= MOST_TOLD:
        return problems
    left = problems[MOST_TOLD:]
    more = Text("flow.more-problems", count=len(left))
    return [
        *problems[:MOST_TOLD],
        Problem(path=left[0].path, text=more, severity="error" if errors_in(left) else "warning"),
    ]


def errors_in(problems: list[Problem]) -> list[Problem]:
    """The problems that keep a flow from starting."""
    return [problem for problem in problems if problem.severity == "error"]
