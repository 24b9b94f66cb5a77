"""From a raw value to a concentration: the formula of a device, and when there is none to be had."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from engine.api import EvaluationError, Expression, ExpressionError
from plant.model.device import Device
from plant.model.reading import Flag, Packet, Reading

__all__ = ["FORMULA", "Concentration", "below_range", "flag_of", "missing_for", "names_for"]

FORMULA = "k * v_raw + b + t_coef * (temp - 25)"
"""The handbook's (4.2); a device may have another."""

REFERENCE_C = 25.0
"""At which `t_coef` compensates nothing."""

_ERR_FLAGS = {2: int(Flag.WARMING_UP)}
_TEXTS = frozenset({"sn", "name", "gas", "unit", "formula", "location", "net", "a1_direction", "a2_direction"})
_OF_DEVICE = frozenset(Device.__struct_fields__) - _TEXTS
_OF_PACKET = frozenset(Packet.__struct_fields__) - _TEXTS


def flag_of(reading: Packet, device: Device) -> int:
    """Why this reading can have no concentration: FAULT, WARMING_UP or UNCALIBRATED of `Flag`; 0 when it can have one."""
    if reading.err:
        return _ERR_FLAGS.get(reading.err, int(Flag.FAULT))
    if (device.raw_low is not None and reading.v_raw <= device.raw_low) or (
        device.raw_high is not None and reading.v_raw >= device.raw_high
    ):
        return int(Flag.FAULT)
    return int(Flag.UNCALIBRATED) if missing_for(device) else 0


def missing_for(device: Device) -> tuple[str, ...]:
    """The parameters that the device's formula needs and the registry does not have."""
    if device.formula is None:
        if device.k is not None and device.b is not None:
            return ()
        return tuple(name for name in ("k", "b") if getattr(device, name) is None)
    return tuple(name for name in _parameters(device.formula) if getattr(device, name) is None)


def names_for(formula: str) -> tuple[str, ...]:
    """Names in a formula that neither a packet nor a device has as a number. Raises ExpressionError."""
    return tuple(name for name in Expression(formula).names if name not in _OF_PACKET and name not in _OF_DEVICE)


@lru_cache(maxsize=4096)
def _parameters(formula: str) -> tuple[str, ...]:
    try:
        names = Expression(formula).names
    except ExpressionError:
        return ()  # the formula node says what is wrong with it
    return tuple(name for name in names if name in _OF_DEVICE and name not in _OF_PACKET)


def below_range(conc_raw: float, device: Device, under_range_pct: float = 10.0) -> bool:
    """Whether a value lies so far below the measuring range that the sensor must be broken; never for a device without an upper end."""
    if device.range_high is None:
        return False
    return conc_raw < device.range_low - (device.range_high - device.range_low) * under_range_pct / 100


def _with_temperature(reading: Reading) -> Reading:
    """As the flow's `defaults` do it: without a readable temperature nothing is compensated."""
    return reading if reading.temp is not None else msgspec.structs.replace(reading, temp=REFERENCE_C)


class Concentration:
    """Calculates as the flow does, for previews. `own` is the flow's formula; it holds for devices without one of theirs."""

    def __init__(self, device: Device, own: str = FORMULA) -> None:
        """Raises ExpressionError when the formula is wrong."""
        self.device = device
        expression = Expression(device.formula or own)
        sources = {name: f"{'packet' if name in _OF_PACKET else 'device'}.{name}" for name in expression.names}
        self._function = expression.bind(sources, "packet", "device")

    def of(self, reading: Reading) -> Reading:
        """The reading as the flow would pass it on."""
        flag = flag_of(reading, self.device)
        if not flag:
            try:
                value = float(self._function(_with_temperature(reading), self.device))
            except (EvaluationError, AttributeError):
                flag = int(Flag.FAULT)
            else:
                if below_range(value, self.device):
                    return msgspec.structs.replace(
                        reading, conc=None, conc_raw=value, flags=reading.flags | int(Flag.FAULT)
                    )
                return msgspec.structs.replace(reading, conc=max(value, 0.0), conc_raw=value)
        return msgspec.structs.replace(reading, conc=None, conc_raw=None, flags=reading.flags | flag)
