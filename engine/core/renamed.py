"""Structs whose fields once had other names: what was stored, sent or written with an old name is read as the new one."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import msgspec

__all__ = ["RenamedFields", "new_names_in", "read_as", "read_json", "renamed_in"]

_T = TypeVar("_T")


class RenamedFields:
    """A second base of such a Struct. Reading an old name of an instance gives the new field, and a FutureWarning that says so."""

    __slots__ = ()
    new_names: ClassVar[Mapping[str, str]] = {}
    """{old name of a field: its name now}."""
    new_values: ClassVar[Mapping[str, str]] = {}
    """{old text: the text now} of fields that hold one of a few words; `mcs check` finds the old one in the configs of nodes."""

    if not TYPE_CHECKING:  # else every name would be a field

        def __getattr__(self, name: str) -> Any:
            if name not in self.new_names:
                raise AttributeError(f"{type(self).__name__} has no field {name!r}")
            new = self.new_names[name]
            warnings.warn(f"{type(self).__name__}.{name} is now {new}; write that", FutureWarning, stacklevel=2)
            return getattr(self, new)


def read_as(value: Any, wanted: type[_T], *, strict: bool = True) -> _T:
    """Plain data as that type, old names of fields too, at any depth. msgspec.ValidationError when it does not fit."""
    names = new_names_in(wanted)
    return msgspec.convert(_renamed(value, names) if names else value, wanted, strict=strict)


def read_json(text: bytes | str, wanted: type[_T]) -> _T:
    """JSON as that type, old names of fields too. msgspec.DecodeError when it is none or does not fit."""
    if new_names_in(wanted):
        return read_as(msgspec.json.decode(text), wanted)
    return msgspec.json.decode(text, type=wanted)


def new_names_in(wanted: Any) -> Mapping[str, str]:
    """`new_names` of all Structs that a type is made of; nearly every type has none."""
    return {old: new for cls in renamed_in(wanted) for old, new in cls.new_names.items()}


def renamed_in(wanted: Any) -> list[type[RenamedFields]]:
    """The classes with renamed fields that a type is made of."""
    found: list[type[RenamedFields]] = []
    seen: set[int] = set()
    waiting: list[Any] = [msgspec.inspect.type_info(wanted)]
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, msgspec.inspect.StructType) and issubclass(part.cls, RenamedFields):
            found.append(part.cls)
        if isinstance(part, msgspec.inspect.Type | msgspec.inspect.Field):
            waiting += [getattr(part, name) for name in part.__struct_fields__]
        elif isinstance(part, tuple):
            waiting += part
    return found


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {names.get(name, name): _renamed(part, names) for name, part in value.items()}
    if isinstance(value, list):
        return [_renamed(part, names) for part in value]
    return value
