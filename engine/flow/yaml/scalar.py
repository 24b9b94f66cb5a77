"""What a plain YAML scalar means, refusing those that YAML 1.1 and 1.2 read differently."""

import re

from engine.texts.text import Text

Json = None | bool | int | float | str

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_HEX = re.compile(r"0x[0-9A-Fa-f]+")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_INFINITY = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
# `y` and `n` are left out: YAML 1.1 lists them, but no reader takes them for booleans, and `y` is a coordinate.
_SWITCH = re.compile(r"(?:yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9_]+")
_OTHER_BASE = re.compile(r"[-+]?0o[0-7_]+|[-+]?0b[01_]+|[-+]0x[0-9A-Fa-f_]+|0x[0-9A-Fa-f]*_[0-9A-Fa-f_]*")
_UNDERSCORE = re.compile(r"[-+]?[0-9][0-9_]*_[0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]*\.[0-9_]*_[0-9_]*")
# 08:00 is a text to both versions and 18:00 is not: one rule for both is easier to keep in mind.
_SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ \t]+)[0-9]{1,2}:.*)?")
_WORDS: dict[str, Json] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}

INTEGER_LIMIT = 2**63


class AmbiguousScalar(ValueError):
    """A plain scalar that no reader should have to guess about: `text` says what it is, and what to write instead."""

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text


def value_of(plain: str) -> Json:
    """The value of an unquoted scalar. `1e-3` is the number it plainly is; `on`, `1:20`, `010`, `.nan`, a date and
    integers past 64 bits raise `AmbiguousScalar`."""
    if plain in _WORDS:
        return _WORDS[plain]
    first = plain[0]
    if first.isascii() and (first.isdigit() or first in "+-."):
        return _number_or_text(plain)
    if len(plain) <= 3 and _SWITCH.fullmatch(plain):
        instead = "true" if plain.lower() in ("yes", "on") else "false"
        raise AmbiguousScalar(Text("flow.switch-word", value=plain, instead=instead))
    return plain


def _number_or_text(plain: str) -> Json:
    if _INTEGER.fullmatch(plain):
        if len(plain) > 20 or not -INTEGER_LIMIT <= int(plain) < INTEGER_LIMIT:
            raise AmbiguousScalar(Text("flow.integer-large"))
        return int(plain)
    if _LEADING_ZERO.fullmatch(plain):
        raise AmbiguousScalar(Text("flow.octal", value=plain))
    if _FLOAT.fullmatch(plain):
        number = float(plain)
        if number in (float("inf"), float("-inf")):
            raise AmbiguousScalar(Text("flow.number-large", value=plain))
        return number
    if _INFINITY.fullmatch(plain):
        raise AmbiguousScalar(Text("flow.no-comparable-number", value=plain))
    if _HEX.fullmatch(plain):
        if len(plain) > 18 or int(plain, 16) >= INTEGER_LIMIT:
            raise AmbiguousScalar(Text("flow.integer-large"))
        return int(plain, 16)
    if _SEXAGESIMAL.fullmatch(plain):
        raise AmbiguousScalar(Text("flow.sexagesimal", value=plain))
    if _DATE.fullmatch(plain):
        raise AmbiguousScalar(Text("flow.date", value=plain))
    if _OTHER_BASE.fullmatch(plain):
        raise AmbiguousScalar(Text("flow.other-base", value=plain))
    if _UNDERSCORE.fullmatch(plain):
        raise AmbiguousScalar(Text("flow.underscore", value=plain))
    return plain
