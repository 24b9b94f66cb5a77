"""An attempt to notify people of alarms: as it is noted, and as the table `notifications` gives it back."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

__all__ = ["ATTEMPT_COLUMNS", "Attempt", "AttemptRecord", "Result"]

Result = Literal["sent", "again", "refused"]

# The columns of a AttemptRecord.
ATTEMPT_COLUMNS: Final = (
    "id, extract(epoch from at)::float8 as at, channel, attempt, result, answer, hint, subject, count, test"
)


class Attempt(Struct, frozen=True, kw_only=True):
    """One attempt. `events` are ids of `alarm_events`; `count` of them, as many as the message is about."""

    at: float
    channel: str
    attempt: int
    result: Result
    answer: str
    hint: str = ""
    subject: str
    events: list[str] = []
    count: int = 1
    test: bool = False


class AttemptRecord(Struct, kw_only=True):
    """One attempt with the vendor's answer; `count` is how many alarms the message is about."""

    id: int
    at: float
    channel: str
    attempt: int
    result: Result
    answer: str
    hint: str
    subject: str
    count: int
    test: bool
