"""What a plain YAML scalar means, refusing those that YAML 1.1 and 1.2 read differently."""

import re

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


class Ambiguous(ValueError):
    """A plain scalar that no reader should have to guess about: `what` it is, and the `hint` to write instead."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


def value_of(plain: str) -> Json:
    """The value of an unquoted scalar. `1e-3` is the number it plainly is; `on`, `1:20`, `010`, `.nan`, a date and
    integers past 64 bits raise `Ambiguous`."""
    if plain in _WORDS:
        return _WORDS[plain]
    first = plain[0]
    if first.isascii() and (first.isdigit() or first in "+-."):
        return _number_or_text(plain)
    if len(plain) <= 3 and _SWITCH.fullmatch(plain):
        instead = "true" if plain.lower() in ("yes", "on") else "false"
        raise Ambiguous(
            f"`{plain}` means {instead} to YAML 1.1 and a text to YAML 1.2", f'quote it ("{plain}"), or write {instead}'
        )
    return plain


def _number_or_text(plain: str) -> Json:
    if _INTEGER.fullmatch(plain):
        if len(plain) > 20 or not -INTEGER_LIMIT <= int(plain) < INTEGER_LIMIT:
            raise Ambiguous("the integer has more than 64 bits", "quote it if it is a text such as a serial number")
        return int(plain)
    if _LEADING_ZERO.fullmatch(plain):
        raise Ambiguous(
            f"`{plain}` is an octal number to YAML 1.1 and a decimal one to YAML 1.2",
            f'quote it ("{plain}"), or write the number without leading zeros',
        )
    if _FLOAT.fullmatch(plain):
        number = float(plain)
        if number in (float("inf"), float("-inf")):
            raise Ambiguous(f"`{plain}` is larger than any number the engine can hold", "write a smaller number")
        return number
    if _INFINITY.fullmatch(plain):
        raise Ambiguous(f"`{plain}` is not a number one can compare with", "leave the field out, or write a number")
    if _HEX.fullmatch(plain):
        if len(plain) > 18 or int(plain, 16) >= INTEGER_LIMIT:
            raise Ambiguous("the integer has more than 64 bits", "quote it if it is a text")
        return int(plain, 16)
    for pattern, what, hint in (
        (
            _SEXAGESIMAL,
            "is in the form of a number in base 60 to YAML 1.1 and a text to YAML 1.2",
            'quote it ("{0}"); for a duration write the number of seconds',
        ),
        (_DATE, "is a date to YAML 1.1 and a text to YAML 1.2", 'quote it ("{0}")'),
        (
            _OTHER_BASE,
            "is a number in one YAML version and a text in the other",
            'quote it ("{0}"), or write it in decimal',
        ),
        (_UNDERSCORE, "is a number to YAML 1.1 and a text to YAML 1.2", 'quote it ("{0}"), or leave out the `_`'),
    ):
        if pattern.fullmatch(plain):
            raise Ambiguous(f"`{plain}` {what}", hint.format(plain))
    return plain
