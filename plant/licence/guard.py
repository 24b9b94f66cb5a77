"""The licence guard as a service: asks at the start and every day at 03:00, keeps the token, and locks or unlocks the site."""

from __future__ import annotations

import asyncio
import datetime
import logging
import math
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from engine.api import (
    BackgroundTask,
    Backoff,
    Clock,
    Database,
    Readable,
    ReadableField,
    Refusal,
    Settings,
    Supervisor,
    Suspension,
    Text,
    reason_of,
)
from plant.licence.machine import Machine, MachineUnknown
from plant.licence.status import LicenceStatus, judge
from plant.licence.store import Record, Records, write_private
from plant.licence.token import Claims, TokenRefused, open_token, read_vendor_key
from plant.licence.trusted_time import TrustedTime
from plant.licence.vendor import HttpsVendor, Question, Vendor, VendorAway, VendorRefused

__all__ = ["Licence", "LicenceView"]

log = logging.getLogger("mcs.licence")

OWNER = "licence"
BAKED_KEY = Path(__file__).parent / "vendor.pub"
"""The vendor's public key, put into the image when it is built."""
DAILY = datetime.time(3, 0)
LOOK_EVERY_S = 600.0
FIRST_RETRY_S, LAST_RETRY_S, LOCKED_RETRY_S = 60.0, 3600.0, 300.0
REFUSAL = Refusal(
    code="license_expired",
    message="License Expired",
    hint="connect the server to the Internet or enter a valid key on the Licence page; it unlocks by itself once verified",
    open=("/api/licence",),
)
HELD = "locked: the licence has expired, messages wait at their source"


class LicenceView(msgspec.Struct, kw_only=True):
    """What the Licence page shows. Times are Unix seconds; `ends` is None where nothing more ends. `code` says why the last attempt failed."""

    state: str
    light: str
    machine: str
    ends: float | None
    last_success: float | None
    customer: str
    until: float | None
    key: str
    key_from: str
    problem: ReadableField
    code: str
    next_check: float | None
    clock_behind_s: float
    server: str
    evaluation_build: bool
    """The build carries no vendor's key: it takes licences of whoever the settings name, so it is no product, and every page says so."""


class Licence:
    """Knows how the site stands. Locked, the sources are held and the API is closed; a success opens both again within the same turn."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        suspension: Suspension,
        database: Database | None = None,
        supervisor: Supervisor | None = None,
    ) -> None:
        self._clock = clock
        self._zone = settings.time_zone
        self._suspension = suspension
        self._folder = settings.data / "licence"
        self._given_key = settings.licence_key.reveal() if settings.licence_key else ""
        self._key = ""
        self._server = settings.licence_url or ""
        self._vendor: Vendor | None = (
            HttpsVendor(settings.licence_url, settings.licence_ca_file) if settings.licence_url else None
        )
        self._setup_problem: Readable = ""
        self._vendor_key = self._read_vendor_key(settings.licence_vendor_key)
        try:
            self._machine = Machine.read(settings.machine_id)
            self._known_machine = True
        except MachineUnknown as unknown:
            self._machine, self._known_machine = Machine.unknown(), False
            self._setup_problem = reason_of(unknown)
        self._records = Records(self._folder, database, self._machine)
        self._time = TrustedTime(clock)
        self._first_start = 0.0
        self._token: Claims | None = None
        self._problem: Readable = ""
        self._code = ""
        self._backoff = Backoff(clock, first_s=FIRST_RETRY_S, longest_s=LAST_RETRY_S)
        self._ask_at = 0.0
        self._written_at = -math.inf
        self._locked = False
        self._asking = asyncio.Lock()
        self._woken = asyncio.Event()
        self._task = BackgroundTask("licence", self._keep, supervisor)

    @property
    def machine(self) -> str:
        """The fingerprint that the vendor is told."""
        return self._machine.fingerprint

    @property
    def status(self) -> LicenceStatus:
        """How the site stands now."""
        return judge(self._time.now(), self._token, self._first_start)

    async def start(self) -> None:
        """Judges by what is on the disk before any flow starts, then asks the vendor in the background."""
        self._key = self._given_key or self._stored_key()
        record = await self._records.read()
        now = self._clock.now()
        # A site whose records are gone has first started when its tables were made.
        self._first_start = min(now, await self._records.tables_made_at()) if record is None else record.first_start
        if record is not None:
            self._time.start(record.seen)
        self._token = self._stored_token()
        if self._token is not None:
            self._time.at_least(self._token.issued)
        if not BAKED_KEY.is_file():
            log.warning("this build carries no vendor's key: it is for evaluation, and every page says so")
        await self._act()
        await self._remember()
        self._task.start()

    async def stop(self) -> None:
        """Writes down how late it is, and ends."""
        await self._task.stop()
        await self._remember()

    def health(self) -> Mapping[str, Any]:
        """`locked`, `degraded` while the vendor has not answered for a day, else `ok`; an evaluation says when it ends."""
        status = self.status
        level = {"locked": "locked", "grace": "degraded"}.get(status.state, "ok")
        facts: dict[str, Any] = {"status": level, "state": status.state, "light": status.light}
        if not BAKED_KEY.is_file():
            facts["build"] = "evaluation"
        if math.isfinite(status.ends):
            facts["ends"] = _iso(status.ends)
        problem = self._describe(status)
        return {**facts, "problem": problem} if problem else facts

    def view(self) -> LicenceView:
        """For the page; it never holds the key, only its last characters."""
        status, token = self.status, self._token
        return LicenceView(
            state=status.state,
            light=status.light,
            machine=self.machine if self._known_machine else "",
            ends=status.ends if math.isfinite(status.ends) else None,
            last_success=token.issued if token else None,
            customer=token.customer if token else "",
            until=token.until if token else None,
            key=f"…{self._key[-5:]}" if self._key else "",
            key_from="" if not self._key else "settings" if self._given_key else "page",
            problem=self._describe(status),
            code=self._code,
            next_check=self._ask_at if math.isfinite(self._ask_at) and self._ask_at else None,
            clock_behind_s=self._time.behind_s,
            server=self._server,
            evaluation_build=not BAKED_KEY.is_file(),
        )

    async def use_key(self, key: str) -> LicenceView:
        """Keeps another licence key and asks with it at once. ValueError when the settings give the key, OSError when it can't be kept."""
        if self._given_key:
            raise ValueError(Text("licence.key-from-settings"))
        write_private(self._folder / "key", key.encode())
        self._key = key
        self._token = self._stored_token()
        return await self.ask_now()

    async def use_vendor(self, vendor: Vendor, vendor_key: Ed25519PublicKey, key: str) -> None:
        """Asks another vendor from now on; for a demonstration that brings its own. A build that carries a vendor's key refuses (ValueError)."""
        if BAKED_KEY.is_file():
            raise ValueError(Text("licence.vendor-only"))
        self._vendor, self._vendor_key, self._key, self._given_key = vendor, vendor_key, key, key
        self._server, self._setup_problem = "demo", ""
        self._token = self._stored_token()
        await self.ask_now()

    async def ask_now(self) -> LicenceView:
        """Asks the vendor now, and acts on the answer."""
        await self._ask()
        await self._act()
        await self._remember()
        self._woken.set()
        return self.view()

    async def _keep(self) -> None:
        while True:
            if self._time.now() >= self._ask_at:
                await self._ask()
            await self._act()
            if self._time.now() - self._written_at >= LOOK_EVERY_S:
                await self._remember()
            now = self._time.now()
            self._woken.clear()
            await self._sleep(max(1.0, min(self._ask_at - now, self.status.ends - now, LOOK_EVERY_S)))

    async def _sleep(self, delay_s: float) -> None:
        timer = self._clock.call_later(delay_s, self._woken.set)
        try:
            await self._woken.wait()
        finally:
            timer.cancel()

    async def _ask(self) -> None:
        async with self._asking:
            problem, code = await self._asked()
            now = self._time.now()
            if not problem:
                self._backoff.reset()
                self._ask_at = self._next_daily(now)
            elif code in ("no_key", "setup"):
                self._ask_at = math.inf
            else:
                limit = LOCKED_RETRY_S if self.status.state == "locked" else LAST_RETRY_S
                self._ask_at = min(now + min(self._backoff.next_s(), limit), self._next_daily(now))
            if problem and problem != self._problem:
                log.warning("the licence was not verified: %s", problem)
            self._problem, self._code = problem, code

    async def _asked(self) -> tuple[Readable, str]:
        """Why it did not work and a code for that; both empty after a success."""
        if self._setup_problem:
            return self._setup_problem, "setup"
        if not self._key:
            return Text("licence.no-key"), "no_key"
        if self._vendor is None or self._vendor_key is None:
            missing = "MCS_LICENCE_URL" if self._vendor is None else "MCS_LICENCE_VENDOR_KEY"
            return Text("licence.no-setting", setting=missing), "setup"
        nonce, key = secrets.token_hex(16), self._key
        try:
            text = await self._vendor.ask(Question(machine=self.machine, key=key, nonce=nonce))
            token = open_token(text, self._vendor_key, machine=self.machine, key=key, nonce=nonce)
        except VendorAway as away:
            return reason_of(away), "away"
        except VendorRefused as refused:
            return Text("licence.refused", reason=str(refused)), refused.code
        except TokenRefused as refused:
            return reason_of(refused), "token"
        self._token = token
        self._time.put_right(token.issued)
        try:
            write_private(self._folder / "token.json", text)
        except OSError as failure:
            log.error("the licence token can't be kept: %s", failure)
        return "", ""

    async def _act(self) -> None:
        """Locks or unlocks; both say the same again without harm."""
        locked = self.status.state == "locked"
        if locked and not self._locked:
            log.error("the site is locked: %s", self._describe(self.status))
            self._locked = True
            await self._suspension.close_api(OWNER, REFUSAL)
            await self._suspension.hold_sources(OWNER, HELD)
        elif self._locked and not locked:
            log.warning("the site is unlocked: the licence was verified")
            self._locked = False
            self._suspension.open_api(OWNER)
            await self._suspension.release(OWNER)

    async def _remember(self) -> None:
        self._written_at = self._time.now()
        record = Record(first_start=self._first_start, seen=self._written_at)
        try:
            self._records.write_file(record)
        except OSError as failure:
            log.error("the licence record can't be kept: %s", failure)
        await self._records.write_database(record)

    def _stored_key(self) -> str:
        try:
            return (self._folder / "key").read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return ""

    def _stored_token(self) -> Claims | None:
        if self._vendor_key is None or not self._key or not self._known_machine:
            return None
        try:
            text = (self._folder / "token.json").read_bytes()
        except OSError:
            return None
        try:
            return open_token(text, self._vendor_key, machine=self.machine, key=self._key)
        except TokenRefused as refused:
            log.warning("token.json does not count: %s", refused)
            return None

    def _read_vendor_key(self, given: str | None) -> Ed25519PublicKey | None:
        baked = BAKED_KEY.read_text(encoding="ascii").strip() if BAKED_KEY.is_file() else ""
        if baked and given and given.strip() != baked:
            self._setup_problem = Text("licence.other-vendor")
        text = baked or given
        if not text:
            return None
        try:
            return read_vendor_key(text)
        except ValueError as wrong:
            self._setup_problem = Text("licence.vendor-key", reason=reason_of(wrong))
            return None

    def _describe(self, status: LicenceStatus) -> Readable:
        sentences: list[Readable] = []
        if status.state == "evaluation":
            sentences.append(Text("licence.evaluation", ends=_iso(status.ends)))
        elif status.state == "grace":
            sentences.append(Text("licence.grace", ends=_iso(status.ends)))
        elif status.state == "locked":
            sentences.append(Text("licence.locked"))
        if self._problem:
            sentences.append(self._problem)
        if self._time.behind_s:
            sentences.append(Text("licence.clock-back"))
        return Text("licence.all", sentences=sentences) if sentences else ""

    def _next_daily(self, now: float) -> float:
        local = datetime.datetime.fromtimestamp(now, self._zone)
        day = local.date()
        while True:
            at = datetime.datetime.combine(day, DAILY, self._zone).timestamp()
            if at > now:
                return at
            day += datetime.timedelta(days=1)


def _iso(moment: float) -> str:
    return datetime.datetime.fromtimestamp(moment, datetime.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
