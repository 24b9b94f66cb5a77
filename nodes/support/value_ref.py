"""Where a rule reads or writes: in the message, in the memory of the flow (`flow.x`), or in that of the site
(`site.x`)."""

from __future__ import annotations

import re
from typing import Any

from engine.api import UNSET, Context, Memory, Message, Path, PermanentError, Text, reason_of

__all__ = ["SHARED", "ValueRef"]

SHARED = {"flow": "flow", "site": "site", "global": "site"}
MOST_KNOWN = 1000
_NAMED = re.compile(r"\[msg\.([^\[\]]+)\]")


class ValueRef:
    """A compiled place such as `payload.temp`, `parts.index`, `flow.limit` or `site.shift.leader`.

    `flow.…` and `site.…` (`global.…` is the same) are remembered over restarts and seen by all nodes of the flow, or
    of the site. A key in brackets may come from the message: `payload.limits[msg.topic]`.
    """

    def __init__(self, text: str, ctx: Context) -> None:
        """ValueError says where the text is no path."""
        root, dot, rest = text.partition(".")
        self.text = text
        self._memory: Memory[Any] | None = None
        self._keys = [Path(inner) for inner in _NAMED.findall(text)]
        if self._keys:
            self._ctx = ctx
            self._known: dict[str, ValueRef] = {}
            self._parts = _NAMED.split(text)[::2]
            text = "[0]".join(self._parts)
            root, dot, rest = text.partition(".")
        if dot and root in SHARED:
            self._path = Path(rest)
            self._name = str(self._path.steps[0])
            self._memory = ctx.shared_state(f"{SHARED[root]}:{ctx.flow if root == 'flow' else ''}")
            self._inner = Path("payload" + rest[len(self._name) :])
        else:
            self._path = Path(text)

    def get(self, message: Message) -> Any:
        """The value, or UNSET where there is none."""
        if self._keys:
            return self._with_keys(message).get(message)
        if self._memory is None:
            return self._path.get(message)
        return self._inner.get(Message(self._memory.get(self._name, UNSET)))

    def set(self, message: Message, value: Any) -> Message:
        """The message with the value there (UNSET deletes); objects on the way are made.

        PermanentError when something on the way is neither an object nor missing: writing below a text or a list would
        destroy it. Where nothing is, deleting does nothing.
        """
        if self._keys:
            return self._with_keys(message).set(message, value)
        if self._memory is not None:
            before = Message(self._memory.get(self._name, UNSET))
            after = _set(self._inner, before, value, self.text).payload
            if after is UNSET:
                self._memory.delete(self._name)
            else:
                self._memory.set(self._name, after)
            return message
        return _set(self._path, message, value, self.text)

    def _with_keys(self, message: Message) -> ValueRef:
        """The place that this message means."""
        keys = [key.get(message) for key in self._keys]
        for key, found in zip(self._keys, keys, strict=True):
            if isinstance(found, bool) or not isinstance(found, (str, int)) or '"' in str(found):
                raise PermanentError(Text("value.no-key", path=self.text, key=key.text))
        steps = [f"[{found}]" if isinstance(found, int) else f'["{found}"]' for found in keys] + [""]
        text = "".join(part + step for part, step in zip(self._parts, steps, strict=True))
        known = self._known.get(text)
        if known is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            known = self._known[text] = ValueRef(text, self._ctx)
        return known


def _set(path: Path, message: Message, value: Any, where: str) -> Message:
    try:
        return path.set(message, value)
    except (ValueError, TypeError) as wrong:
        raise PermanentError(Text("value.unwritable", path=where, reason=reason_of(wrong))) from wrong
