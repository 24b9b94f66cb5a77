"""How long the certificates of broker and proxy are good for, for the health page: devices are refused on the day they end."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography import x509

from engine.core.clock import Clock
from engine.texts.text import Text

__all__ = ["Certificates"]

SOON_DAYS = 14.0
READ_EVERY_S = 60.0
DAY_S = 86_400.0


class Certificates:
    """Of PEM files, the first certificate in each; read again once a minute at most, as renewal replaces them."""

    def __init__(self, files: Sequence[Path], clock: Clock) -> None:
        self._files = files
        self._clock = clock
        self._ends: dict[Path, datetime.datetime | str] = {}
        self._read_at = -READ_EVERY_S

    def health(self) -> Mapping[str, Any]:
        """{"status", "problem", "days_left"}; degraded fourteen days before the first of them ends, and when one can't be read."""
        if self._clock.monotonic() - self._read_at >= READ_EVERY_S:
            self._read_at = self._clock.monotonic()
            self._ends = {file: _end(file) for file in self._files}
        now = datetime.datetime.fromtimestamp(self._clock.now(), datetime.UTC)
        days = {
            file: (end - now).total_seconds() / DAY_S for file, end in self._ends.items() if not isinstance(end, str)
        }
        problems = [
            Text("runtime.certificate-unreadable", file=str(file), reason=reason)
            for file, reason in self._ends.items()
            if isinstance(reason, str)
        ]
        problems += [
            Text("runtime.certificate-ends", file=str(file), days=int(left))
            for file, left in days.items()
            if 0 <= left < SOON_DAYS
        ]
        problems += [Text("runtime.certificate-ended", file=str(file)) for file, left in days.items() if left < 0]
        least = {"days_left": round(min(days.values()), 1)} if days else {}
        return {"status": "degraded" if problems else "ok", "problem": problems[-1] if problems else "", **least}


def _end(file: Path) -> datetime.datetime | str:
    """When its certificate ends, or why that can't be told."""
    try:
        return x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc
    except OSError as failure:
        return failure.strerror or str(failure)
    except ValueError:
        return "no certificate in PEM"
