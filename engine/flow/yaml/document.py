"""The plain mapping that a flow's YAML stands for, and changes of it that keep the order of the format."""

from typing import Any

from msgspec import UnsetType

from engine.flow.names import invalid_name_reason
from engine.flow.tree import Path
from engine.flow.yaml.emit import invalid_value_reason
from engine.flow.yaml.flow_reader import FLOW_KEYS, GROUP_KEYS, NODE_KEYS, SUBFLOW_KEYS
from engine.texts.text import Text

Document = dict[str, Any]


class InvalidEdit(Exception):
    """Why an operation can't be done: where in the document, and what is wrong."""

    def __init__(self, place: Path, text: Text) -> None:
        super().__init__(text)
        self.place = place
        self.text = text


def section(owner: Document, name: str, make: bool = False) -> Document:
    """A section of a flow or subflow; a missing or empty one is {}, and stays in the document when `make` is set."""
    found = owner.get(name)
    if found is None:
        found = {}
        if make:
            put(owner, name, found)
    if not isinstance(found, dict):
        raise InvalidEdit((name,), Text("flow.section-no-mapping", key=name))
    return found


def put(owner: Document, name: str, value: Any) -> None:
    """Set a key; a new one stands behind the keys that come before it in the order of the format."""
    if name in owner:
        owner[name] = value
        return
    order = next(
        (keys for keys in (FLOW_KEYS, SUBFLOW_KEYS, NODE_KEYS, GROUP_KEYS) if name in keys and owner.keys() <= {*keys}),
        (),
    )
    earlier = order[: order.index(name)] if name in order else tuple(owner)
    entries = list(owner.items())
    index = max((index + 1 for index, (key, _value) in enumerate(entries) if key in earlier), default=0)
    entries.insert(index, (name, value))
    owner.clear()
    owner.update(entries)


def drop(owner: Document, name: str, key: str) -> None:
    """Remove an entry of a section, and the section with its last entry."""
    entries = section(owner, name)
    if entries.pop(key, None) is not None and not entries:
        del owner[name]


def set_or_drop(owner: Document, name: str, value: Any, wanted: bool) -> None:
    """Set a key that is wanted, remove one that is not."""
    if wanted:
        put(owner, name, value)
    else:
        owner.pop(name, None)


def set_text(owner: Document, name: str, text: Any) -> None:
    """Set a text of an operation: UNSET leaves it as it is, an empty one removes it."""
    if isinstance(text, UnsetType):
        return
    if text in ("", {}):
        owner.pop(name, None)
    else:
        put(owner, name, writable(text, (name,)))


def set_switch(owner: Document, disabled: bool | UnsetType) -> None:
    """Write `disabled` when it is on; off is written by leaving it out."""
    if disabled is True:
        put(owner, "disabled", True)
    elif disabled is False:
        owner.pop("disabled", None)


def insert_after(mapping: Document, after: str, name: str, value: Any) -> None:
    """Add an entry behind another, or at the end where there is no such one."""
    entries = list(mapping.items())
    index = next((index + 1 for index, (key, _value) in enumerate(entries) if key == after), len(entries))
    entries.insert(index, (name, value))
    mapping.clear()
    mapping.update(entries)


def writable(value: Any, place: Path) -> Any:
    """The value with its tuples made lists. Raises `InvalidEdit` for what YAML can't hold, such as NaN."""
    fault = invalid_value_reason(value)
    if fault is not None:
        raise InvalidEdit(place, Text("flow.value-unwritable", reason=fault))
    return _as_lists(value)


def pair(given: tuple[float, float], place: Path) -> list[float]:
    """A position or a size, px."""
    # 40.0 is written 40: the editor's canvas counts in floats, the file in pixels.
    return [int(number) if float(number).is_integer() else number for number in writable(list(given), place)]


def check_name(name: str, place: Path) -> None:
    """Raises `InvalidEdit` when nothing can be called that."""
    fault = invalid_name_reason(name)
    if fault is not None:
        raise InvalidEdit(place, Text("flow.no-name", name=name[:40], what=Text("flow.a-name"), reason=fault))


def _as_lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_lists(item) for key, item in value.items()}
    return [_as_lists(item) for item in value] if isinstance(value, list | tuple) else value
