"""Archive files as the site writes them, with whatever a test wants in them."""

from __future__ import annotations

import datetime
import gzip
from collections.abc import Iterable

__all__ = ["HEADER", "MARCH", "archive", "day_of", "line"]

HEADER = "sn,time,seq,v_raw,temp,humi,bat,rssi,net,err,conc,conc_raw,flags,received_at,extra"
MARCH = datetime.datetime(2026, 3, 6, tzinfo=datetime.UTC)


def line(sn: str = "GS001", at_s: float = 0.0, seq: int = 0, **values: object) -> str:
    """One reading, `at_s` seconds into 6 March (UTC)."""
    at = f"{MARCH + datetime.timedelta(seconds=at_s):%Y-%m-%d %H:%M:%S}+00"
    usual = {
        "v_raw": 2000,
        "temp": 22.5,
        "humi": 45,
        "bat": 88,
        "rssi": -70,
        "net": "4G",
        "err": 0,
        "conc": 5,
        "conc_raw": 5,
    }
    told = {**usual, "flags": 0, "received_at": at, "extra": "", **values}
    return ",".join([sn, at, str(seq), *map(str, told.values())])


def archive(lines: Iterable[str], header: str = HEADER) -> bytes:
    """The file."""
    return gzip.compress("".join(f"{one}\n" for one in (header, *lines)).encode(), 6, mtime=0)


def day_of(sn: str, day: int = 6, every_s: int = 60, **values: object) -> bytes:
    """A day of March of one device that has nothing special but its values."""
    begin = (day - 6) * 86400
    first = begin // every_s
    return archive(
        line(sn, begin + n * every_s, (first + n) % 65536, **{"v_raw": 2000 + n % 7, **values})
        for n in range(86400 // every_s)
    )
