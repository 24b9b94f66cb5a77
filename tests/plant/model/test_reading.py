"""Packets are decoded strictly, and what they bring besides is kept."""

from __future__ import annotations

import math

import msgspec
import pytest

from engine.core.failure import PermanentError
from plant.model.reading import LEARNT_NAMES, PacketDecoder, Reading, as_reading

WHOLE = {
    "ts": 1734321000,
    "seq": 1024,
    "v_raw": 2350.5,
    "temp": 25.4,
    "humi": 45.0,
    "bat": 88,
    "rssi": -75,
    "net": "4G",
    "err": 0,
}


def packet(**changes: object) -> bytes:
    return msgspec.json.encode({**WHOLE, **changes})


def test_the_handbooks_packet_is_read():
    read, extra = PacketDecoder()(packet())
    assert msgspec.to_builtins(read) == WHOLE
    assert extra is None


def test_unknown_fields_are_kept_whether_they_come_always_or_once():
    decode = PacketDecoder()
    assert [decode(packet(fw="1.2", _t=n))[1] for n in range(3)] == [{"fw": "1.2", "_t": n} for n in range(3)]
    assert decode(packet())[1] is None
    assert decode(packet(other={"a": [1]}))[1] == {"other": {"a": [1]}}
    assert decode(packet(fw=None))[1] == {"fw": None}


def test_fields_of_the_server_are_not_taken_from_the_device():
    """A device can't report a concentration."""
    read, extra = PacketDecoder()(packet(conc=5.0, sn="other"))
    assert not hasattr(read, "conc")
    assert extra == {"conc": 5.0, "sn": "other"}


def test_a_device_that_invents_names_does_not_fill_the_memory():
    decode = PacketDecoder()
    for n in range(100):
        assert decode(packet(**{f"field-{n}": n}))[1] == {f"field-{n}": n}
    assert len(decode._fields) <= LEARNT_NAMES


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (packet(seq=65536), "field seq"),
        (packet(seq="1"), "field seq: expected int, got str"),
        (packet(seq=True), "field seq"),
        (packet(bat=101), "field bat"),
        (packet(v_raw=None), "field v_raw"),
        (packet(net=4), "field net"),
        (packet().replace(b"2350.5", b"1e999"), "field v_raw: number out of range"),
        (packet().replace(b"2350.5", b"NaN"), "^JSON is malformed"),
        (b'{"ts":1734321000}', "missing required field seq"),
        (b"[]", "expected object, got array"),
        (b"", "truncated"),
        (b'{"ts":1,"seq":1,"v_raw":1,"temp":1,"err":0,"net":"\xff"}', "not UTF-8"),
        (packet().replace(b'"err":0', b'"err":0,"x":' + b"[" * 100_000), "nested too deeply"),
        ({**WHOLE, "temp": math.nan}, "field temp: nan is no finite number"),
        ({**WHOLE, "v_raw": -math.inf}, "field v_raw"),
        ({**WHOLE, "temp": "25"}, "field temp"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_what_is_no_packet_is_refused_with_its_field(data: bytes | dict[str, object], reason: str):
    with pytest.raises(ValueError, match=reason):
        PacketDecoder()(data)


def test_a_reading_may_come_as_a_dict():
    """From a replay, or a flow test."""
    reading = Reading(1.0, 2, 3.0, 4.0, 0, sn="GS001")
    assert as_reading(msgspec.to_builtins(reading)) == reading
    with pytest.raises(PermanentError, match="gas-reading"):
        as_reading("text")


@pytest.mark.parametrize("name", ["\x00k", 'a"b', "a\\b", "\n", "", "x y", "设备", "extra_0", "a" * 1000, "__class__"])
def test_no_name_of_an_unknown_field_can_stop_the_packets_that_follow(name: str):
    """One garbled or hostile packet must not take the readings of the whole site with it."""
    decoder = PacketDecoder()
    odd = packet(**{name: 1})
    for _ in range(2):
        assert decoder(odd)[1] == {name: 1}
        assert decoder(packet())[1] is None
        assert decoder(packet(fw="1.2"))[1] == {"fw": "1.2"}
