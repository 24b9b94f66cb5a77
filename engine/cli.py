"""The `mcs` command."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from engine.errors import SetupError
from engine.logs import set_up_logs
from engine.settings import Settings

if TYPE_CHECKING:
    from engine.catalogue import Catalogue
    from engine.pack import Pack

# Each command imports what it needs: `mcs check` in an editor's save hook must not wait for the web server's imports.


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; the exit code: 0 done, 1 it found problems or could not, 2 wrong usage."""
    packs = _packs()
    options = _parser(packs).parse_args(arguments)
    try:
        code: int = options.run(options)
        return code
    except SetupError as error:
        print(f"mcs: {error.problem}; {error.remedy}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0


def _parser(packs: Sequence[Pack]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mcs", description="A visual flow engine, and a gas-monitoring site built on it."
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(name: str, help: str, run: Any) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=help, description=help)
        made.set_defaults(run=run)
        return made

    run = command("run", "run the site: all flows of MCS_FLOWS, or just the files named", _run)
    run.add_argument("flows", nargs="*", type=Path, metavar="FLOW.yaml")
    command("demo", "run everything on this machine, with a broker, a database and simulated devices", _demo)
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
    schema = command("schema", "print the JSON Schema of flow files, or of one node type's `with`", _schema)
    schema.add_argument("type", nargs="?", metavar="NODE-TYPE")
    nodes = command("nodes", "list the node types, or explain one", _nodes)
    nodes.add_argument("type", nargs="?", metavar="NODE-TYPE")
    nodes.add_argument("--json", action="store_true")
    nodes.add_argument(
        "--docs", type=Path, metavar="FOLDER", help="write a page of reference for each type and language"
    )
    new = command("new-node", "write a custom node and its test", _new_node)
    new.add_argument("name", metavar="NAME", help="such as gas-index")
    new.add_argument(
        "--folder", type=Path, default=None, help="default: the first folder of MCS_NODES, else ./my_nodes"
    )
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
    command("migrate", "bring the database's tables up to date", _migrate)
    ready = command(
        "set-up", "make tables, flows and a first certificate before the processes of a server start", _set_up
    )
    ready.add_argument("--shipped-flows", type=Path, metavar="FOLDER", help="default: those of this version")
    ready.add_argument(
        "--into", action="append", default=[], metavar="FOLDER[=NAME,…]", help="flow folder of a process, and its flows"
    )
    ready.add_argument("--certificates", type=Path, metavar="FOLDER", help="where fullchain.pem and privkey.pem are")
    ready.add_argument("--domain", default="localhost", help="name in the first certificate")
    backup = command("backup", "write database, flows, files and the secrets' key into one file", _backup)
    backup.add_argument("file", type=Path, metavar="FILE.zip", help="- writes to standard output")
    restore = command("restore-backup", "make an empty database and folders into the site of a backup", _restore_backup)
    restore.add_argument("file", type=Path, metavar="FILE.zip")
    for one in (backup, restore):
        one.add_argument("--flows", type=Path, metavar="FOLDER", help="default: MCS_FLOWS")
    for pack in packs:
        for extra in pack.commands:
            extra.arguments(command(extra.name, extra.help, extra.run))
    return parser


def settings_now() -> Settings:
    """The settings of this process: the environment, then `.env` in the working folder."""
    settings = Settings.read(os.environ, Path(".env"))
    for sentence in settings.unknown:
        print(f"mcs: warning: {sentence}", file=sys.stderr)
    return settings


def _run(options: argparse.Namespace) -> int:
    return _serve(options.flows or None, demo=False)


def _demo(options: argparse.Namespace) -> int:
    return _serve(None, demo=True)


def _serve(flows: list[Path] | None, *, demo: bool) -> int:
    import uvloop

    from engine.server import Server

    settings = settings_now()
    set_up_logs(settings.log_level)
    folders = [("MCS_NODES", folder) for folder in settings.nodes] + ([] if flows else [("MCS_FLOWS", settings.flows)])

    async def serve() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        async with Server(settings, flow_paths=flows, demo=demo) as server:
            for name, folder in folders:
                if not folder.is_dir():
                    print(
                        f"mcs: warning: {name}: there is no folder {folder}; make it or name another", file=sys.stderr
                    )
            ready = asyncio.create_task(_announce(server))
            await stop.wait()
            ready.cancel()
            print("mcs: stopping", flush=True)

    uvloop.run(serve())
    return 0


async def _announce(server: Any) -> None:
    print(f"mcs: starting at {server.url}", flush=True)
    await server.ready.wait()
    print(f"mcs: ready at {server.url}", flush=True)
    if server.accounts.first_run_password:
        print(
            f"mcs: first sign-in: user admin, password {server.accounts.first_run_password} (shown once; change it there)",
            flush=True,
        )


def _check(options: argparse.Namespace) -> int:
    from engine.flow.check import check_flow
    from engine.flow.problem import errors_in
    from engine.flow.read import read_flow

    catalogue = _catalogue()
    problems = []
    given = options.flows or [settings_now().flows]
    paths = [path for one in given for path in (_flow_files(one) if one.is_dir() else [one]) if not _is_test(path)]
    if not paths:
        raise SetupError(f"there is no flow in {', '.join(map(str, given))}", "name flow files, or set MCS_FLOWS")
    for path in paths:
        flow, found = read_flow(path)
        problems += found
        if flow is not None:
            problems += check_flow(flow, catalogue)[1]
    if options.json:
        print(msgspec.json.format(msgspec.json.encode([problem.as_json() for problem in problems])).decode())
    else:
        for problem in problems:
            print(problem)
        errors = len(errors_in(problems))
        print(f"{len(paths)} flows, {errors} errors, {len(problems) - errors} warnings")
    return 1 if errors_in(problems) else 0


def _fmt(options: argparse.Namespace) -> int:
    from engine.flow.format import formatted
    from engine.flow.problem import FlowError

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
    from engine.flow_tests import report

    catalogue = _catalogue()
    files = report.test_files(options.paths or [settings_now().flows])

    async def run_all() -> list[report.FileResult]:
        return [await report.run_file(file, catalogue) for file in files]

    results = asyncio.run(run_all())
    if options.junit:
        options.junit.write_text(report.junit(results), encoding="utf-8")
    print(msgspec.json.encode(report.as_json(results)).decode() if options.json else report.told(results))
    return 0 if results and all(result.passed for result in results) else 1


def _show(options: argparse.Namespace) -> int:
    from engine.flow.read import read_flow
    from engine.flow.show import show_dot, show_text

    flow, problems = read_flow(options.flow)
    for problem in problems:
        print(problem, file=sys.stderr)
    if flow is None:
        return 1
    print(show_dot(flow) if options.dot else show_text(flow))
    return 0


def _schema(options: argparse.Namespace) -> int:
    from engine.flow.schema import flow_schema

    catalogue = _catalogue()
    known = {name: kind.schema for name, kind in catalogue.types.items()}
    schema = _known(catalogue, options.type).schema if options.type else flow_schema(known)
    print(msgspec.json.format(msgspec.json.encode(schema)).decode())
    return 0


def _nodes(options: argparse.Namespace) -> int:
    catalogue = _catalogue()
    if options.docs:
        from engine.node_docs import write_node_pages

        print("\n".join(write_node_pages(catalogue, options.docs)) or "nothing has changed")
        return 0
    if options.type:
        kind = _known(catalogue, options.type)
        print(f"{kind.type}  ({kind.about.category})\n\n{kind.help}\n")
        for name, field in kind.schema.get("properties", {}).items():
            default = f" (default {field['default']!r})" if "default" in field else ""
            print(f"  {name}{default}\n      {field.get('description', '')}")
        return 0
    if options.json:
        print(msgspec.json.encode({name: kind.schema for name, kind in catalogue.types.items()}).decode())
        return 0
    for name, kind in sorted(catalogue.types.items(), key=lambda item: (item[1].about.category, item[0])):
        print(f"{kind.about.category:12} {name:18} {kind.help.partition(chr(10))[0]}")
    for broken in catalogue.broken.values():
        print(f"{'broken':12} {broken.file}: {broken.problem}")
    return 0


def _new_node(options: argparse.Namespace) -> int:
    from engine.new_node import write_node

    folders = settings_now().nodes
    folder = options.folder or (folders[0] if folders else Path("my_nodes"))
    node_file, test_file = write_node(options.name, folder, taken=_catalogue().types)
    print(f"{node_file}\n{test_file}\nrun its test:    {sys.executable} -m pytest {test_file}")
    if folder not in folders:
        print(f"use it in flows: set MCS_NODES={folder}")
    return 0


def _upgrade_flows(options: argparse.Namespace) -> int:
    from engine.flow.check import check_flow
    from engine.flow_upgrade import carry_out, plan_upgrade, shipped_flows, told

    catalogue = _catalogue()
    folder = options.into or settings_now().flows
    steps = plan_upgrade(
        options.shipped or shipped_flows(),
        folder,
        lambda flow: check_flow(flow, catalogue)[1],
        only=options.flows,
        keep=options.keep,
    )
    print(told(steps) or "no flows are shipped")
    if options.write:
        carry_out(steps, folder)
    elif any(step.text is not None for step in steps):
        print("nothing was written; --write does it")
    return 0 if all(step.settled for step in steps) else 1


def _migrate(options: argparse.Namespace) -> int:
    from engine.server import migrate_only

    applied = asyncio.run(migrate_only(settings_now()))
    print(f"{len(applied)} migrations applied" + "".join(f"\n  {name}" for name in applied))
    return 0


def _set_up(options: argparse.Namespace) -> int:
    from engine.flow_upgrade import shipped_flows
    from engine.set_up import parse_folders, set_up

    set_up(
        settings_now(),
        _catalogue(),
        options.shipped_flows or shipped_flows(),
        parse_folders(options.into),
        options.certificates,
        options.domain,
    )
    return 0


def _backup(options: argparse.Namespace) -> int:
    from engine.backup.save import save

    settings = settings_now()
    target = None if options.file == Path("-") else options.file
    manifest = asyncio.run(save(settings, target, options.flows or settings.flows))
    rows = sum(table.rows for table in manifest.tables)
    print(f"{options.file}: {len(manifest.tables)} tables, {rows} rows, {len(manifest.files)} files", file=sys.stderr)
    print("it holds the site's secrets and their key: keep it as you keep a key", file=sys.stderr)
    return 0


def _restore_backup(options: argparse.Namespace) -> int:
    from engine.backup.restore import restore
    from engine.server import migrations_of

    settings = settings_now()
    manifest = asyncio.run(
        restore(settings, options.file, options.flows or settings.flows, migrations_of(list(_packs())))
    )
    rows = sum(table.rows for table in manifest.tables)
    print(f"restored {rows} rows in {len(manifest.tables)} tables and {len(manifest.files)} files")
    return 0


def _packs() -> Sequence[Pack]:
    from engine.catalogue import discover_packs

    return discover_packs()


def _catalogue() -> Catalogue:
    from engine.catalogue import Catalogue

    catalogue = Catalogue(_packs())
    for folder in settings_now().nodes:
        catalogue.add_folder(folder)
    return catalogue


def _known(catalogue: Catalogue, type: str) -> Any:
    if type not in catalogue.types:
        raise SetupError(f"there is no node type {type!r}", "`mcs nodes` lists them")
    return catalogue.types[type]


def _flow_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.yaml") if not _is_test(path))


def _is_test(path: Path) -> bool:
    return path.stem.endswith("_test")
