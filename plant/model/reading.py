"""One reading of one gas detector: the packet it sends, and what the server adds to it."""

from __future__ import annotations

import math
import re
from enum import IntFlag
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta

from engine.api import PermanentError

__all__ = ["Flag", "Packet", "PacketDecoder", "Reading", "as_reading"]

LEARNT_NAMES = 16
_PLAIN_NAME = re.compile(r"[\w.:-]{1,64}")
"""Unknown fields that the fast decoder learns; a device that invents more is decoded the slow way."""


class Flag(IntFlag):
    """What is to be known about a reading besides its values; stored as a sum in `readings.flags`."""

    CLOCK = 1
    """The device's clock was wrong: `time` is the arrival time."""
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


class Packet(msgspec.Struct, gc=False):
    """The JSON of one uplink (handbook 2.3). A gas reading without its humidity is still one, so only what the formula needs is required.

    ts     Unix seconds by the device's clock
    seq    packet number, 0 to 65535, then 0 again
    v_raw  sensor output, mV or Ω
    temp   ambient temperature, °C
    err    0 normal, 1 sensor open circuit, 2 warming up
    humi   relative humidity, %; bat  battery, %; rssi  signal, dBm; net  4G, WIFI or LORA
    """

    ts: float
    seq: Annotated[int, Meta(ge=0, le=65535)]
    v_raw: float
    temp: float
    err: Annotated[int, Meta(ge=0, le=32767)]
    humi: float | None = None
    bat: Annotated[int, Meta(ge=0, le=100)] | None = None
    rssi: Annotated[int, Meta(ge=-32768, le=32767)] | None = None
    net: Annotated[str, Meta(max_length=32)] | None = None


class Reading(Packet, gc=False):
    """A packet with its device and what was found out about it.

    sn           serial number, from the topic
    time         event time, Unix seconds: `ts`, or the arrival time where the device's clock is wrong (see Flag.CLOCK)
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
        raise PermanentError(f"payload is no reading ({error}); put gas-reading before this node") from error


class _Strict(Packet, gc=False, forbid_unknown_fields=True):
    """A packet of named fields only: that none is unknown costs nothing to find out this way."""


class PacketDecoder:
    """Reads packets, keeps unknown fields, and learns their names: a firmware that always sends one more field costs no second parse."""

    def __init__(self) -> None:
        self._any = msgspec.json.Decoder(Packet).decode
        self._strict: Any = msgspec.json.Decoder(_Strict).decode
        self._learnt: tuple[str, ...] = ()
        self._fields: tuple[tuple[str, str], ...] = ()

    def __call__(self, data: bytes | str | dict[str, Any]) -> tuple[Packet, dict[str, Any] | None]:
        """(packet, unknown fields or None). Raises ValueError with a reason that names the field."""
        if isinstance(data, dict):
            return _converted(data)
        try:
            packet = self._strict(data)
        except (ValueError, RecursionError):
            return self._slow(data)
        if not self._fields:
            return packet, None
        extra = {name: value for name, field in self._fields if (value := getattr(packet, field)) is not UNSET}
        return packet, extra or None

    def _slow(self, data: bytes | str) -> tuple[Packet, dict[str, Any] | None]:
        try:
            packet = self._any(data)
            whole = msgspec.json.decode(data)
        except UnicodeDecodeError as error:
            raise ValueError(f"the payload is not UTF-8: {error.reason} at byte {error.start}") from error
        except RecursionError as error:
            raise ValueError("the payload is nested too deeply") from error
        except msgspec.MsgspecError as error:
            raise ValueError(_reason(str(error))) from error
        extra = {name: value for name, value in whole.items() if name not in Packet.__struct_fields__}
        self._learn(extra)
        return packet, extra or None

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


def _converted(data: dict[str, Any]) -> tuple[Packet, dict[str, Any] | None]:
    try:
        packet = msgspec.convert(data, Packet)
    except msgspec.MsgspecError as error:
        raise ValueError(_reason(str(error))) from error
    for name in Packet.__struct_fields__:
        value = getattr(packet, name)
        if isinstance(value, float) and not math.isfinite(value):  # JSON can't say it, a dict can
            raise ValueError(f"field {name}: {value} is no finite number")
    extra = {name: value for name, value in data.items() if name not in Packet.__struct_fields__}
    return packet, extra or None


def _reason(text: str) -> str:
    what, _, place = text.partition(" - at `$")
    field = place.rstrip("`").lstrip(".")
    words = what.replace("`", "")
    words = words if words[:2].isupper() else words[:1].lower() + words[1:]
    return f"field {field}: {words}" if field else words
