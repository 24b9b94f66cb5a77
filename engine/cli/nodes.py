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

if TYPE_CHECKING:
    from engine.catalogue.node_types import Catalogue

__all__ = ["add_commands"]


def add_commands(command: AddCommand) -> None:
    """Adds them to `mcs`."""
    schema = command("schema", "print the JSON Schema of flow files, or of one node type's `with`", _schema)
    schema.add_argument("type", nargs="?", metavar="NODE-TYPE")
    nodes = command("nodes", "list the node types, or explain one", _nodes)
    nodes.add_argument("type", nargs="?", metavar="NODE-TYPE")
    nodes.add_argument("--json", action="store_true")
    nodes.add_argument(
        "--docs",
        type=Path,
        metavar="FOLDER",
        help="write a page of reference for each type into FOLDER/zh/node-types and FOLDER/en/node-types",
    )
    new = command("new-node", "write a custom node and its test", _new_node)
    new.add_argument("name", metavar="NAME", help="such as gas-index")
    new.add_argument(
        "--source", action="store_true", help="one that brings messages in, instead of one that works on them"
    )
    new.add_argument(
        "--folder", type=Path, default=None, help="default: the first folder of MCS_NODES, else ./my_nodes"
    )


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
        print(f"{len(changed)} pages written or removed in {options.docs}")
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
    from engine.cli.scaffold import write_node

    folders = settings_now().nodes
    folder = options.folder or (folders[0] if folders else Path("my_nodes"))
    node_file, test_file = write_node(options.name, folder, taken=catalogue_now().types, source=options.source)
    print(f"{node_file}\n{test_file}\nrun its test:    {sys.executable} -m pytest {test_file}")
    if importlib.util.find_spec("pytest") is None:
        print("pytest comes with the extra dev: pip install 'mcs-iot[dev]' (in a checkout: make demo)")
    if folder not in folders:
        print(f"use it in flows: set MCS_NODES={folder}")
    return 0


def _known(catalogue: Catalogue, type: str) -> Any:
    if type not in catalogue.types:
        raise SetupError(f"there is no node type {type!r}", "`mcs nodes` lists them")
    return catalogue.types[type]
