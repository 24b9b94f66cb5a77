"""A problem says what is wrong with a flow file, where, and what to do next."""

from typing import Any, Literal

import msgspec

Severity = Literal["error", "warning"]


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing wrong with a flow file. `line` and `column` count from 1; 0 means the file as a whole.

    `node` is a node's address ("scale", or "calibrate/scale" inside the subflow "calibrate"), "" outside nodes.
    `field` is the dotted place within the node ("with.floor"), or within the file when there is no node.
    An error keeps the flow from starting; a warning does not.
    """

    path: str
    message: str
    line: int = 0
    column: int = 0
    node: str = ""
    field: str = ""
    hint: str = ""
    severity: Severity = "error"

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        subject = ", ".join(part for part in (f"node {self.node}" if self.node else "", self.field) if part)
        told = f"{subject}: {self.message}" if subject else self.message
        text = f"{place}: {told} — {self.hint}" if self.hint else f"{place}: {told}"
        return text if self.severity == "error" else f"{text} (warning)"

    def as_json(self) -> dict[str, Any]:
        """The object that `mcs check --json` and the HTTP API answer with."""
        return {
            "path": self.path,
            "line": self.line,
            "column": self.column,
            "node": self.node,
            "field": self.field,
            "message": self.message,
            "hint": self.hint,
            "severity": self.severity,
        }


class FlowError(Exception):
    """Everything that was wrong with a flow, or with an edit of one; nothing was changed."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def errors_in(problems: list[Problem]) -> list[Problem]:
    """The problems that keep a flow from starting."""
    return [problem for problem in problems if problem.severity == "error"]
