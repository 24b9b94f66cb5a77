"""/api/channels: the cards of Settings → Alarms, a test with the vendor's real answer, and every attempt to notify people."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from engine.api import ApiError, Call, Clock, Nothing, Route, SecretsStore, Text
from plant.alarms.attempt import Attempt, AttemptRecord, Result
from plant.alarms.event import AlarmEvent
from plant.notifications.card import (
    ASK_AGAIN,
    EMPTY,
    SECRETS,
    Card,
    Email,
    Kind,
    Settings,
    faults,
    invalid_url_reason,
    target,
)
from plant.notifications.outcome import PermanentFailure, TransientFailure
from plant.notifications.service import Changed, Channels, secret_name
from plant.notifications.template import VARIABLES, Fault

__all__ = ["ROUTES"]

TEST_WITHIN_S = 45.0
SecretText = Annotated[str, Meta(max_length=2000)]
Secrets = Annotated[dict[str, SecretText | None], Meta(max_length=10)]


class CardView(msgspec.Struct, kw_only=True):
    """A card. Of its secrets only whether they are set is told; `host` is where a robot's address leads, without its key."""

    name: str
    kind: Kind
    enabled: bool
    settings: Settings
    secrets: dict[str, bool]
    host: str
    revision: int
    changed_at: float | None
    changed_by: str
    last: Attempt | None


class Variable(msgspec.Struct):
    """A variable of message templates."""

    name: str
    zh: str
    en: str


class CardList(msgspec.Struct):
    """All cards, and what a template may hold."""

    cards: list[CardView]
    variables: list[Variable]


class CardChange(msgspec.Struct, forbid_unknown_fields=True):
    """A card as it is to be. Secrets that are left out stay, null removes. `revision` is the one that was seen (409 otherwise)."""

    enabled: bool
    settings: Settings
    revision: Annotated[int, Meta(ge=0, le=2**31 - 1)]
    secrets: Secrets = {}


class CardTrial(msgspec.Struct, forbid_unknown_fields=True):
    """What is on the card but not saved yet; what is left out is taken as it is saved."""

    settings: Settings | None = None
    secrets: Secrets = {}


class CardAnswer(msgspec.Struct):
    """The vendor's answer, word for word, and how long it took, s. `hint` says what kind of trouble it is."""

    result: Result
    answer: str
    hint: str
    subject: str
    seconds: float


class AttemptQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which attempts."""

    channel: Annotated[str, Meta(max_length=32)] = ""
    result: Literal["", "sent", "again", "refused"] = ""
    before: Annotated[int, Meta(ge=0, le=2**62)] | None = None
    limit: Annotated[int, Meta(ge=1, le=500)] = 50


async def list_cards(call: Call[Nothing]) -> CardList:
    """All cards, without their secrets."""
    channels = call.service(Channels)
    variables = [Variable(name, zh, en) for name, (zh, en) in VARIABLES.items()]
    return CardList([_view(channels, card) for card in channels.cards.values()], variables)


async def put_card(call: Call[CardChange]) -> CardView:
    """Save a card; the next message goes by it."""
    channels, given, name = call.service(Channels), call.given, call.path("name")
    card = _card(channels, name)
    _check_kind(card, given.settings)
    stored = {field: channels.secret(name, field) for field in SECRETS[card.kind]}
    after = {**stored, **{field: text or "" for field, text in given.secrets.items()}}
    _refuse(
        _moved(card, stored, given.settings, given.secrets)
        | _faults(given.settings, given.enabled, given.secrets, after, card.kind)
    )
    set_or_gone = {field: "set" if text else "removed" for field, text in given.secrets.items()}
    call.details = {"enabled": given.enabled, "secrets": set_or_gone}
    try:
        saved = await channels.put(name, given.enabled, given.settings, given.revision, call.who.user)
    except Changed as changed:
        raise ApiError(
            409, "conflict", Text("channel.stale"), more={"card": _view(channels, changed.card)}
        ) from changed
    store = call.service(SecretsStore)
    for field, text in given.secrets.items():
        if text:
            await store.set(secret_name(name, field), text, call.who.user)
        else:
            await store.remove(secret_name(name, field))
    return _view(channels, saved)


async def test_card(call: Call[CardTrial]) -> CardAnswer:
    """Send a test message by the card, and show what the vendor says."""
    channels, given, name = call.service(Channels), call.given, call.path("name")
    card = _card(channels, name)
    clock: Clock = call.server.clock
    settings = given.settings if given.settings is not None else card.settings
    _check_kind(card, settings)
    secrets = {field: text or "" for field, text in given.secrets.items()}
    stored = {field: channels.secret(name, field) for field in SECRETS[card.kind]}
    after = {**stored, **secrets}
    _refuse(_moved(card, stored, settings, given.secrets) | _faults(settings, True, given.secrets, after, card.kind))
    tried = Card(name=name, enabled=True, settings=settings)
    event = _example(clock.now(), call.who.user)
    began = clock.monotonic()
    result: Result = "sent"
    hint, subject = "", channels.subject(tried, [event])
    try:
        subject, taken = await channels.send(tried, [event], secrets)
        answer = taken.text
    except TransientFailure as failure:
        result, answer, hint = "again", str(failure), failure.hint
    except PermanentFailure as failure:
        result, answer, hint = "refused", str(failure), failure.hint
    channels.note(
        Attempt(
            at=clock.now(),
            channel=name,
            attempt=1,
            result=result,
            answer=answer,
            hint=hint,
            subject=subject,
            test=True,
        )
    )
    call.details = {"result": result}
    return CardAnswer(result, answer, hint, subject, round(clock.monotonic() - began, 3))


async def list_attempts(call: Call[AttemptQuery]) -> list[AttemptRecord]:
    """Every attempt to notify people, with the vendor's answer, the latest first."""
    given = call.given
    return await call.service(Channels).attempts.entries(
        channel=given.channel, result=given.result, before=given.before, limit=given.limit
    )


def _card(channels: Channels, name: str) -> Card:
    card = channels.cards.get(name)
    if card is None:
        raise ApiError(404, "not_found", Text("channel.none", name=name[:40], known=list(channels.cards)))
    return card


def _view(channels: Channels, card: Card) -> CardView:
    host = ""
    if card.kind == "robot":
        try:
            host = urlsplit(channels.secret(card.name, "url")).hostname or ""
        except ValueError:
            host = ""
    return CardView(
        name=card.name,
        kind=card.kind,
        enabled=card.enabled,
        settings=card.settings,
        secrets=channels.secrets_set(card.name, card.kind),
        host=host,
        revision=card.revision,
        changed_at=card.changed_at,
        changed_by=card.changed_by,
        last=channels.attempts.last.get(card.name),
    )


def _check_kind(card: Card, settings: Settings) -> None:
    if Card(name=card.name, settings=settings).kind != card.kind:
        raise ApiError(422, "bad_card", Text("channel.kind", name=card.name, kind=card.kind))


def _faults(
    settings: Settings, enabled: bool, given: dict[str, str | None], after: dict[str, str], kind: Kind
) -> dict[str, Fault]:
    """{field: what is wrong}, secrets among them."""
    found = faults(settings, enabled)
    for field in given:
        if field not in SECRETS[kind]:
            known = ", ".join(SECRETS[kind])
            found[field] = Fault("no_secret", f"is no secret of this card; there are {known}", known)
    url = after.get("url", "")
    fault = invalid_url_reason(url) if kind == "robot" and url else None
    if fault is not None:
        found["url"] = fault
    if enabled:
        needed = {"robot": "url", "sms": "access_key_secret", "email": "password" if _signs_in(settings) else ""}[kind]
        if needed and not after.get(needed):
            found[needed] = EMPTY
    return found


def _moved(card: Card, stored: dict[str, str], settings: Settings, given: dict[str, str | None]) -> dict[str, Fault]:
    """The stored secrets that would go elsewhere than where they were entered for: whoever changes the address has to know them."""
    try:
        same = target(card.settings, stored.get("url", "")) == target(
            settings, given.get("url") or stored.get("url", "")
        )
    except ValueError:
        return {}  # an address that is none; told as such
    return {} if same else {field: ASK_AGAIN for field, text in stored.items() if text and field not in given}


def _signs_in(settings: Settings) -> bool:
    return isinstance(settings, Email) and bool(settings.account)


def _refuse(found: dict[str, Fault]) -> None:
    if found:
        field, fault = next(iter(found.items()))
        raise ApiError(
            422, "bad_card", Text("channel.fault", field=field, reason=fault.message), more={"fields": found}
        )


def _example(now: float, user: str) -> AlarmEvent:
    return AlarmEvent(
        id=f"test/{now:.3f}",
        sn="TEST001",
        type="A1",
        kind="test",
        state="unacknowledged",
        at=now,
        raised_at=now,
        priority="low",
        value=25.0,
        unit="ppm",
        threshold=20.0,
        notified=True,
        by=user,
    )


_ONE = "/api/channels/{name}"

ROUTES = (
    Route(method="GET", path="/api/channels", role="admin", handler=list_cards, answer=CardList),
    Route(
        method="GET",
        path="/api/channels/attempts",
        role="operator",
        handler=list_attempts,
        given=AttemptQuery,
        answer=list[AttemptRecord],
    ),
    Route(
        method="PUT",
        path=_ONE,
        role="admin",
        handler=put_card,
        given=CardChange,
        answer=CardView,
        refusals=(404, 409, 422),
        action="channel.change",
    ),
    Route(
        method="POST",
        path=f"{_ONE}/test",
        role="admin",
        handler=test_card,
        given=CardTrial,
        answer=CardAnswer,
        refusals=(404, 422),
        action="channel.test",
        time_limit_s=TEST_WITHIN_S,
    ),
)
