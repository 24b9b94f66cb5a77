"""Values on their way between messages and PostgreSQL: nothing is guessed, and what doesn't fit is said."""

from __future__ import annotations

import datetime
import decimal
import math
import uuid
from typing import Any

import msgspec

from engine.api import UNSET, PermanentError, Text

__all__ = ["as_parameter", "as_plain"]

WHOLE = {"int2": 16, "int4": 32, "int8": 64}
TIMES = {"timestamptz", "timestamp"}
TEXTS = {"text", "varchar", "bpchar", "name"}


def as_parameter(value: Any, kind: str, place: str) -> Any:
    """The value as asyncpg wants it for a parameter of that type. PermanentError names the place. A missing value is null."""
    if value is UNSET or value is None:
        return None
    try:
        return _converted(value, kind)
    except (TypeError, ValueError, OverflowError, OSError, decimal.InvalidOperation, RecursionError) as wrong:
        shown = repr(value)
        shown = shown if len(shown) <= 80 else shown[:77] + "…"
        raise PermanentError(Text("postgres.parameter", place=place, type=kind, value=shown)) from wrong


def as_plain(value: Any, kind: str) -> Any:
    """The value as JSON-like data: times in Unix seconds, intervals in seconds, bytes as they are."""
    if value is None or isinstance(value, (bool, int, float, bytes)):
        return value
    if isinstance(value, str):
        return msgspec.json.decode(value) if kind in ("json", "jsonb") else value
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, datetime.datetime):
        return _seconds(value)
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, list):
        return [as_plain(one, kind.removesuffix("[]")) for one in value]
    return str(value)


def _converted(value: Any, kind: str) -> Any:
    if kind in ("json", "jsonb"):
        return msgspec.json.encode(value).decode()
    if kind.endswith("[]"):
        if not isinstance(value, (list, tuple)):
            raise TypeError
        return [None if one is None else _converted(one, kind[:-2]) for one in value]
    if isinstance(value, bool) is not (kind == "bool"):
        raise TypeError
    if kind in WHOLE:
        return _whole(value, WHOLE[kind])
    if kind in ("float4", "float8", "numeric"):
        if not isinstance(value, (int, float, decimal.Decimal)):
            raise TypeError
        return decimal.Decimal(str(value)) if kind == "numeric" else float(value)
    if kind in TIMES:
        moment = _moment(value)
        return moment if kind == "timestamptz" else moment.astimezone(datetime.UTC).replace(tzinfo=None)
    if kind in TEXTS and (not isinstance(value, str) or "\x00" in value):
        raise TypeError
    if kind == "date" and isinstance(value, str):
        return datetime.date.fromisoformat(value)
    if kind == "interval":
        return datetime.timedelta(seconds=value)
    if kind == "uuid":
        return uuid.UUID(value)
    if kind == "bytea":
        return value.encode() if isinstance(value, str) else bytes(memoryview(value))
    return value


def _whole(value: Any, bits: int) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or not -(1 << (bits - 1)) <= value < 1 << (bits - 1):
        raise TypeError
    return value


def _moment(value: Any) -> datetime.datetime:
    if isinstance(value, str):
        moment = datetime.datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(Text("postgres.no-zone"))
        return moment
    if isinstance(value, datetime.datetime):
        return value
    return datetime.datetime.fromtimestamp(value, datetime.UTC)


def _seconds(moment: datetime.datetime) -> float | None:
    """PostgreSQL's infinity comes as the last moment of the calendar; a time without zone is meant as UTC."""
    if moment.replace(tzinfo=None) in (datetime.datetime.max, datetime.datetime.min):  # noqa: DTZ901 - infinity has no zone
        return math.inf if moment.year > 1 else -math.inf
    return (moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)).timestamp()
