"""What is wrong with the parameters of a device, field by field, before they are stored."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, get_type_hints

import msgspec

from engine.api import ExpressionError
from plant.model.concentration import names_for
from plant.model.device import Device

__all__ = ["EDITABLE", "FieldProblem", "changed", "problems_of"]

EDITABLE = tuple(name for name in Device.__struct_fields__ if name not in ("sn", "revision"))
_TYPES = {name: get_type_hints(Device)[name] for name in Device.__struct_fields__}
_SN = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_LONGEST = {"name": 80, "gas": 40, "unit": 20, "location": 200, "formula": 1000}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
LARGEST = 1e12


class FieldProblem(msgspec.Struct, frozen=True):
    """`code` is stable and the browser translates by it; `message` is the English text."""

    field: str
    code: str
    message: str


def changed(device: Device, changes: Mapping[str, Any]) -> tuple[Device, list[FieldProblem]]:
    """The device with these fields set to JSON values, and all that is wrong with it; it may be stored only when nothing is."""
    problems: list[FieldProblem] = []
    values: dict[str, Any] = {}
    for field, value in changes.items():
        if field not in EDITABLE:
            problems.append(FieldProblem(field, "unknown", f"a device has no field {field[:40]!r} that can be set"))
            continue
        try:
            values[field] = msgspec.convert(value, _TYPES[field])
        except msgspec.ValidationError as wrong:
            code = "number" if "float" in str(_TYPES[field]) else "type"
            problems.append(FieldProblem(field, code, f"{field}: {str(wrong)[:200]}"))
    if values.get("formula") is not None and not values["formula"].strip():
        values["formula"] = None
    made: Device = msgspec.structs.replace(device, **values)
    known = {problem.field for problem in problems}
    return made, problems + [problem for problem in problems_of(made) if problem.field not in known]


def problems_of(device: Device) -> list[FieldProblem]:
    """All that is wrong with a device."""
    found = [*_texts(device), *_numbers(device), *_levels(device), *_formula(device)]
    if not _SN.fullmatch(device.sn):
        text = "a serial number is 1 to 64 letters, digits or _ . : -"
        found.insert(0, FieldProblem("sn", "sn", text))
    return found


def _texts(device: Device) -> Iterator[FieldProblem]:
    for field, longest in _LONGEST.items():
        text = getattr(device, field) or ""
        if len(text) > longest:
            yield FieldProblem(field, "long", f"{field} is longer than {longest} characters")
        elif _CONTROL.search(text):
            yield FieldProblem(field, "control", f"{field} holds a control character")


def _numbers(device: Device) -> Iterator[FieldProblem]:
    for field in EDITABLE:
        value = getattr(device, field)
        if value.__class__ is float and not -LARGEST <= value <= LARGEST:
            yield FieldProblem(field, "number", f"{field} is no sensible number")
    for field in ("a1_deadband", "a2_deadband", "a1_delay_s", "a2_delay_s"):
        if getattr(device, field) < 0:
            yield FieldProblem(field, "negative", f"{field} must not be below 0")
    if not 0.1 <= device.period_s <= 86400:
        yield FieldProblem("period_s", "period", "period_s must be from 0.1 to 86400 s")
    for field in ("left_pct", "top_pct"):
        value = getattr(device, field)
        if value is not None and not 0 <= value <= 100:
            yield FieldProblem(field, "percent", f"{field} must be from 0 to 100")


def _levels(device: Device) -> Iterator[FieldProblem]:
    low, high = device.range_low, device.range_high
    if high is not None and high <= low:
        yield FieldProblem("range_high", "range", "range_high must be above range_low")
    if device.raw_low is not None and device.raw_high is not None and device.raw_high <= device.raw_low:
        yield FieldProblem("raw_high", "raw", "raw_high must be above raw_low")
    for field in ("a1", "a2"):
        level = getattr(device, field)
        if level is not None and (level < low or (high is not None and level > high)):
            yield FieldProblem(field, "outside", f"{field} is outside the measuring range")
    yield from _crossed(device)


def _crossed(device: Device) -> Iterator[FieldProblem]:
    """A2 must be further out than A1 on the same side; a low and a high level must leave room between them."""
    a1, a2 = device.a1, device.a2
    if a1 is None or a2 is None:
        return
    order: Mapping[tuple[str, str], tuple[Callable[[], bool], str]] = {
        ("high", "high"): (lambda: a2 > a1, "A2 must be above A1"),
        ("low", "low"): (lambda: a2 < a1, "A2 must be below A1"),
        ("low", "high"): (lambda: a1 < a2, "the low level must be below the high one"),
        ("high", "low"): (lambda: a2 < a1, "the low level must be below the high one"),
    }
    right, text = order[device.a1_direction, device.a2_direction]
    if not right():
        yield FieldProblem("a2", "crossed", text)


def _formula(device: Device) -> Iterator[FieldProblem]:
    if device.formula is None or len(device.formula) > _LONGEST["formula"]:
        return
    try:
        unknown = names_for(device.formula)
    except ExpressionError as wrong:
        yield FieldProblem("formula", "formula", str(wrong)[:300])
        return
    if unknown:
        yield FieldProblem("formula", "names", f"neither a reading nor a device has {', '.join(unknown)}")
