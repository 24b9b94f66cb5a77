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
    assert (msgspec.to_builtins(PacketDecoder()(packet())[0]), *PacketDecoder()(packet())[1:]) == (WHOLE, None, True)


def test_unknown_fields_are_kept_whether_they_come_always_or_once():
    decode = PacketDecoder()
    assert [decode(packet(fw="1.2", _t=n))[1] for n in range(3)] == [{"fw": "1.2", "_t": n} for n in range(3)]
    assert decode(packet())[1] is None
    assert decode(packet(other={"a": [1]}))[1] == {"other": {"a": [1]}}
    assert decode(packet(fw=None))[1] == {"fw": None}


def test_fields_of_the_server_are_not_taken_from_the_device():
    """A device can't report a concentration."""
    read, extra, _ = PacketDecoder()(packet(conc=5.0, sn="other"))
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
        (packet(v_raw=None), "the field `v_raw` is to be a number, not `null`"),
        (packet().replace(b"2350.5", b"1e999"), "the field `v_raw` is inf, no finite number"),
        (packet().replace(b"2350.5", b"NaN"), "the field `v_raw` is nan, no finite number"),
        (b"junk", "^the payload is no JSON$"),
        (b'{"ts":1734321000}', "the field `v_raw` is missing"),
        (packet(ts="now"), 'the field `ts` is to be a number, not `"now"`'),
        (packet(v_raw="60"), 'the field `v_raw` is to be a number, not `"60"`'),
        (b"[]", "no JSON object"),
        (b"", "^the payload is no JSON$"),
        (packet().replace(b'"err":0', b'"err":0,"x":' + b"[" * 100_000), "nested too deeply"),
        ({**WHOLE, "v_raw": -math.inf}, "the field `v_raw` is -inf, no finite number"),
        ({**WHOLE, "v_raw": "25"}, 'the field `v_raw` is to be a number, not `"25"`'),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_what_is_no_packet_is_refused_with_its_field(data: bytes | dict[str, object], reason: str):
    with pytest.raises(ValueError, match=reason):
        PacketDecoder()(data)


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        ("bat", 101), ("bat", 88.5), ("rssi", -75.5), ("humi", "x"), ("seq", 65536), ("seq", -1), ("seq", "1"), ("seq", True),
        ("net", 5), ("net", "4G\0"), ("temp", "25"), ("err", 70000), ("err", "1"),
    ],
)  # fmt: skip
def test_a_malformed_side_field_does_not_cost_the_gas_value(field: str, sent: object):
    """It becomes null (`seq`: -1), what was sent is kept, and it is said that the packet is not as it should be."""
    for data in (packet(**{field: sent}), {**WHOLE, field: sent}):
        read, extra, sound = PacketDecoder()(data)
        assert msgspec.to_builtins(read) == {**WHOLE, field: -1 if field == "seq" else None}
        assert (list(extra or {}), sound) == ([field], False)


@pytest.mark.parametrize(
    ("data", "extra"),
    [
        (packet(fw="1\0"), {"fw": "1�"}),
        (packet(fw="1").replace(b'"1"', b'"\\ud800"'), {"fw": "?"}),
        (packet(fw=1).replace(b'"fw":1', b'"fw":NaN'), {"fw": None}),
        (packet(fw="1").replace(b'"1"', b'"\xff"'), {"fw": "�"}),
        (b"\xef\xbb\xbf" + packet(), None),
        (packet() + b"\0\0", None),
        (b"\0" + packet() + b"\r\n\0", None),
        (packet().replace(b'"temp":25.4,', b"").replace(b'"seq":1024,', b""), None),
    ],
    ids=str,
)
def test_dirt_around_or_beside_the_gas_value_is_not_worth_it(data: bytes, extra: dict[str, object] | None):
    """A byte order mark, trailing NULs, characters that no database holds, a field that is missing."""
    read, found, _ = PacketDecoder()(data)
    assert (read.ts, read.v_raw, found) == (WHOLE["ts"], WHOLE["v_raw"], extra)


def test_a_reading_may_come_as_a_dict():
    """From a replay, or a flow test."""
    reading = Reading(1.0, 2, 3.0, 4.0, 0, sn="GS001")
    assert as_reading(msgspec.to_builtins(reading)) == reading
    with pytest.raises(PermanentError, match="no reading"):
        as_reading("text")


@pytest.mark.parametrize("name", ["\x00k", 'a"b', "a\\b", "\n", "", "x y", "设备", "extra_0", "a" * 1000, "__class__"])
def test_no_name_of_an_unknown_field_can_stop_the_packets_that_follow(name: str):
    """One garbled or hostile packet must not take the readings of the whole site with it."""
    decoder = PacketDecoder()
    odd = packet(**{name: 1})
    for _ in range(2):
        assert decoder(odd)[1] == {name.replace("\0", "�"): 1}
        assert decoder(packet())[1] is None
        assert decoder(packet(fw="1.2"))[1] == {"fw": "1.2"}
