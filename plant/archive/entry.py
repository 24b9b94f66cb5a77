"""What the ledger knows of one archive file: which device and day, how much is in it, and how far it has come."""

from __future__ import annotations

import datetime
from typing import Literal
from urllib.parse import quote

import msgspec

__all__ = ["FOLDER", "ArchiveFile", "State", "file_name"]

State = Literal["selected", "filed", "uploaded", "verified", "cleaned"]
"""selected: rows are in the table only; filed: on disk too; uploaded, verified: in the bucket too; cleaned: in the bucket only."""

FOLDER = "archive"
"""Where files wait for their upload, in MCS_DATA/files."""


class ArchiveFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file and the rows in it. Days are UTC days, as the partitions of the table are.

    part         1, or more for rows that came after the day had been archived
    path         the file on this machine, within MCS_DATA/files
    size_bytes, md5 (hex)   of the compressed file
    fingerprint  of the rows: see `plant.archive.rows`
    first_time, last_time   event times of its first and last row, Unix seconds
    bucket, object_key      where it is in the object store, once it has been uploaded
    etag         what the store said of it
    """

    sn: str
    day: str
    part: int = 1
    name: str = ""
    path: str = ""
    state: State = "selected"
    rows: int = 0
    size_bytes: int = 0
    md5: str = ""
    fingerprint: str = ""
    first_time: float | None = None
    last_time: float | None = None
    bucket: str = ""
    object_key: str = ""
    etag: str = ""

    @property
    def date(self) -> datetime.date:
        """The day as a date."""
        return datetime.date.fromisoformat(self.day)

    @property
    def begins(self) -> datetime.datetime:
        """The first moment of the day."""
        return datetime.datetime.fromisoformat(self.day).replace(tzinfo=datetime.UTC)

    @property
    def ends(self) -> datetime.datetime:
        """The first moment of the next day."""
        return self.begins + datetime.timedelta(days=1)


def file_name(sn: str, day: str, part: int = 1) -> str:
    """`archive_{sn}_{date}.csv.gz`; rows that came late are in `archive_{sn}_{date}_2.csv.gz` and so on.

    What a file name can't hold is written as in a web address (`%2F`).
    """
    return f"archive_{quote(sn, safe='')}_{day}{'' if part == 1 else f'_{part}'}.csv.gz"
