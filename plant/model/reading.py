"""One reading of one gas detector: the packet it sends, and what the server adds to it."""

from __future__ import annotations

import json
import math
import re
from enum import IntFlag
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta

from engine.api import PermanentError, Text

__all__ = ["Flag", "Packet", "PacketDecoder", "Reading", "as_reading"]

LEARNT_NAMES = 16
_PLAIN_NAME = re.compile(r"[\w.:-]{1,64}")
"""Unknown fields that the fast decoder learns; a device that invents more is decoded the slow way."""


class Flag(IntFlag):
    """What is to be known about a reading besides its values; stored as a sum in `readings.flags`."""

    CLOCK = 1
    """The device's clock was wrong: `time` goes by the arrival (see `DeviceClock`)."""
    DUPLICATE = 2
    """This sequence number was seen before."""
    LATE = 4
    """It came after a reading with a later sequence number."""
    REBOOT = 8
    """The device counts from the start again."""
    FAULT = 16
    """The device reports a broken sensor, or its raw value is at a rail: there is no concentration."""
    WARMING_UP = 32
    """The sensor is not ready yet: there is no concentration."""
    UNCALIBRATED = 64
    """The registry has no k or b for the device: there is no concentration."""
    MALFORMED = 128
    """A field that the gas does not hang on was missing or could not be read: it is null (`seq` -1), and what was sent is in `extra`."""
    RETAINED = 256
    """The broker had kept it: it is as old as its `time` says, and was not sent now."""


class Packet(msgspec.Struct, gc=False):
    """The JSON of one uplink (handbook 2.3). Only `ts` and `v_raw` must be sound: no other field is worth a gas value.

    ts     Unix seconds by the device's clock
    seq    packet number, 0 to 65535, then 0 again; -1 where the device sent none that can be
    v_raw  sensor output, mV or Ω
    temp   ambient temperature, °C
    err    0 normal, 1 sensor open circuit, 2 warming up
    humi   relative humidity, %; bat  battery, %; rssi  signal, dBm; net  4G, WIFI or LORA
    """

    ts: float
    seq: Annotated[int, Meta(ge=-1, le=65535)]
    v_raw: float
    temp: float | None
    err: Annotated[int, Meta(ge=0, le=32767)] | None
    humi: float | None = None
    bat: Annotated[int, Meta(ge=0, le=100)] | None = None
    rssi: Annotated[int, Meta(ge=-32768, le=32767)] | None = None
    net: Annotated[str, Meta(max_length=32)] | None = None


class Reading(Packet, gc=False):
    """A packet with its device and what was found out about it.

    sn           serial number, from the topic
    time         event time, Unix seconds: `ts`, or by the arrival where the device's clock is wrong (see Flag.CLOCK); exactly `received_at`
                 where the device's time has jumped: such a reading is a new one, whatever came before
    received_at  arrival time, Unix seconds
    conc         concentration in the device's unit, not below 0; None where none can be known
    conc_raw     the same before it was limited
    flags        sum of `Flag`
    extra        fields of the packet that the protocol does not name; None without any
    """

    sn: str = ""
    time: float = 0.0
    received_at: float = 0.0
    conc: float | None = None
    conc_raw: float | None = None
    flags: int = 0
    extra: dict[str, Any] | None = None


def as_reading(payload: Any) -> Reading:
    """The payload as a reading, also when it comes as a dict. PermanentError when it is neither."""
    if payload.__class__ is Reading:
        return payload
    try:
        return msgspec.convert(payload, Reading)
    except msgspec.ValidationError as error:
        raise PermanentError(Text("reading.no-reading", reason=str(error))) from error


class _Strict(Packet, gc=False, forbid_unknown_fields=True):
    """A packet of named fields only: that none is unknown costs nothing to find out this way."""


_PACKET_FIELDS = msgspec.structs.fields(Packet)
_NUMBERED = Annotated[int, Meta(ge=0, le=65535)]
_NUL, _NUL_BYTES = "\\u0000", b"\\u0000"


class PacketDecoder:
    """Reads packets, keeps unknown fields, and learns their names: a firmware that always sends one more field costs no second parse."""

    def __init__(self) -> None:
        self._any = msgspec.json.Decoder(Packet).decode
        self._strict: Any = msgspec.json.Decoder(_Strict).decode
        self._learnt: tuple[str, ...] = ()
        self._fields: tuple[tuple[str, str], ...] = ()

    def __call__(self, data: bytes | str | dict[str, Any]) -> tuple[Packet, dict[str, Any] | None, bool]:
        """(packet, other fields or None, whether each field of the protocol is as it should be). Raises ValueError with a reason that names
        the field when there is no gas value in it."""
        if isinstance(data, dict):
            return _lenient(data)
        try:
            packet = self._strict(data)
        except (ValueError, RecursionError):
            return self._slow(data)
        if packet.seq < 0 or (_NUL in data if isinstance(data, str) else _NUL_BYTES in data):
            return _lenient(_object(data))
        if not self._fields:
            return packet, None, True
        extra = {name: value for name, field in self._fields if (value := getattr(packet, field)) is not UNSET}
        return packet, extra or None, True

    def _slow(self, data: bytes | str) -> tuple[Packet, dict[str, Any] | None, bool]:
        whole = _object(data)
        packet, extra, sound = _lenient(whole)
        if sound and extra:
            self._learn(extra)
        return packet, extra, sound

    def _learn(self, names: dict[str, Any]) -> None:
        """Other names than plain ones are found the slow way each time: no packet may break how the next ones are read."""
        known = tuple(dict.fromkeys((*self._learnt, *filter(_PLAIN_NAME.fullmatch, names))))
        if known == self._learnt or len(known) > LEARNT_NAMES:
            return
        fields = tuple((name, f"extra_{number}") for number, name in enumerate(known))
        learnt = msgspec.defstruct(
            "LearntPacket",
            [(field, Any, UNSET) for _, field in fields],
            bases=(_Strict,),
            gc=False,
            rename={field: name for name, field in fields},
        )
        self._strict = msgspec.json.Decoder(learnt).decode
        self._learnt, self._fields = known, fields


def _object(data: bytes | str) -> dict[str, Any]:
    """The JSON object, also with what modems leave round it (a byte order mark, NULs) and what msgspec refuses in it (NaN, half a surrogate, a
    byte that is no UTF-8): all of that may stand in a field that the gas does not hang on."""
    try:
        found = msgspec.json.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        text = data if isinstance(data, str) else bytes(data).decode("utf-8", "replace")
        try:
            found = json.loads(text.strip("\0\ufeff \t\r\n"), strict=False)
        except RecursionError as deep:
            raise ValueError(Text("reading.too-deep")) from deep
        except ValueError:
            raise ValueError(Text("reading.not-json")) from error
    except RecursionError as error:
        raise ValueError(Text("reading.too-deep")) from error
    if not isinstance(found, dict):
        raise ValueError(Text("reading.no-object"))
    return found


def _lenient(data: dict[str, Any]) -> tuple[Packet, dict[str, Any] | None, bool]:
    """The packet with null (`seq`: -1) for each field that can't be read, and what was sent for it among the others."""
    values: dict[str, Any] = {}
    extra = {name: value for name, value in data.items() if name not in Packet.__struct_fields__}
    sound = True
    for field in _PACKET_FIELDS:
        name = field.name
        if name not in data and not field.required:
            continue
        try:
            if name not in data:
                raise msgspec.ValidationError("object missing required field")
            values[name] = _sound(msgspec.convert(data[name], _NUMBERED if name == "seq" else field.type))
            if values[name] is None and field.required:
                raise msgspec.ValidationError("expected number, got null")
        except msgspec.ValidationError as error:
            if name in ("ts", "v_raw"):
                raise ValueError(_wrong(name, data)) from error
            sound = False
            values[name] = -1 if name == "seq" else None
            if data.get(name) is not None:
                extra[name] = data[name]
    cleaned = _storable(extra)
    return Packet(**values), cleaned or None, sound and cleaned == extra


def _sound(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        raise msgspec.ValidationError(f"{value} is no finite number")
    if isinstance(value, str) and _storable(value) != value:
        raise msgspec.ValidationError("a character that no text holds")
    return value


def _storable(value: Any) -> Any:
    """The value with null for numbers that are none and � for characters (NUL, half a surrogate) that PostgreSQL takes in no text."""
    match value:
        case str():
            return (
                value.replace("\0", "�").encode("utf-8", "replace").decode()
                if not value.isascii() or "\0" in value
                else value
            )
        case float():
            return value if math.isfinite(value) else None
        case list():
            return [_storable(one) for one in value]
        case dict():
            return {_storable(str(name)): _storable(one) for name, one in value.items()}
    return value


def _wrong(name: str, data: dict[str, Any]) -> Text:
    """What is wrong with one of the numbers that a packet can't be without."""
    if name not in data:
        return Text("reading.missing", field=name)
    value = data[name]
    if isinstance(value, float) and not math.isfinite(value):
        return Text("reading.not-finite", field=name, value=str(value))
    shown = (
        "[…]" if isinstance(value, list) else "{…}" if isinstance(value, dict) else json.dumps(value, default=str)[:40]
    )
    return Text("reading.wrong-field", field=name, value=shown)
