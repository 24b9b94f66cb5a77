"""`mcs schema`, `nodes` and `new-node`: the node types."""

from __future__ import annotations

import argparse
import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from engine.cli.site import AddCommand, catalogue_now, settings_now
from engine.core.errors import SetupError
from engine.texts.terminal import say, shown, terminal_language
from engine.texts.text import Text

if TYPE_CHECKING:
    from engine.catalogue.node_types import Catalogue, NodeType

__all__ = ["add_commands"]


def add_commands(command: AddCommand) -> None:
    """Adds them to `mcs`."""
    schema = command("schema", Text("cli.schema"), _schema)
    schema.add_argument("type", nargs="?", metavar="NODE-TYPE")
    nodes = command("nodes", Text("cli.nodes"), _nodes)
    nodes.add_argument("type", nargs="?", metavar="NODE-TYPE")
    nodes.add_argument("--json", action="store_true")
    nodes.add_argument(
        "--docs",
        type=Path,
        metavar="FOLDER",
        help=shown(Text("cli.nodes-docs")),
    )
    new = command("new-node", Text("cli.new-node"), _new_node)
    new.add_argument("name", metavar="NAME", help=shown(Text("cli.new-node-name")))
    new.add_argument("--source", action="store_true", help=shown(Text("cli.new-node-source")))
    new.add_argument("--folder", type=Path, default=None, help=shown(Text("cli.new-node-folder")))


def _schema(options: argparse.Namespace) -> int:
    from engine.flow.yaml.file_schema import flow_schema

    catalogue = catalogue_now()
    known = {name: kind.schema for name, kind in catalogue.types.items()}
    schema = _known(catalogue, options.type).schema if options.type else flow_schema(known)
    print(msgspec.json.format(msgspec.json.encode(schema)).decode())
    return 0


def _nodes(options: argparse.Namespace) -> int:
    catalogue = catalogue_now()
    if options.docs:
        from engine.cli.node_docs import write_node_pages

        changed = write_node_pages(catalogue, options.docs)
        say(Text("cli.pages-written", count=len(changed), folder=str(options.docs)))
        return 0
    if options.type:
        from engine.cli.node_summary import node_summary

        print("\n".join(node_summary(_known(catalogue, options.type), terminal_language())))
        return 0
    if options.json:
        print(msgspec.json.encode({name: kind.schema for name, kind in catalogue.types.items()}).decode())
        return 0
    for name, kind in sorted(catalogue.types.items(), key=lambda item: (item[1].about.category, item[0])):
        print(f"{kind.about.category:12} {name:18} {_help(kind).partition(chr(10))[0]}")
    for broken in catalogue.broken.values():
        say(Text("cli.broken", file=broken.file, reason=broken.problem))
    return 0


def _new_node(options: argparse.Namespace) -> int:
    from engine.cli.scaffold import write_node

    folders = settings_now().nodes
    folder = options.folder or (folders[0] if folders else Path("my_nodes"))
    node_file, test_file = write_node(options.name, folder, taken=catalogue_now().types, source=options.source)
    print(f"{node_file}\n{test_file}")
    say(Text("cli.run-its-test", command=f"{sys.executable} -m pytest {test_file}"))
    if importlib.util.find_spec("pytest") is None:
        say(Text("cli.no-pytest"))
    if folder not in folders:
        say(Text("cli.use-it", folder=str(folder)))
    return 0


def _help(kind: NodeType) -> str:
    return kind.zh.text if terminal_language() == "zh" and kind.zh is not None else kind.help


def _known(catalogue: Catalogue, type: str) -> Any:
    if type not in catalogue.types:
        raise SetupError(Text("flow.no-type", type=type))
    return catalogue.types[type]
