"""The editor's canvas as a process that answers questions, and what the server answers to the same."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from build_editor import EDITOR, npm_command
from engine.core.node import ERROR_PORT
from engine.flow.check.check import check_flow
from engine.flow.model import Flow
from engine.flow.problem import FlowError, errors_in
from engine.flow.yaml.operations import Operation
from engine.flow.yaml.patch import FlowText
from engine.web.api.flows import model_of
from tests.engine.flow.canvas.palette import catalogue

Document = dict[str, Any]

QUESTIONS = Path(__file__).with_name("answers.mjs")


class Canvas:
    """Answers as `editor/src/model/flow/sharedCases.ts` does."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def ask(self, ask: str, **question: Any) -> Any:
        """The answer. AssertionError with the traceback when there is none."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(msgspec.json.encode({"ask": ask, **question}) + b"\n")
        self._process.stdin.flush()
        said = json.loads(self._process.stdout.readline())
        assert "error" not in said, said["error"]
        return said.get("answer")


@contextmanager
def canvas(folder: Path) -> Iterator[Canvas]:
    """The canvas, bundled into a folder of its own; its process ends with the block."""
    _npm, bin = npm_command()
    node = shutil.which("node", path=bin)
    assert node is not None
    bundle = folder / "answers.mjs"
    bundler = [node, EDITOR / "node_modules" / "rolldown" / "bin" / "cli.mjs"]
    subprocess.run(
        [*bundler, QUESTIONS, "--platform", "node", "--format", "esm", "-o", bundle], check=True, capture_output=True
    )
    with subprocess.Popen([node, bundle], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield Canvas(process)
        assert process.stdin is not None
        process.stdin.close()


def text_of(document: Document) -> FlowText:
    """A flow file that says this."""
    text = FlowText("flow: t\nnodes: {}\n")
    text.write(document)
    assert not errors_in(text.problems), text.problems
    return text


def model_json(flow: Flow) -> Any:
    """The model as the API tells it."""
    return json.loads(msgspec.json.encode(model_of(flow)))


def after(document: Document, operations: list[Any]) -> FlowText | None:
    """The flow file after operations as the canvas sends them; None when the server refuses them."""
    text = text_of(document)
    try:
        text.apply(msgspec.convert(operations, list[Operation]))
    except FlowError:
        return None
    return text


def running_wires(flow: Flow) -> list[tuple[str, str, str, str]] | None:
    """(node, output, node, input) of each wire that runs, those of error ports and links left out; None when the flow can't run."""
    plan, _problems = check_flow(flow, catalogue())
    if plan is None:
        return None
    edges = plan.graph.edges(data=True)
    return sorted(
        (source, data["port"], target, data["input"])
        for source, target, data in edges
        if not data["link"] and data["port"] != ERROR_PORT
    )


def faults(flow: Flow) -> list[str]:
    """What keeps a flow from running."""
    return [str(problem) for problem in errors_in(check_flow(flow, catalogue())[1])]
