"""Node types that come with the engine, one file each."""

from collections.abc import Mapping
from typing import Any

from engine.api import Pack
from nodes.archive import NODES as ARCHIVE
from nodes.core import NODES as CORE
from nodes.core.python_worker import PythonPermission
from nodes.gas import NODES as GAS
from nodes.io import NODES as IO
from nodes.notify import NODES as NOTIFY


def _testing(site: Mapping[str, Any]) -> list[object]:
    """`python: true` in a flow test's `site` section allows python nodes."""
    return [PythonPermission(site.get("python") is True)]


pack = Pack(
    name="nodes",
    nodes=[*CORE, *IO, *GAS, *NOTIFY, *ARCHIVE],
    needs=["plant"],
    services=[lambda site: PythonPermission(site.settings.python_nodes)],
    testing=_testing,
)
