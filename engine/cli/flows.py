"""`mcs check`, `fmt`, `test`, `show` and `upgrade-flows`: what can be done with flow files while nothing runs."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

import msgspec

from engine.cli.site import AddCommand, catalogue_now, settings_now
from engine.core.errors import SetupError

__all__ = ["add_commands"]


def add_commands(command: AddCommand) -> None:
    """Adds them to `mcs`."""
    check = command("check", "list all problems of flow files", _check)
    check.add_argument("flows", nargs="*", type=Path, metavar="PATH", help="flows or folders; default: MCS_FLOWS")
    check.add_argument("--json", action="store_true", help="as [{path, line, node, field, message, hint, severity}]")
    fmt = command("fmt", "write flow files in their canonical form", _fmt)
    fmt.add_argument("flows", nargs="+", type=Path, metavar="FLOW.yaml")
    fmt.add_argument("--check", action="store_true", help="change nothing; exit 1 when a file would change")
    test = command("test", "run the tests that flows carry beside them (NAME_test.yaml)", _test)
    test.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="folders, flows or test files; default: MCS_FLOWS"
    )
    test.add_argument("--json", action="store_true")
    test.add_argument("--junit", type=Path, metavar="FILE.xml", help="write JUnit XML")
    show = command("show", "show a flow as text, or as a Graphviz graph", _show)
    show.add_argument("flow", type=Path, metavar="FLOW.yaml")
    show.add_argument("--dot", action="store_true", help="Graphviz: mcs show --dot FLOW.yaml | dot -Tsvg > flow.svg")
    upgrade = command("upgrade-flows", "bring newly shipped flows together with the site's own edits", _upgrade_flows)
    upgrade.add_argument("flows", nargs="*", metavar="NAME", help="only these flows")
    upgrade.add_argument(
        "--from", dest="shipped", type=Path, metavar="FOLDER", help="the shipped flows; default: those of this version"
    )
    upgrade.add_argument("--into", type=Path, metavar="FOLDER", help="the site's flows; default: MCS_FLOWS")
    upgrade.add_argument("--write", action="store_true", help="do it; without this it is only shown")
    upgrade.add_argument(
        "--keep", choices=("mine", "theirs"), help="settle conflicts: what the site has, or what is shipped"
    )


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
        raise SetupError(f"there is no flow in {', '.join(map(str, given))}", "name flow files, or set MCS_FLOWS")
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
        print(msgspec.json.format(msgspec.json.encode([problem.as_json() for problem in problems])).decode())
    else:
        for problem in problems:
            print(problem)
        errors = len(errors_in(problems))
        print(f"{len(paths)} flows, {errors} errors, {len(problems) - errors} warnings")
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
            raise SetupError(f"{path} can't be read: {error}", "check the name; the file must be UTF-8") from error
        except FlowError as error:
            print(error, file=sys.stderr)
            return 1
        if canonical != text:
            changed += 1
            print(f"{path} {'would change' if options.check else 'changed'}")
            if not options.check:
                path.write_bytes(canonical.encode())
    return 1 if options.check and changed else 0


def _test(options: argparse.Namespace) -> int:
    from engine.testing.flow_tests import report

    catalogue = catalogue_now()
    given = options.paths or [settings_now().flows]
    files = report.test_files(given)
    if not files:
        raise SetupError(
            f"there are no flow tests in {', '.join(map(str, given))}", "write NAME_test.yaml beside NAME.yaml"
        )

    async def run_all() -> list[report.FileResult]:
        return [await report.run_file(file, catalogue) for file in files]

    results = asyncio.run(run_all())
    if options.junit:
        options.junit.write_text(report.junit(results), encoding="utf-8")
    print(msgspec.json.encode(report.as_json(results)).decode() if options.json else report.format_results(results))
    return 0 if all(result.passed for result in results) else 1


def _show(options: argparse.Namespace) -> int:
    from engine.flow.check.render import show_dot, show_text
    from engine.flow.yaml.read import read_flow

    flow, problems = read_flow(options.flow)
    for problem in problems:
        print(problem, file=sys.stderr)
    if flow is None:
        return 1
    print(show_dot(flow) if options.dot else show_text(flow))
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
    print(format_steps(steps) or "no flows are shipped")
    if options.write:
        apply_upgrade(steps, folder)
    elif any(step.text is not None for step in steps):
        print("nothing was written; --write does it")
    return 0 if all(step.settled for step in steps) else 1


def _flow_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.yaml") if not _is_test(path))


def _is_test(path: Path) -> bool:
    return path.stem.endswith("_test")
