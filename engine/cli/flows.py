"""`mcs check`, `fmt`, `test`, `show` and `upgrade-flows`: what can be done with flow files while nothing runs."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

import msgspec

from engine.cli.site import AddCommand, catalogue_now, settings_now
from engine.core.errors import SetupError
from engine.core.whole_file import write_whole
from engine.texts.encode import encode
from engine.texts.terminal import say, shown, terminal_language
from engine.texts.text import Text

__all__ = ["add_commands"]


def add_commands(command: AddCommand) -> None:
    """Adds them to `mcs`."""
    check = command("check", Text("cli.check"), _check)
    check.add_argument("flows", nargs="*", type=Path, metavar="PATH", help=shown(Text("cli.check-flows")))
    check.add_argument("--json", action="store_true", help=shown(Text("cli.check-json")))
    fmt = command("fmt", Text("cli.fmt"), _fmt)
    fmt.add_argument("flows", nargs="+", type=Path, metavar="FLOW.yaml")
    fmt.add_argument("--check", action="store_true", help=shown(Text("cli.fmt-check")))
    test = command("test", Text("cli.test"), _test)
    test.add_argument("paths", nargs="*", type=Path, metavar="PATH", help=shown(Text("cli.test-paths")))
    test.add_argument("--json", action="store_true")
    test.add_argument("--junit", type=Path, metavar="FILE.xml", help=shown(Text("cli.test-junit")))
    show = command("show", Text("cli.show"), _show)
    show.add_argument("flow", type=Path, metavar="FLOW.yaml")
    show.add_argument("--dot", action="store_true", help="Graphviz: mcs show --dot FLOW.yaml | dot -Tsvg > flow.svg")
    upgrade = command("upgrade-flows", Text("cli.upgrade"), _upgrade_flows)
    upgrade.add_argument("flows", nargs="*", metavar="NAME", help=shown(Text("cli.upgrade-flows")))
    upgrade.add_argument("--from", dest="shipped", type=Path, metavar="FOLDER", help=shown(Text("cli.upgrade-from")))
    upgrade.add_argument("--into", type=Path, metavar="FOLDER", help=shown(Text("cli.upgrade-into")))
    upgrade.add_argument("--write", action="store_true", help=shown(Text("cli.upgrade-write")))
    upgrade.add_argument("--keep", choices=("mine", "theirs"), help=shown(Text("cli.upgrade-keep")))


def _check(options: argparse.Namespace) -> int:
    from engine.flow.check.check import check_flow, check_site
    from engine.flow.problem import errors_in
    from engine.flow.yaml.read import read_flow

    catalogue = catalogue_now()
    problems = []
    flows = []
    given = options.flows or [settings_now().flows]
    paths = [path for one in given for path in (_flow_files(one) if one.is_dir() else [one]) if not _is_test(path)]
    if not paths:
        raise SetupError(Text("cli.no-flow-in", places=[str(one) for one in given]))
    for path in paths:
        flow, found = read_flow(path)
        problems += found
        if flow is not None:
            flows.append(flow)
            problems += check_flow(flow, catalogue)[1]
    folders = {path.parent for path in paths}
    beside = [path for folder in sorted(folders) for path in _flow_files(folder) if path not in paths]
    problems += check_site(flows, [flow for path in beside if (flow := read_flow(path)[0]) is not None])
    if options.json:
        language = terminal_language()
        found_json = msgspec.json.encode([problem.as_json(language) for problem in problems])
        print(msgspec.json.format(found_json).decode())
    else:
        for problem in problems:
            say(problem.on_one_line)
        errors = len(errors_in(problems))
        say(Text("cli.checked", flows=len(paths), errors=errors, warnings=len(problems) - errors))
    return 1 if errors_in(problems) else 0


def _fmt(options: argparse.Namespace) -> int:
    from engine.flow.problem import FlowError
    from engine.flow.yaml.format import formatted

    changed = 0
    for path in options.flows:
        try:
            text = path.read_bytes().decode()
            canonical = formatted(text, str(path))
        except (OSError, UnicodeDecodeError) as error:
            raise SetupError(Text("cli.unreadable", file=str(path), reason=str(error))) from error
        except FlowError as error:
            for problem in error.problems:
                say(problem.on_one_line, error=True)
            return 1
        if canonical != text:
            changed += 1
            say(Text("cli.would-change", file=str(path)) if options.check else Text("cli.changed", file=str(path)))
            if not options.check:
                write_whole(path, canonical.encode())
    return 1 if options.check and changed else 0


def _test(options: argparse.Namespace) -> int:
    from engine.testing.flow_tests import report

    catalogue = catalogue_now()
    given = options.paths or [settings_now().flows]
    files = report.test_files(given)
    if not files:
        raise SetupError(Text("cli.no-tests-in", places=[str(one) for one in given]))

    async def run_all() -> list[report.FileResult]:
        return [await report.run_file(file, catalogue) for file in files]

    results = asyncio.run(run_all())
    if options.junit:
        options.junit.write_text(report.junit(results, terminal_language()), encoding="utf-8")
    if options.json:
        print(encode(report.as_json(results), terminal_language()).decode())
    else:
        print(report.format_results(results, terminal_language()))
    return 0 if all(result.passed for result in results) else 1


def _show(options: argparse.Namespace) -> int:
    from engine.flow.check.render import show_dot, show_text
    from engine.flow.yaml.read import read_flow

    flow, problems = read_flow(options.flow)
    for problem in problems:
        say(problem.on_one_line, error=True)
    if flow is None:
        return 1
    language = terminal_language()
    print(show_dot(flow, language) if options.dot else show_text(flow, language))
    return 0


def _upgrade_flows(options: argparse.Namespace) -> int:
    from engine.deploy.flow_upgrade import apply_upgrade, format_steps, plan_upgrade, shipped_flows
    from engine.flow.check.check import check_flow

    catalogue = catalogue_now()
    folder = options.into or settings_now().flows
    steps = plan_upgrade(
        options.shipped or shipped_flows(),
        folder,
        lambda flow: check_flow(flow, catalogue)[1],
        only=options.flows,
        keep=options.keep,
    )
    print(format_steps(steps, terminal_language()) or shown(Text("cli.none-shipped")))
    if options.write:
        apply_upgrade(steps, folder)
    elif any(step.text is not None for step in steps):
        say(Text("cli.nothing-written"))
    return 0 if all(step.settled for step in steps) else 1


def _flow_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.yaml") if not _is_test(path))


def _is_test(path: Path) -> bool:
    return path.stem.endswith("_test")
