"""Editing a flow file as text: what an edit does not concern stays byte for byte as it was."""

import copy
from collections.abc import Sequence as Many

from engine.core.gc_pause import gc_paused
from engine.flow.model import Flow
from engine.flow.problem import FlowError, Problem, errors_in
from engine.flow.source import SourceMap
from engine.flow.tree import Mapping, Part
from engine.flow.yaml import operations as ops
from engine.flow.yaml.document import Document, InvalidEdit
from engine.flow.yaml.edits import Editor
from engine.flow.yaml.emit import invalid_value_reason
from engine.flow.yaml.flow_reader import FlowReader
from engine.flow.yaml.parser import parse_tree
from engine.flow.yaml.rewrite import Renames, rewritten, same
from engine.texts.text import Text

_BOM = "\ufeff"


class PatchError(Exception):
    """An edit came out other than intended. The file is untouched; this is a fault of the program, not of the user."""


class FlowText:
    """The text of one flow file and its edits. `text` is the file as it is now, `flow` what it says.

    Raises `FlowError` when the text is no YAML, or says things twice or ambiguously; other faults (an unknown key, a
    node without a type) can be mended by edits. Every edit is all or nothing: it raises `FlowError` with the reasons
    and changes nothing, or the text reads back as exactly what was meant.
    """

    def __init__(self, text: str, path: str = "flow") -> None:
        self.path = path
        self._bom = _BOM if text.startswith(_BOM) else ""
        self._body = text.removeprefix(_BOM)
        with gc_paused():
            root, problems = parse_tree(self._body, path)
        if not isinstance(root, Mapping) and not problems:
            problems = [Problem(path=path, text=Text("flow.no-flow-file"))]
        if root is None or errors_in(problems):
            raise FlowError(problems)
        self._root: Part = root
        with gc_paused():
            self._read()

    def fork(self) -> "FlowText":
        """Another of the same text, to edit: this one stays as it is."""
        return copy.copy(self)  # an edit replaces what it changes, it never writes into it

    @property
    def text(self) -> str:
        return self._bom + self._body

    @property
    def flow(self) -> Flow:
        """The flow; with `problems` in it, what could be read of it."""
        return self._flow

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with the flow as it is now, in the order of lines."""
        return self._problems

    @property
    def document(self) -> Document:
        """The flow as plain JSON values, in the spelling of the file; a copy."""
        document: Document = self._root.plain()
        return document

    def apply(self, operations: Many[ops.Operation]) -> str:
        """Do all operations, in order, and return the new text; on `FlowError` none was done."""
        editor = Editor(self.document)
        for operation in operations:
            try:
                editor.do(operation)
            except InvalidEdit as fault:
                source = SourceMap(self.path, self._root)
                raise FlowError([source.problem(fault.place, fault.text)]) from fault
        with gc_paused():
            self._become(editor.document, editor.renames)
        return self.text

    def write(self, document: Document) -> str:
        """Make the text say another document (as `document` gives it) by the smallest change; returns the new text."""
        fault = invalid_value_reason(document)
        if fault is not None:
            raise FlowError([Problem(path=self.path, text=Text("flow.unwritable", reason=fault))])
        self._become(document, {})
        return self.text

    def _read(self) -> None:
        problems: list[Problem] = []
        flow = FlowReader(SourceMap(self.path, self._root), problems).flow()
        if flow is None:
            raise FlowError(problems)
        problems.sort(key=lambda problem: (problem.line, problem.column))
        self._flow, self._problems = flow, problems

    def _become(self, document: Document, renames: Renames) -> None:
        body = rewritten(self._body, self._root, document, renames)
        root, problems = parse_tree(body, self.path)
        if not _says(root, problems, document) and not body.endswith("\n"):
            # A text block at the very end of a file needs the line break that the file did without.
            body += "\r\n" if "\r\n" in body else "\n"
            root, problems = parse_tree(body, self.path)
        if root is None or not _says(root, problems, document):
            raise PatchError(f"{self.path}: the edit did not come out as meant; nothing was changed")
        before = (self._body, self._root, self._flow, self._problems)
        known = {(problem.node, problem.field, problem.text) for problem in errors_in(self._problems)}
        self._body, self._root = body, root
        self._read()
        fresh = [
            problem for problem in errors_in(self._problems) if (problem.node, problem.field, problem.text) not in known
        ]
        if fresh:
            self._body, self._root, self._flow, self._problems = before
            raise FlowError(fresh)


def _says(root: Part | None, problems: list[Problem], document: Document) -> bool:
    return root is not None and not problems and same(root.plain(), document)
