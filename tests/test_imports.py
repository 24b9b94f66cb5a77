"""Imports go down: the rooms of each layer stand on floors, engine knows nobody, nodes and packs know engine.api alone."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pytest

ENGINE = (
    ("__main__",),
    ("cli",),
    ("server",),
    ("api", "web", "pytest_plugin"),
    ("web/live",),
    ("web/api",),
    ("web/http",),
    ("deploy",),
    ("testing",),
    ("testing/flow_tests",),
    ("runtime",),
    ("runtime/state", "runtime/services"),
    ("runtime/state/spool",),
    ("flow/changes",),
    ("flow/check",),
    ("catalogue", "flow/yaml", "ops/backup"),
    ("flow", "access", "pack"),
    ("settings", "expression", "ops/embedded"),
    ("db",),
    ("ops",),
    ("core",),
    ("texts",),
)
"""The rooms of the engine from the roof down. A room may import those on lower floors."""
NODES = (("",), ("core", "io", "gas", "notify", "archive"), ("drivers", "drivers/mqtt", "core/parts"), ("support",))
PLANT = (
    ("pack",),
    ("api", "simulation/stress"),
    ("simulation",),
    ("plans", "watch"),
    ("devices", "notifications"),
    ("alarms", "readings"),
    ("model", "archive", "licence"),
)
LICENCE_SERVER = (("pack",), ("command", "demo"), ("app",), ("store",))
SITE_NODES = ("gas", "notify", "archive")
"""The rooms of `nodes/` that the plant pack brings: they alone may know the plant."""

FILES = {
    ".".join(path.with_suffix("").relative_to(folder).parts).removesuffix(".__init__"): path
    for folder, layer in ((".", "engine"), (".", "nodes"), (".", "plant"), ("vendor", "licence_server"))
    for path in sorted(Path(folder, layer).rglob("*.py"))
}


def imports(path: Path) -> set[str]:
    """The files of ours that a file imports, as module names."""
    found: set[str] = set()
    for part in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(part, ast.Import):
            found |= {alias.name for alias in part.names}
        elif isinstance(part, ast.ImportFrom):
            assert not part.level, f"{path}:{part.lineno}: relative import; write the whole name"
            submodules = {f"{part.module}.{alias.name}" for alias in part.names} & set(FILES)
            found |= submodules
            if len(submodules) < len(part.names):
                found.add(part.module or "")
    return {module for module in found if module.partition(".")[0] in ("engine", "nodes", "plant", "licence_server")}


def floor_of(module: str, floors: tuple[tuple[str, ...], ...]) -> tuple[int, str]:
    """(floor, room) of a module; the most precise room that is listed."""
    inside = "/".join(module.split(".")[1:])
    found = [
        (len(room), floor, room)
        for floor, rooms in enumerate(floors)
        for room in rooms
        if inside == room or not room or inside.startswith(f"{room}/")
    ]
    assert found, f"{module} stands in a room that the floors of its layer do not name; add it where it belongs"
    return max(found)[1:]


def allowed(importer: str, module: str) -> bool:
    layer, target = importer.partition(".")[0], module.partition(".")[0]
    if layer != target:
        if target == "engine":
            return layer != "engine" and module == "engine.api"
        if target == "plant":
            return layer == "licence_server" or (layer == "nodes" and importer.split(".")[1] in SITE_NODES)
        if importer.startswith("plant.simulation.stress."):
            return module == "nodes.drivers.mqtt" or module.startswith("nodes.drivers.mqtt.")
        return importer == "plant.pack" and module in {f"nodes.{room}" for room in SITE_NODES}
    floors = {"engine": ENGINE, "nodes": NODES, "plant": PLANT, "licence_server": LICENCE_SERVER}[layer]
    (above, room), (below, target_room) = floor_of(importer, floors), floor_of(module, floors)
    return room == target_room or above < below


@pytest.mark.parametrize("module", FILES)
def test_file_imports_only_what_stands_below_it(module: str):
    """A wrong import names the file and the module."""
    assert [target for target in sorted(imports(FILES[module])) if not allowed(module, target)] == []


def test_no_files_import_each_other_in_a_circle():
    graph = nx.DiGraph(
        (module, target) for module, path in FILES.items() for target in imports(path) if target in FILES
    )
    assert [sorted(circle) for circle in nx.strongly_connected_components(graph) if len(circle) > 1] == []


ALONE = """
import asyncio, sys

class NoPlant:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "plant":
            raise ImportError("plant is not installed here")

sys.meta_path.insert(0, NoPlant())

from engine.api import Node, Pack, node
from engine.catalogue.node_types import Catalogue
from engine.testing import FlowHarness
from nodes import pack

came = []

@node(category="test")
class Sink(Node):
    outputs = ()
    def process(self, msg):
        came.append(msg.payload)

FLOW = '''
flow: alone
nodes:
  uplink: {type: mqtt-in, with: {broker: "mqtt://127.0.0.1:1", topic: a/b}, to: high}
  high: {type: switch, with: {rules: [{op: gt, value: 1}]}, to: {gt-1: twice}}
  twice: {type: formula, with: {expression: payload * 2}, to: sink}
  sink: {type: sink}
'''

async def main():
    async with FlowHarness(FLOW, catalogue=Catalogue([pack, Pack(name="test", nodes=[Sink])])) as flow:
        await flow.give("uplink", 21, 0)

asyncio.run(main())
print(came)
assert not any(name.partition(".")[0] == "plant" for name in sys.modules)
"""


def test_a_flow_of_general_nodes_runs_where_the_plant_cannot_be_imported():
    done = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout.strip() == "[42.0]", done.stderr
