"""Reading a flow file strictly: the flow, and everything that is wrong with how it is written."""

import stat
from pathlib import Path as FilePath

from engine.core.gc_pause import gc_paused
from engine.flow.model import Flow
from engine.flow.names import hints_limited
from engine.flow.problem import Problem, first_of
from engine.flow.source import SourceMap
from engine.flow.yaml.flow_reader import FlowReader
from engine.flow.yaml.parser import SIZE_LIMIT_BYTES, parse_tree
from engine.texts.text import Text

_BOM = "\ufeff"


def read_flow(source: FilePath | str, name: str = "") -> tuple[Flow | None, list[Problem]]:
    """The flow in a file (a `Path`) or in a text (a `str`), with all problems in the order of lines.

    `name` is what problems call the file; by default the path. The flow is None when there is nothing to go on
    (no YAML, no mapping, empty); otherwise it holds whatever could be read, so that further checks can add what they
    find. It may run only when no problem is an error. Wires to nodes that do not exist are the graph's to find.
    Nothing is raised, a file that can't be opened is a problem too.
    """
    if isinstance(source, FilePath):
        name = name or str(source)
        text, problems = _text_of(source, name)
        if text is None:
            return None, problems
    else:
        name = name or "flow"
        text = source
    with gc_paused(), hints_limited():
        root, problems = parse_tree(text.removeprefix(_BOM), name)
        if root is None:
            return None, first_of(problems) or [_empty(name)]
        flow = FlowReader(SourceMap(name, root), problems).flow()
    problems.sort(key=lambda problem: (problem.line, problem.column))
    return flow, first_of(problems)


def _text_of(file: FilePath, name: str) -> tuple[str | None, list[Problem]]:
    try:
        if stat.S_ISFIFO(file.stat().st_mode):  # to open one waits for whoever writes
            return None, [Problem(path=name, text=Text("flow.file-pipe"))]
        with file.open("rb") as opened:
            data = opened.read(SIZE_LIMIT_BYTES + 1)
    except OSError as error:
        return None, [Problem(path=name, text=Text("flow.file-unreadable", reason=error.strerror or str(error)))]
    if len(data) > SIZE_LIMIT_BYTES:
        return None, [Problem(path=name, text=Text("flow.file-large", limit_mb=SIZE_LIMIT_BYTES // 1_000_000))]
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        return None, [
            Problem(
                path=name,
                line=line,
                column=column,
                text=Text("flow.no-utf8", byte=f"0x{data[error.start]:02X}"),
            )
        ]


def _empty(name: str) -> Problem:
    return Problem(path=name, text=Text("flow.file-empty"))
