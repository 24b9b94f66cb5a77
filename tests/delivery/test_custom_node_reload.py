"""A custom node in a running site: found, changed while it runs when its tests pass, and put aside with its traceback when it breaks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.cli.scaffold import write_node
from tests.delivery.conftest import MakeEngine
from tests.delivery.engine_process import EngineProcess
from tests.eventually import eventually
from tests.servers.mosquitto import Mosquitto

FLOW = """\
flow: custom
nodes:
  asked: {type: http-in, with: {path: /custom, open: true}, to: index}
  index: {type: gas-index, to: answer}
  answer: {type: http-response}
"""


async def answer(engine: EngineProcess) -> Any:
    return await engine.call("POST", "/hook/custom", 10)


async def broken(engine: EngineProcess) -> list[dict[str, Any]]:
    """What is told of files that do not pass, with or without a version before."""
    types = await engine.call("GET", "/api/node-types")
    return [one["broken"] or one["held_back"] for one in types if one["broken"] or one["held_back"]]


async def test_custom_node_is_changed_while_it_runs(
    postgres_dsn: str, mosquitto: Mosquitto, make_engine: MakeEngine, tmp_path: Path
) -> None:
    node_file, test_file = write_node("gas-index", tmp_path / "nodes")
    flow = tmp_path / "custom.yaml"
    flow.write_text(FLOW)
    engine = make_engine(postgres_dsn, mosquitto, flow, MCS_NODES=str(tmp_path / "nodes"))

    async def runs() -> bool:
        return (await engine.health()).get("flows", {}).get("custom", {}).get("status") == "ok"

    await eventually(runs)
    assert await answer(engine) == 20

    # A change whose own test fails is not taken over, and the reason is told.
    good = node_file.read_text()
    node_file.write_text(
        good.replace("* self.factor", "* self.factor + 1").replace("expect=[2, 5.0]", "expect=[3, 6.0]")
    )
    await eventually(lambda: _told(engine, "test_gas_index.py fails"))
    assert await answer(engine) == 20

    # With its test put right the flow goes over to it.
    test_file.write_text(test_file.read_text().replace("== [6]", "== [7]"))

    async def changed() -> bool:
        return bool(await answer(engine) == 21)

    await eventually(changed)
    assert await broken(engine) == []

    # A file that does not import is a placeholder with its traceback; what runs goes on.
    node_file.write_text("import no_such_module_anywhere\n")
    await eventually(lambda: _told(engine, "no_such_module_anywhere"))
    (placeholder,) = await broken(engine)
    assert "Traceback" in placeholder["traceback"]
    assert await answer(engine) == 21


async def _told(engine: EngineProcess, words: str) -> bool:
    return any(words in one["problem"] for one in await broken(engine))
