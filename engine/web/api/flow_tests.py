"""The tests of a flow as the editor runs and writes them: `NAME_test.yaml` beside the flow's file."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from engine.core.route import Nothing, Route
from engine.core.whole_file import write_whole
from engine.deploy.flow_files import revision_of
from engine.flow.problem import FlowError
from engine.testing.flow_tests.cases import Case, read_tests
from engine.testing.flow_tests.edit import with_case, without_case
from engine.testing.flow_tests.report import FileResult, as_json, run_file
from engine.texts.text import Readable, ReadableField, Text
from engine.web.api.flows import FileText, not_writable
from engine.web.api.trial import tests_path
from engine.web.http.errors import ApiError, not_found
from engine.web.http.permission import deciding
from engine.web.http.route import Call
from engine.web.http.server_context import ServerContext

__all__ = ["ROUTES", "run_tests"]


class TestsView(msgspec.Struct, kw_only=True):
    """The test file of a flow. `revision` is "" and `text` empty without one; `problem` is why it can't be read."""

    text: str
    revision: str
    cases: list[Case]
    site: dict[str, Any]
    problem: ReadableField


class RunTests(msgspec.Struct, forbid_unknown_fields=True):
    """A draft to play the tests into; left out, the file as it is."""

    text: FileText | UnsetType = UNSET


class SaveCase(msgspec.Struct, forbid_unknown_fields=True):
    """A case to add, or to put in place of the one of its name. `base` is the revision of the test file, "" for none yet."""

    base: Annotated[str, Meta(max_length=64)]
    case: dict[str, Any]


class RemoveCase(msgspec.Struct, forbid_unknown_fields=True):
    """What the removal is based on."""

    base: Annotated[str, Meta(max_length=64)]
    name: Annotated[str, Meta(max_length=400)]


async def get_tests(call: Call[Nothing]) -> TestsView:
    """The test file of a flow with its cases."""
    return _view(tests_path(call))


async def run(call: Call[RunTests]) -> list[Any]:
    """Play all cases into a draft; an empty list when the flow has no tests."""
    path = tests_path(call)
    text = call.given.text
    flow = path.with_name(path.name.replace("_test.yaml", ".yaml"))
    result = await run_tests(call.server, path, flow.read_text(encoding="utf-8") if text is UNSET else text)
    return as_json([result]) if result is not None else []


async def save_case(call: Call[SaveCase]) -> TestsView:
    """Write a case into the test file; comments and the other cases stay as they are."""
    case, path = call.given.case, tests_path(call)
    try:
        msgspec.convert(case, Case)
    except msgspec.ValidationError as wrong:
        raise ApiError(422, "bad_case", Text("flow-test.bad-case", reason=str(wrong))) from wrong
    call.details = {"case": str(case.get("name", ""))[:200]}
    _write(path, with_case(_text(path, call.given.base), case, path.name))
    return _view(path)


async def remove_case(call: Call[RemoveCase]) -> TestsView:
    """Take a case out of the test file; the last one takes the file with it."""
    path, name = tests_path(call), call.given.name
    text = _text(path, call.given.base)
    left = without_case(text, name, path.name)
    if left == text:
        raise not_found(Text("flow-test.no-case", case=name[:80], path=path.name))
    call.details = {"case": name[:200]}
    if left:
        _write(path, left)
    else:
        path.unlink()
    return _view(path)


async def run_tests(server: ServerContext, path: Path, text: str) -> FileResult | None:
    """The tests beside a flow's file, played into another text of it; None when there are none."""
    with tempfile.TemporaryDirectory() as folder:
        beside = _copied(path, Path(folder), text)
        if beside is None:
            return None
        return await run_file(beside, server.site.catalogue, own=deciding(server))


def _copied(tests: Path, folder: Path, text: str) -> Path | None:
    if not tests.is_file():
        return None
    beside = folder / tests.name
    beside.write_bytes(tests.read_bytes())
    beside.with_name(tests.name.replace("_test.yaml", ".yaml")).write_text(text, encoding="utf-8", newline="")
    return beside


def _view(path: Path) -> TestsView:
    text = path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""
    cases: list[Case] = []
    site: dict[str, Any] = {}
    problem: Readable = ""
    if text:
        try:
            tests = read_tests(path)
            cases, site = tests.cases, tests.site
        except FlowError as wrong:
            problem = Text("flow-test.problems", problems=[one.on_one_line for one in wrong.problems])
    return TestsView(text=text, revision=revision_of(text) if text else "", cases=cases, site=site, problem=problem)


def _text(path: Path, base: str) -> str:
    text = path.read_bytes().decode("utf-8") if path.is_file() else ""
    if (revision_of(text) if text else "") != base:
        raise ApiError(409, "conflict", Text("flow-test.changed", path=path.name))
    return text


def _write(path: Path, text: str) -> None:
    try:
        write_whole(path, text.encode())
    except OSError as failure:
        raise not_writable(failure) from failure


_TESTS = "/api/flows/{name}/tests"

ROUTES = (
    Route(method="GET", path=_TESTS, role="viewer", handler=get_tests, answer=TestsView, refusals=(404,)),
    Route(
        method="POST",
        path=_TESTS + "/run",
        role="admin",
        handler=run,
        given=RunTests,
        answer=list[Any],
        refusals=(404, 422),
        time_limit_s=60.0,
    ),
    Route(
        method="PUT",
        path=_TESTS,
        role="admin",
        handler=save_case,
        given=SaveCase,
        answer=TestsView,
        refusals=(404, 409, 422),
        action="flow.test",
    ),
    Route(
        method="DELETE",
        path=_TESTS,
        role="admin",
        handler=remove_case,
        given=RemoveCase,
        answer=TestsView,
        refusals=(404, 409),
        action="flow.test.remove",
    ),
)
