"""The channels of the site: their cards, their secrets, sending, and what became of each attempt."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
import msgspec

from engine.api import (
    Clock,
    Copies,
    Database,
    LiveHub,
    NoCopies,
    Readable,
    Supervisor,
    SystemClock,
    TableCache,
    Targets,
    Text,
    as_jsonb,
    connection_or_retry,
)
from engine.api import Settings as SiteSettings
from plant.alarms.attempt import Attempt
from plant.alarms.event import AlarmEvent
from plant.notifications.aliyun import send_sms
from plant.notifications.attempts import AttemptLog
from plant.notifications.card import CARDS, SECRETS, Card, Email, Robot, Settings, Sms, from_json, kind_of, shown
from plant.notifications.message_text import Wording, compose_message
from plant.notifications.outcome import Answer, PermanentFailure, TransientFailure
from plant.notifications.robots import LARGEST_BYTES, send_to_robot
from plant.notifications.smtp import send_mail

__all__ = ["Changed", "Channels", "secret_name"]

log = logging.getLogger("mcs.channels")

NOTIFY = "channels"
COPIES = "channels"
FIRST_READ_S = 1.0
DEFAULT_MAIL_TEMPLATE = (
    "设备 {sn} 在 {time} 发生 {type} 报警，浓度 {val} {unit}，报警设定值 {threshold}。{name} {location}"
)
ENGLISH_TEMPLATE = "{sn}: {type} at {time}, {val} {unit}, set point {threshold}. {name} {location}"


class Changed(Exception):
    """Somebody else has changed the card meanwhile; `card` is how it stands now."""

    def __init__(self, card: Card) -> None:
        super().__init__(f"{card.changed_by or 'somebody'} has changed the card meanwhile")
        self.card = card


def secret_name(channel: str, field: str) -> str:
    """Under which name a part of a card is among the secrets.

    >>> secret_name("robot", "secret")
    'channel-robot-secret'
    """
    return f"channel-{channel}-{field}"


class Channels:
    """A pack service. A card that is changed, here or by another worker, is the one that the next message goes by.

    While the database is away the last known cards stay in force.
    """

    def __init__(
        self,
        database: Database | None = None,
        secrets: Mapping[str, str] | None = None,
        *,
        live: LiveHub | None = None,
        clock: Clock | None = None,
        cards: Mapping[str, Card] | None = None,
        supervisor: Supervisor | None = None,
        copies: Copies | None = None,
        targets: Targets | None = None,
    ) -> None:
        """Without a database it holds just `cards` (tests, simulations)."""
        self.cards: dict[str, Card] = {name: Card(name=name, settings=settings) for name, settings in CARDS.items()}
        self.cards.update(cards or {})
        self.attempts = AttemptLog(database, supervisor)
        self.on_change: list[Callable[[], None]] = []
        self._database = database
        self._secrets: Mapping[str, str] = {} if secrets is None else secrets
        self._live = live
        self._clock: Clock = clock or SystemClock()
        self._targets = targets or Targets(SiteSettings())
        self._session: aiohttp.ClientSession | None = None
        self._turns: dict[str, asyncio.Lock] = {}
        self._copies: Copies = copies if copies is not None else NoCopies()
        self._cache: TableCache | None = None
        if database is not None:
            self._cache = TableCache("channels", database, NOTIFY, self._read, supervisor)

    async def start(self) -> None:
        """Reads the cards; waits a second for the database. Until it answers they are those of their copy on disk."""
        self.attempts.start()
        copies = await self._copies.copies(COPIES)
        if copies:
            self._take(self.cards | {name: msgspec.json.decode(body, type=Card) for name, body in copies.items()})
        if self._cache is not None:
            await self._cache.start(FIRST_READ_S)

    async def stop(self) -> None:
        """Closes connections; what was noted of attempts is written first."""
        await self.attempts.stop()
        if self._cache is not None:
            await self._cache.stop()
        if self._session is not None:
            await self._session.close()
            self._session = None

    def health(self) -> Mapping[str, Any]:
        """Degraded while a channel that is switched on does not deliver, or the cards can't be read."""
        failing = [
            name
            for name, last in self.attempts.last.items()
            if last.result != "sent" and not last.test and name in self.cards and self.cards[name].enabled
        ]
        problem: Readable = self._cache.problem if self._cache is not None else ""
        if failing:
            answer = self.attempts.last[failing[0]].answer
            problem = Text("channel.failing", channels=failing, answer=answer[:200])
        return {"status": "degraded" if problem else "ok", "problem": problem}

    def turn(self, node: str) -> asyncio.Lock:
        """One sends at a time: a node that a deploy replaces finishes its message before the new one begins."""
        return self._turns.setdefault(node, asyncio.Lock())

    def secrets_set(self, name: str, kind: str) -> dict[str, bool]:
        """{part: whether it is stored}."""
        return {field: secret_name(name, field) in self._secrets for field in SECRETS[kind]}  # type: ignore[index]

    def secret(self, channel: str, field: str) -> str:
        """A part of a card that is a secret, "" when it is not set."""
        return self._secrets.get(secret_name(channel, field), "")

    async def put(self, name: str, enabled: bool, settings: Settings, revision: int, by: str) -> Card:
        """Saves a card. Raises Changed when `revision` is not the one it stands at, RetryableError while the database is away."""
        if self._database is None:
            card = Card(name=name, enabled=enabled, settings=settings, revision=revision + 1, changed_by=by)
            self._take({**self.cards, name: card})
            return card
        async with connection_or_retry(self._database) as connection, connection.transaction():
            row = await connection.fetchrow("select * from channels where name = $1 for update", name)
            if (row["revision"] if row is not None else 0) != revision:
                raise Changed(_card(dict(row)) if row is not None else self.cards[name])
            written = await connection.fetchrow(
                "insert into channels (name, kind, enabled, settings, changed_by) values ($1, $2, $3, $4, $5) on conflict (name) do update "
                "set kind = excluded.kind, enabled = excluded.enabled, settings = excluded.settings, changed_by = excluded.changed_by, "
                "changed_at = now(), revision = channels.revision + 1 returning *",
                name,
                kind_of(settings),
                enabled,
                as_jsonb(shown(settings)),
                by,
            )
        assert written is not None
        card = _card(dict(written))
        self._take({**self.cards, name: card})
        return card

    async def send(
        self, card: Card, events: list[AlarmEvent], secrets: Mapping[str, str] | None = None
    ) -> tuple[str, Answer]:
        """(subject, the vendor's answer) for one message about these events. Raises TransientFailure or PermanentFailure; no text holds a secret.

        `secrets` are tried instead of the stored ones where given.
        """
        settings = card.settings
        kept = {field: self.secret(card.name, field) for field in SECRETS[card.kind]} | dict(secrets or {})
        message = compose_message(events, _wording(settings))
        try:
            match settings:
                case Email():
                    answer = await send_mail(settings, kept["password"], message)
                case Robot():
                    if not kept["url"]:
                        raise PermanentFailure("the card has no webhook address", "setting")
                    answer = await send_to_robot(
                        self._http(), settings.type, kept["url"], kept["secret"], message, events, self._clock.now()
                    )
                case Sms():
                    answer = await send_sms(
                        self._http(),
                        settings,
                        kept["access_key_secret"],
                        message.values,
                        self._clock.now(),
                        uuid.uuid4().hex,
                    )
        except TransientFailure as failure:
            raise TransientFailure(_masked(str(failure), kept), failure.hint, failure.after_s) from None
        except PermanentFailure as failure:
            raise PermanentFailure(_masked(str(failure), kept), failure.hint) from None
        return message.subject, Answer(_masked(answer.text, kept))

    def subject(self, card: Card, events: list[AlarmEvent]) -> str:
        """The subject that a message about these events has."""
        return compose_message(events, _wording(card.settings)).subject

    def note(self, attempt: Attempt) -> None:
        """Records an attempt, and shows it on the cards of whoever looks at them."""
        self.attempts.add(attempt)
        if self._live is not None:
            self._live.publish("channels", attempt.channel, attempt)

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = self._targets.session(limit=20)
        return self._session

    def _take(self, cards: dict[str, Card]) -> None:
        self.cards = cards
        for call in list(self.on_change):
            call()

    async def _read(self, changed: object) -> None:
        assert self._database is not None
        async with connection_or_retry(self._database, timeout_s=1.0) as connection:
            rows = await connection.fetch("select * from channels")
        cards = {name: Card(name=name, settings=settings) for name, settings in CARDS.items()}
        for row in rows:
            try:
                cards[row["name"]] = _card(dict(row))
            except ValueError as error:
                log.error("the card of channel %s can't be used: %s; save it again", row["name"], error)
        await self.attempts.load()
        for name, card in cards.items():
            self._copies.copy(COPIES, name, msgspec.json.encode(card))
        self._take(cards)


def _wording(settings: Settings) -> Wording:
    english = settings.language == "en"
    match settings:
        case Robot():
            default = Robot().template
            template = ENGLISH_TEMPLATE if english and settings.template == default else settings.template
            custom = settings.template != default
            return Wording(template, settings.language, settings.time_zone, LARGEST_BYTES[settings.type], custom)
        case _:
            template = ENGLISH_TEMPLATE if english else DEFAULT_MAIL_TEMPLATE
            return Wording(template, settings.language, settings.time_zone, 60_000)


def _card(row: dict[str, Any]) -> Card:
    return Card(
        name=row["name"],
        enabled=row["enabled"],
        settings=from_json(row["settings"]),
        revision=row["revision"],
        changed_at=row["changed_at"].timestamp(),
        changed_by=row["changed_by"],
    )


def _masked(text: str, secrets: Mapping[str, str]) -> str:
    """A vendor that echoes the request must not show its key on a page or in a log."""
    for secret in secrets.values():
        parts = [
            secret,
            *(part for part in secret.replace("?", "&").replace("=", "&").split("&")[1:] if len(part) >= 8),
        ]
        for part in parts:
            if len(part) >= 4:
                text = text.replace(part, "•••")
    return text
