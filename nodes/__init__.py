"""The general node types, one file each: they need the engine and nothing of a site.

`nodes/gas`, `nodes/notify` and `nodes/archive` come with the plant pack.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.api import Database, Pack, Quarantine, Spool
from nodes.core import NODES as CORE
from nodes.core.parts.python_worker import PythonPermission
from nodes.drivers.postgres_table import SpooledTables
from nodes.io import NODES as IO


def _testing(site: Mapping[str, Any]) -> list[object]:
    """`python: true` in a flow test's `site` section allows python nodes."""
    return [PythonPermission(site.get("python") is True)]


pack = Pack(
    name="nodes",
    nodes=[*CORE, *IO],
    services=[
        lambda site: PythonPermission(site.settings.python_nodes),
        lambda site: SpooledTables(site.service(Database), site.service(Spool), site.service(Quarantine)),
    ],
    texts=Path(__file__).parent / "texts",
    testing=_testing,
)
