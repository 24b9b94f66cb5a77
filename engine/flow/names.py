"""Which ids and port names a flow may use, and which known name was probably meant."""

import difflib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from engine.texts.text import Readable, Text

NAME_LIMIT = 64
COMPARISONS = 30_000
_comparisons_left: ContextVar[list[int] | None] = ContextVar("comparisons left", default=None)

# Han letters because customers name their points in Chinese; no dot (it parts node and port), no slash (it parts
# subflow and node), no space. Other scripts are left out: their look-alikes make two ids one to the eye.
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff"
_NAME = re.compile(rf"[A-Za-z0-9{_HAN}][A-Za-z0-9_{_HAN}-]*")
_TYPE = re.compile(r"[a-z0-9][a-z0-9_.-]*")


def invalid_name_reason(name: str) -> Text | None:
    """Why `name` can't be an id or a port, or None when it can.

    It may have Latin and Han letters, digits, `-` and `_`, begins with a letter or digit, and is at most 64 long.
    """
    if not name:
        return Text("flow.name-empty")
    if len(name) > NAME_LIMIT:
        return Text("flow.name-long", length=len(name), limit=NAME_LIMIT)
    if not _NAME.fullmatch(name):
        wrong = next((char for char in name if not _NAME.fullmatch("a" + char)), None)
        return Text("flow.name-begin") if wrong is None else Text("flow.name-character", character=_shown(wrong))
    return None


def is_type_name(name: str) -> bool:
    """Whether `name` can be a node type: `switch`, `acme.pump`, or `subflow/NAME`."""
    if name.startswith("subflow/"):
        return invalid_name_reason(name.removeprefix("subflow/")) is None
    return len(name) <= NAME_LIMIT and _TYPE.fullmatch(name) is not None


@contextmanager
def hints_limited() -> Iterator[None]:
    """Within it, `nearest` finds nothing more once it has compared names for about a second: to find the name that each of 50,000 dangling
    wires may have meant would take minutes, and nobody reads so many."""
    outer = _comparisons_left.get()
    token = _comparisons_left.set(outer or [COMPARISONS])
    try:
        yield
    finally:
        _comparisons_left.reset(token)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that a misspelt one resembles most, if any does."""
    known = list(known)
    left = _comparisons_left.get()
    if left is not None:
        left[0] -= len(known)
    if len(name) > NAME_LIMIT or (left is not None and left[0] < 0):
        return None
    found = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.6)
    return found[0] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> Text | None:
    """The hint that names the nearest of the known names, if any is near."""
    near = nearest(name, known)
    return None if near is None else Text("flow.did-you-mean", name=near)


def _shown(char: str) -> Readable:
    if char == " ":
        return Text("flow.blank")
    return repr(char) if char.isprintable() else f"U+{ord(char):04X}"
