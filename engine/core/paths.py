"""Where something is in a message: `payload.temp`, `topic`, `parts.index`, `payload.points[0].x`."""

from __future__ import annotations

import re
from collections.abc import Callable
from operator import attrgetter
from typing import Annotated, Any

import msgspec
from msgspec import UNSET

from engine.core.message import Message
from engine.core.renamed import RenamedFields
from engine.texts.text import Readable, Text, reason_of

__all__ = ["Path", "PathText", "invalid_path_reason", "plain"]

PathText = Annotated[str, msgspec.Meta(extra_json_schema={"x-path": True})]
"""The type of a config field that holds a path: `mcs check` and the editor tell when it is none."""

_OWN = {"payload", "topic", "key", "time"}
_FROM_MESSAGE = re.compile(r"\[msg\.([^\[\]]+)\]")
_STEP = re.compile(r"(?:^|\.)([^.\[\]\"'\s]+)|\[(-?\d+)\]|\[(?:\"([^\"]*)\"|'([^']*)')\]")


class Path:
    """A compiled path. Its first name is a message field (payload, topic, key, time), else a property.

    >>> Path("payload.temp").get(Message({"temp": 21.5}))
    21.5
    """

    def __init__(self, text: str) -> None:
        """ValueError says where the text is no path."""
        self.text = text
        self.steps: list[str | int] = []
        at = 0
        while at < len(text):
            match = _STEP.match(text, at)
            if match is None or match.end() == at:
                raise ValueError(Text("path.unreadable", path=text, column=at + 1))
            name, index, *quoted = match.groups()
            self.steps.append(
                int(index)
                if index is not None
                else name
                if name is not None
                else next(part for part in quoted if part is not None)
            )
            at = match.end()
        if not self.steps or not isinstance(self.steps[0], str):
            raise ValueError(Text("path.no-root", path=text))
        self._root = self.steps[0]
        self._rest = self.steps[1:]
        self._own = self._root in _OWN

    def __repr__(self) -> str:
        return f"Path({self.text!r})"

    def get(self, message: Message) -> Any:
        """The value, or UNSET where there is none on the way."""
        value = getattr(message, self._root) if self._own else message.props.get(self._root, UNSET)
        for step in self._rest:
            value = _step(value, step)
            if value is UNSET:
                return UNSET
        return value

    def getter(self) -> Callable[[Message], Any]:
        """`get`, or something quicker that does the same: for a path that is read for every message."""
        return attrgetter(self._root) if self._own and not self._rest else self.get

    def set(self, message: Message, value: Any) -> Message:
        """A copy with the value there; objects on the way are made, lists grow by one. UNSET deletes.

        Raises ValueError when something on the way is neither missing nor an object (a list for a number in
        brackets), which writing below it would destroy, or when a Struct has no such field. Where nothing is,
        deleting does nothing. Topic and key are texts: other values are written there as JSON.
        """
        if value is UNSET and self.get(message) is UNSET:
            return message
        if self._rest:
            root = getattr(message, self._root) if self._own else message.props.get(self._root, UNSET)
            value = self._with(root, 1, value)
        if not self._own:
            return message.with_props(**{self._root: value})
        if self._root != "payload":
            if value is UNSET:
                value = 0.0 if self._root == "time" else ""
            elif self._root == "time":
                if isinstance(value, bool) or not isinstance(value, (int, float)):
                    raise ValueError(Text("path.time", here=_kind(value)))
            elif not isinstance(value, str):
                value = _text(value)
        return message.replace(**{self._root: value})

    def delete(self, message: Message) -> Message:
        """A copy without it; the message itself where there is nothing to delete."""
        return self.set(message, UNSET)

    def _with(self, holder: Any, depth: int, value: Any) -> Any:
        """The holder of the step at this depth, with the value in it."""
        step = self.steps[depth]
        wanted, kinds = (_LIST, (list, tuple)) if isinstance(step, int) else (_OBJECT, (dict, msgspec.Struct))
        if holder is not UNSET and not isinstance(holder, kinds):
            place = _format_steps(self.steps[:depth])
            raise ValueError(Text("path.other-kind", place=place, here=_kind(holder), wanted=wanted))
        if depth + 1 < len(self.steps):
            value = self._with(_step(holder, step), depth + 1, value)
        if isinstance(step, int):
            return self._with_index(holder, step, value)
        if isinstance(holder, msgspec.Struct):
            if step not in holder.__struct_fields__:
                raise ValueError(Text("path.no-field", path=self.text, type=type(holder).__name__, field=step))
            if value is UNSET:
                raise ValueError(Text("path.undeletable", path=self.text, type=type(holder).__name__))
            return msgspec.structs.replace(holder, **{step: value})
        base = holder if isinstance(holder, dict) else {}
        if value is UNSET:
            return {name: kept for name, kept in base.items() if name != step}
        return {**base, step: value}

    def _with_index(self, holder: Any, index: int, value: Any) -> list[Any]:
        base = list(holder) if isinstance(holder, (list, tuple)) else []
        if not -len(base) <= index <= len(base) or (value is UNSET and index == len(base)):
            raise ValueError(Text("path.no-place", path=self.text, index=index, length=len(base)))
        if value is UNSET:
            del base[index]
        elif index == len(base):
            base.append(value)
        else:
            base[index] = value
        return base


def _text(value: Any) -> str:
    if isinstance(value, (bytes, bytearray)):
        return value.decode("utf-8", "replace")
    return msgspec.json.encode(value, enc_hook=_as_text).decode()


def _format_steps(steps: list[str | int]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).lstrip(".")


_LIST = Text("path.a-list")
_OBJECT = Text("path.an-object")


def _kind(value: Any) -> Readable:
    if value is None:
        return "null"
    kinds: tuple[tuple[type | tuple[type, ...], Text], ...] = (
        (bool, Text("path.a-truth")),
        ((int, float), Text("path.a-number")),
        (str, Text("path.a-text")),
        (dict, _OBJECT),
        ((list, tuple), _LIST),
    )
    return next((said for kind, said in kinds if isinstance(value, kind)), type(value).__name__)


def invalid_path_reason(text: str) -> Text | None:
    """Why a text is no path, None when it is one. A key may come from the message: `payload.limits[msg.topic]`."""
    with_places = _FROM_MESSAGE.sub("[0]", text)
    try:
        for inner in _FROM_MESSAGE.findall(text):
            Path(inner)
        Path(with_places)
    except ValueError as wrong:
        reason = reason_of(wrong)
        assert isinstance(reason, Text)
        return (
            Text(reason.code, **{**reason.params, "path": text}) if reason.params.get("path") == with_places else reason
        )
    return None


def plain(value: Any) -> Any:
    """The value as JSON-like data: Structs become dicts, tuples lists; what JSON can't say becomes text."""
    return msgspec.to_builtins(value, str_keys=True, enc_hook=_as_text)


def _as_text(value: Any) -> Any:
    if value is UNSET:
        return None
    return str(value)


def _step(value: Any, step: str | int) -> Any:
    if isinstance(step, int):
        if isinstance(value, (list, tuple)) and -len(value) <= step < len(value):
            return value[step]
        return UNSET
    if isinstance(value, dict):
        return value.get(step, UNSET)
    if isinstance(value, msgspec.Struct) and step in value.__struct_fields__:
        return getattr(value, step)
    if isinstance(value, RenamedFields) and step in value.new_names:
        return getattr(value, step)
    if step == "length" and isinstance(value, (str, list, tuple)):
        return len(value)
    return UNSET
