"""What a test file says: cases with what is given, when, and what is expected."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
from jsonschema import Draft202012Validator
from msgspec import UNSET, Meta, UnsetType

from engine.flow.check.config_messages import config_problems
from engine.flow.problem import FlowError, Problem, errors_in
from engine.flow.source import SourceMap
from engine.flow.yaml.parser import parse_tree
from engine.texts.text import Text

__all__ = ["Answer", "Case", "Expected", "FlowTests", "Given", "flow_of", "read_tests"]

SUFFIX = "_test"


class Given(msgspec.Struct, forbid_unknown_fields=True):
    """A message put out by a source, or delivered to any other node, `at` seconds after the start."""

    node: str
    at: Annotated[float, Meta(ge=0)] = 0.0
    payload: Any = UNSET
    topic: str = ""
    key: str = ""
    props: dict[str, Any] = {}


class Answer(msgspec.Struct, forbid_unknown_fields=True):
    """What a captured node sends for a message it gets: the message itself, with the payload and topic given here and these properties.

    It leaves by `port` (the node's first when none is named; `error`: as a failed message with the payload as its reason).
    """

    port: str = ""
    payload: Any = UNSET
    topic: str | UnsetType = UNSET
    props: dict[str, Any] = {}


class Expected(msgspec.Struct, forbid_unknown_fields=True):
    """A message that leaves a port (`node: limits.over`; the first port when none is named), or that reaches a captured node.

    `payload` matches on the keys it names. `count` instead of a payload: so many messages in all. `within_s` loosens `at`.
    """

    node: str
    at: float | None = None
    within_s: float = 0.001
    payload: Any = UNSET
    topic: str | UnsetType = UNSET
    props: dict[str, Any] = {}
    count: Annotated[int, Meta(ge=0)] | None = None


class Case(msgspec.Struct, forbid_unknown_fields=True):
    """One case. Every port or captured node that `expect` names must send just what is listed, in that order.

    `answers` says what captured nodes send: the first answer for the first message, and so on; the last one stays.
    """

    name: str
    given: list[Given] = []
    expect: list[Expected] = []
    never: list[str] = []
    until: Annotated[float, Meta(ge=0)] = 0.0
    site: dict[str, Any] = {}
    answers: dict[str, Answer | list[Answer]] = {}


class FlowTests(msgspec.Struct, forbid_unknown_fields=True):
    """A test file. `start` is the clock's Unix time at the beginning of each case; `site` is what the packs' services hold
    (`devices: […]`); `run` names nodes with side effects that run all the same instead of being captured. `secrets` are values for
    `${secret:NAME}`; any other is the text `test-NAME`."""

    cases: Annotated[list[Case], Meta(min_length=1)]
    start: float = 1_767_225_600.0
    site: dict[str, Any] = {}
    run: list[str] = []
    secrets: dict[str, str] = {}


def read_tests(path: Path) -> FlowTests:
    """Reads a test file. FlowError with the place of everything that is wrong."""
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError as error:
        raise FlowError([_missing(path)]) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise FlowError([Problem(path=str(path), text=Text("flow.file-unreadable", reason=reason))]) from error
    except UnicodeDecodeError as error:
        byte = f"0x{error.object[error.start]:02X}"
        raise FlowError([Problem(path=str(path), text=Text("flow.no-utf8", byte=byte))]) from error
    root, problems = parse_tree(text, str(path))
    if root is None or errors_in(problems):
        raise FlowError(problems or [Problem(path=str(path), text=Text("flow-test.empty"))])
    content = root.plain()
    source = SourceMap(str(path), root)
    faults = config_problems(_VALIDATOR.iter_errors(content), content, _SCHEMA)
    if faults:
        problems = [source.problem(fault.place, fault.text) for fault in faults]
        raise FlowError(sorted(problems, key=lambda problem: (problem.line, problem.column)))
    return msgspec.convert(content, FlowTests)


def flow_of(test_file: Path) -> Path:
    """The flow that a test file is about: `gas_test.yaml` → `gas.yaml`."""
    return test_file.with_name(test_file.stem.removesuffix(SUFFIX) + test_file.suffix)


def _missing(path: Path) -> Problem:
    flow = flow_of(path)
    if not flow.exists():
        return Problem(path=str(flow), text=Text("flow-test.no-flow"))
    return Problem(path=str(path), text=Text("flow-test.no-file"))


_SCHEMA = msgspec.json.schema(FlowTests)
_VALIDATOR = Draft202012Validator(_SCHEMA)
