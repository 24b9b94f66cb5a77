"""Regular expressions that a stranger may have written: made ready only when that is quick, for `regex` can stop a search but not this."""

from __future__ import annotations

import regex

__all__ = ["compile_pattern"]

LONGEST_PATTERN = 10_000
LARGEST_PATTERN = 20_000
"""Places in it once its counted repeats are written out: about 0.1 s."""
_PART = regex.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\{(?:(\d*),)?(\d*)\}|.", regex.DOTALL)


def compile_pattern(text: str, flags: int = 0) -> regex.Pattern[str]:
    """`regex.error` says why the text is no regular expression, or too large a one: `((a?){5000}){5000}` is 25 million places."""
    if len(text) > LONGEST_PATTERN:
        raise regex.error(f"it has {len(text)} characters; {LONGEST_PATTERN} are allowed")
    if _written_out(text) > LARGEST_PATTERN:
        raise regex.error("its repeats are too large; give smaller numbers")
    try:
        return regex.compile(text, flags)
    except RecursionError:
        raise regex.error("its groups are nested too deep") from None


def _written_out(text: str) -> int:
    """How many places it has when each counted repeat is written out, at most; groups in groups multiply."""
    sizes = [0]
    last = 0
    for part in _PART.finditer(text):
        found = part[0]
        if found == "(":
            sizes.append(0)
        elif found == ")":
            last = 1 + (sizes.pop() if len(sizes) > 1 else 0)
            sizes[-1] += last
        elif part[2] is not None and any(part.groups("")):
            times = max(int(number[:9]) for number in part.groups("") if number)
            sizes[-1] += last * max(0, times - 1)
            last *= max(1, times)
        else:
            last = 1
            sizes[-1] += 1
        if sizes[-1] > LARGEST_PATTERN:
            return sizes[-1]
    return sum(sizes)
