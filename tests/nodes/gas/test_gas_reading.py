"""From the bytes of a device to a reading, or to a reason."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalogue.node_types import NodeType
from engine.core.clock import ManualClock
from engine.core.failure import PermanentError
from engine.core.message import Message
from engine.testing import NodeHarness
from nodes.gas.gas_reading import GasReading
from plant.model.reading import Flag, Reading

TOPIC = "metachip/gas/GS001/data"
NOW = 1_700_000_000.0


def packet(ts: float = NOW) -> str:
    return f'{{"ts":{ts},"seq":7,"v_raw":2350.5,"temp":25.4,"err":0}}'


async def sent(topic: str, payload: object, config: str = "") -> tuple[list[Reading], list[str]]:
    """(readings, reasons of what left by bad)."""
    async with NodeHarness(GasReading, config, clock=ManualClock(NOW)) as bench:
        await bench.give({"topic": topic, "payload": payload})
        reasons = [output.message.props["error"]["reason"] for output in bench.outputs if output.port == "bad"]
        return bench.sent("ok"), reasons


async def test_reading_carries_serial_number_and_event_time():
    async with NodeHarness(GasReading) as bench:
        await bench.give({"topic": TOPIC, "payload": packet(NOW - 5), "time": NOW})
        (output,) = bench.outputs
        assert (output.message.key, output.message.time) == ("GS001", NOW - 5)
        assert (output.payload.sn, output.payload.time, output.payload.received_at) == ("GS001", NOW - 5, NOW)
        assert (output.payload.conc, output.payload.flags) == (None, 0)


@pytest.mark.parametrize(
    "payload", [packet(), packet().encode(), {"ts": NOW, "seq": 7, "v_raw": 1, "temp": 2, "err": 0}]
)
async def test_text_bytes_and_objects_are_read(payload: object):
    readings, reasons = await sent(TOPIC, payload)
    assert [reading.seq for reading in readings] == [7]
    assert reasons == []


@pytest.mark.parametrize(
    ("ts", "time", "flags"),
    [
        (NOW + 300, NOW + 300, 0),
        (NOW + 301, NOW, Flag.CLOCK),
        (1577836800, 1577836800, 0),
        (1577836799, NOW, Flag.CLOCK),
        (0, NOW, Flag.CLOCK),
        (-1e300, NOW, Flag.CLOCK),
    ],
)
async def test_a_wrong_device_clock_gives_way_to_the_arrival_time(ts: float, time: float, flags: int):
    """More than five minutes ahead, or before 2020."""
    readings, _ = await sent(TOPIC, packet(ts))
    assert (readings[0].time, readings[0].flags, readings[0].ts) == (time, flags, ts)


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "metachip/gas//data",
        "metachip/gas/GS001/cmd",
        "metachip/gas/a b/data",
        "metachip/gas/a/b/data",
        f"metachip/gas/{'x' * 65}/data",
    ],
)
async def test_a_wrong_topic_is_bad(topic: str):
    readings, reasons = await sent(topic, packet())
    assert readings == []
    assert "does not fit `metachip/gas/{sn}/data`" in reasons[0]


async def test_topic_pattern_may_hold_wildcards():
    readings, _ = await sent("site/north/gas/GS-7/up", packet(), "topic: site/+/gas/{sn}/up")
    assert readings[0].sn == "GS-7"


async def test_what_the_broker_had_retained_is_as_old_as_its_time_says():
    async with NodeHarness(GasReading) as bench:
        await bench.give({"topic": TOPIC, "payload": packet(NOW - 600), "time": NOW, "retain": True})
        (reading,) = bench.sent("ok")
        assert (reading.received_at, reading.flags) == (NOW - 600, Flag.RETAINED)


async def test_bad_message_leaves_unchanged_with_its_reason():
    async with NodeHarness(GasReading) as bench:
        await bench.give({"topic": TOPIC, "payload": b"\xff\x00junk"})
        (output,) = bench.outputs
        assert (output.port, output.payload, output.message.topic) == ("bad", b"\xff\x00junk", TOPIC)
        assert output.message.props["error"]["node"] == "node"


async def test_topic_without_a_place_for_the_number_is_refused_at_start():
    with pytest.raises(Exception, match="exactly once"):
        NodeType(GasReading).make({"topic": "{sn}/{sn}"}).start(_Unwired())  # type: ignore[arg-type]


class _Memory(dict[str, float]):
    """What a node remembers, for as long as the node is there."""

    set = dict.__setitem__
    delete = dict.pop


class _Unwired:
    """A context whose node has no wire at any port."""

    clock = ManualClock(NOW)

    def wired(self, port: str) -> bool:
        return False

    def state(self, name: str, type: object) -> _Memory:
        return _Memory()


def test_without_a_wire_at_bad_it_refuses():
    """A message must not get lost at a port that leads nowhere."""
    node = GasReading()
    node.start(_Unwired())  # type: ignore[arg-type]
    with pytest.raises(PermanentError, match="no JSON"):
        node.process(Message(b"junk", TOPIC, time=NOW))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def _written(value: object) -> str:
    """As JSON text, NaN and infinity included, as a careless device would write them."""
    return json.dumps(value)


FIELDS = st.sampled_from(["ts", "seq", "v_raw", "temp", "humi", "bat", "rssi", "net", "err", "conc", "x"])
ALMOST = st.dictionaries(FIELDS, JSON).map(
    lambda changes: {"ts": NOW, "seq": 7, "v_raw": 1.0, "temp": 25.0, "err": 0, **changes}
)


def made_of(topic: str, payload: object) -> object:
    """The reading, or the reason why there is none."""
    node = GasReading()
    node.start(_Unwired())  # type: ignore[arg-type]
    try:
        return node.process(Message(payload, topic, time=NOW)).payload
    except PermanentError as refused:
        return str(refused)


@given(payload=st.binary() | st.text() | JSON | ALMOST | ALMOST.map(_written), topic=st.just(TOPIC) | st.text())
def test_anything_becomes_a_reading_or_a_reason(payload: object, topic: str):
    """Bytes, texts, objects with wrong values: nothing but PermanentError comes out of the node."""
    made = made_of(topic, payload)
    assert isinstance(made, (Reading, str))
    assert made
