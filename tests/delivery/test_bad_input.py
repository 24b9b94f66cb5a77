"""Bad messages and bad nodes hurt only themselves: the rest is stored, and it is said what was wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import aiomqtt

from tests.delivery.conftest import MakeEngine
from tests.delivery.engine_process import EngineProcess, Table, load
from tests.eventually import eventually
from tests.servers.mosquitto import Mosquitto

FLOW = "gas-monitoring"
BAD_NODES = '''"""Nodes that misbehave on every message."""

import asyncio
import time
from typing import ClassVar

from engine.api import Message, Node, node


@node(category="test")
class Raiser(Node):
    """Raises."""

    def process(self, msg: Message) -> Message:
        raise KeyError("no such thing")


@node(category="test")
class Sleeper(Node):
    """Does not return, and blocks everything meanwhile."""

    def process(self, msg: Message) -> Message:
        time.sleep(3600)
        return msg


@node(category="test")
class Waiter(Node):
    """Does not return either, but asynchronously."""

    timeout_s: ClassVar[float] = 1.0

    async def process(self, msg: Message) -> Message:
        await asyncio.Event().wait()
        return msg
'''


def packet(seq: int, **fields: str) -> str:
    values = {"ts": str(1_760_000_000 + seq), "seq": str(seq), "v_raw": "2500", "temp": "25", "err": "0", **fields}
    return "{" + ",".join(f'"{name}":{value}' for name, value in values.items()) + "}"


BAD = {
    "cut short": packet(1)[:-9],
    "no JSON": "v_raw=1",
    "binary": b"\x00\xff\xfe\x80" * 40,
    "not UTF-8": packet(1).encode().replace(b"25", b"\xff\xff"),
    "empty": "",
    "a list": "[1, 2]",
    "nested too deeply": "[" * 100_000,
    "NaN": packet(1, v_raw="NaN"),
    "text for a number": packet(1, v_raw='"2500"'),
    "null": packet(1, v_raw="null"),
    "10 MB": b"x" * 10_000_000,
}
GAS_ALL_THE_SAME = {
    "infinity beside it": packet(3, temp="1e999"),
    "a field is missing": packet(4).replace('"temp":25,', ""),
    "no number": packet(70_000),
}


async def test_whatever_is_wrong_lands_in_quarantine_with_its_reason(engine: EngineProcess, table: Table) -> None:
    """Also from a topic that names none; what shows gas is stored, be a field beside it wrong or the device one that nobody knows."""
    await table.add_devices(1)
    await engine.ready()
    async with aiomqtt.Client("127.0.0.1", int(engine.mqtt_url.rpartition(":")[2])) as client:
        await client.publish("metachip/gas/GS00000/data", packet(1), qos=1)
        for payload in (*BAD.values(), *GAS_ALL_THE_SAME.values()):
            await client.publish("metachip/gas/GS00000/data", payload, qos=1)
        await client.publish("metachip/gas/nobody/data", packet(1), qos=1)
        await client.publish("metachip/gas/no such/data", packet(1), qos=1)
        await client.publish("metachip/gas/GS00000/status", packet(1), qos=1)
        await client.publish("metachip/gas/GS00000/data", packet(2), qos=1)

    async def all_there() -> bool:
        return await table.value("select count(*) from quarantine") == len(BAD) + 1

    await eventually(all_there)
    kept = await table.rows("select topic, reason, size_bytes, octet_length(payload) from quarantine order by id")
    assert all(len(reason) > 8 for _, reason, _, _ in kept)
    assert {topic for topic, *_ in kept} == {f"metachip/gas/{sn}/data" for sn in ("GS00000", "no such")}
    assert max(size for _, _, size, _ in kept) <= 1_100_000

    async def all_stored() -> bool:
        return await table.rows("select sn, seq from readings order by sn, seq") == [
            *(("GS00000", seq) for seq in (-1, 1, 2, 3, 4)),
            ("nobody", 1),
        ]

    await eventually(all_stored)
    assert (await engine.health())["quarantined"] == len(BAD) + 1


async def test_nodes_that_raise_or_never_return_hurt_only_their_branch(
    table: Table, make_engine: MakeEngine, make_mosquitto: Callable[..., Mosquitto], tmp_path: Path
) -> None:
    """Three of them beside the main path; health names each, and every reading is stored."""
    folder = tmp_path / "nodes"
    folder.mkdir()
    (folder / "bad_nodes.py").write_text(BAD_NODES)
    engine = make_engine(table.dsn, make_mosquitto(), MCS_NODES=str(folder))
    await table.add_devices(5)
    await engine.ready()
    bad = {"raiser", "sleeper", "waiter"}
    for id in sorted(bad):
        added = {"op": "add_node", "id": id, "type": id}
        await engine.deploy(FLOW, added, {"op": "add_wire", "node": "packets", "to": id})

    async def all_stored() -> bool:
        return (await table.value("select count(*) from readings") or 0) == 500

    async def named() -> bool:
        return set((await engine.health())["flows"][FLOW]["nodes"]) == bad

    async with load(engine.mqtt_url, devices=5, count=500, rate=100) as publishing:
        await eventually(all_stored)
        await publishing.finished()
    await eventually(named)

    async def quarantined() -> bool:
        return await table.value("select count(*) from quarantine where node = 'raiser'") == 500

    await eventually(quarantined)
    assert {node for (node,) in await table.rows("select distinct node from quarantine")} <= bad
