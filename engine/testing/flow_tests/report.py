"""Runs test files and tells how it went: for people, as JSON, as JUnit XML, with the nodes and ports that no case reached."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import msgspec

from engine.catalogue.node_types import Catalogue
from engine.flow.check.check import check_flow
from engine.flow.problem import FlowError, errors_in
from engine.flow.references import References
from engine.flow.yaml.read import read_flow
from engine.testing.flow_tests.cases import SUFFIX, flow_of, read_tests
from engine.testing.flow_tests.runner import CaseResult, play_case
from engine.texts.language import Language
from engine.texts.text import ReadableField, Text, render

__all__ = ["AnyBroker", "FileResult", "as_json", "format_results", "junit", "run_file", "test_files"]


class FileResult(msgspec.Struct):
    """One test file. `problem` when it could not be run at all; `unreached` are nodes and ports that no case touched."""

    path: str
    cases: list[CaseResult] = []
    problem: ReadableField = ""
    reached: int = 0
    unreached: list[str] = []

    @property
    def passed(self) -> bool:
        return not self.problem and all(case.passed for case in self.cases)

    @property
    def coverage(self) -> float:
        """Share of nodes and ports that some case reached, 0 to 1."""
        total = self.reached + len(self.unreached)
        return self.reached / total if total else 1.0


class AnyBroker(Mapping[str, str]):
    """A test connects to nothing, so any broker's name will do."""

    def __getitem__(self, name: str) -> str:
        return "mqtt://127.0.0.1"

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def test_files(paths: Sequence[Path]) -> list[Path]:
    """The test files of folders, flow files and test files."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(path.glob(f"**/*{SUFFIX}.yaml"))
        elif path.stem.endswith(SUFFIX):
            found.append(path)
        else:
            found.append(path.with_name(f"{path.stem}{SUFFIX}{path.suffix}"))
    return found


async def run_file(
    path: Path, catalogue: Catalogue, references: References | None = None, own: Sequence[object] = ()
) -> FileResult:
    """Runs all cases of a file; never raises for what a file may hold. `own` as for `play_case`."""
    references = references or References(brokers=AnyBroker())
    try:
        tests = read_tests(path)
        flow, problems = read_flow(flow_of(path))
        if flow is None or errors_in(problems):
            raise FlowError(problems)
        plan, problems = check_flow(flow, catalogue, references)
        if plan is None or errors_in(problems):
            raise FlowError(problems)
        cases = []
        for case in tests.cases:
            began = time.perf_counter()
            result = await play_case(flow, tests, case, catalogue, references, own)
            result.seconds = time.perf_counter() - began
            cases.append(result)
    except FlowError as error:
        return FileResult(
            str(path), problem=Text("flow-test.problems", problems=[one.on_one_line for one in error.problems])
        )
    touched = {place for case in cases for place in case.sent}
    places = set(plan.nodes) | {f"{id}.{port}" for id, node in plan.nodes.items() for port in node.ports}
    reached = {place for place in places if place in touched or any(one.startswith(f"{place}.") for one in touched)}
    return FileResult(str(path), cases, reached=len(reached), unreached=sorted(places - reached))


def format_results(results: Sequence[FileResult], language: Language = "en") -> str:
    """For people: a line a case, the differences under it, the coverage of each file."""
    lines: list[str] = []
    for result in results:
        lines.append(result.path)
        if result.problem:
            not_run = render(Text("flow-test.not-run"), language)
            lines += [f"  ✗ {not_run}", f"    {render(result.problem, language)}"]
            continue
        for case in result.cases:
            lines.append(f"  {'✓' if case.passed else '✗'} {case.name}")
            lines += [f"      {render(difference, language)}" for difference in case.differences]
        lines.append(f"  {render(_coverage(result), language)}")
    passed = sum(case.passed for result in results for case in result.cases)
    failed = sum(not case.passed for result in results for case in result.cases) + sum(
        bool(result.problem) for result in results
    )
    return "\n".join([*lines, render(Text("flow-test.total", passed=passed, failed=failed), language)])


def _coverage(result: FileResult) -> Text:
    percent = round(result.coverage * 100)
    if result.unreached:
        return Text("flow-test.coverage-missing", percent=percent, missing=result.unreached)
    return Text("flow-test.coverage", percent=percent)


def junit(results: Sequence[FileResult], language: Language = "en") -> str:
    """JUnit XML, one suite a file."""
    suites = ElementTree.Element("testsuites")
    for result in results:
        failures = sum(not case.passed for case in result.cases) + bool(result.problem)
        suite = ElementTree.SubElement(
            suites, "testsuite", name=result.path, tests=str(max(1, len(result.cases))), failures=str(failures)
        )
        if result.problem:
            case = ElementTree.SubElement(suite, "testcase", name="read", classname=result.path)
            ElementTree.SubElement(case, "failure", message=render(result.problem, language))
        for one in result.cases:
            case = ElementTree.SubElement(
                suite, "testcase", name=one.name, classname=result.path, time=f"{one.seconds:.3f}"
            )
            if one.differences:
                differences = [render(difference, language) for difference in one.differences]
                failure = ElementTree.SubElement(case, "failure", message=differences[0])
                failure.text = "\n".join(differences)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=True)


def as_json(results: Sequence[FileResult]) -> list[dict[str, Any]]:
    """[{path, passed, problem, coverage, unreached, cases: [{name, passed, differences, seconds}]}]"""
    return [
        {
            "path": result.path,
            "passed": result.passed,
            "problem": result.problem,
            "coverage": round(result.coverage, 4),
            "unreached": result.unreached,
            "cases": [
                {
                    "name": case.name,
                    "passed": case.passed,
                    "differences": case.differences,
                    "seconds": round(case.seconds, 4),
                }
                for case in result.cases
            ],
        }
        for result in results
    ]
