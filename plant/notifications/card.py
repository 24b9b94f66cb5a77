"""A card of Settings → Alarms: what is set up for one channel, without its secrets."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta, Struct

from plant.notifications.template import Fault, invalid_template_reason

__all__ = [
    "ASK_AGAIN",
    "CARDS",
    "DEFAULT_TEMPLATE",
    "EMPTY",
    "SECRETS",
    "Card",
    "Email",
    "Kind",
    "Robot",
    "Settings",
    "Sms",
    "addresses",
    "invalid_url_reason",
    "target",
]

Kind = Literal["email", "robot", "sms"]
DEFAULT_TEMPLATE: Final = "设备 {sn} 在 {time} 发生 {type} 报警，浓度 {val} {unit}"
SECRETS: Final[dict[Kind, tuple[str, ...]]] = {
    "email": ("password",),
    "robot": ("url", "secret"),
    "sms": ("access_key_secret",),
}
"""The parts of a card that only go in: the address of a robot too, because it carries the robot's key."""

_MAIL = re.compile(r"[^\s@;,<>\"()\\]+@[^\s@;,<>\"()\\]+")
_PHONE = re.compile(r"\+?\d{5,20}")
_HOST = re.compile(r"[A-Za-z0-9.:_-]+")
Short = Annotated[str, Meta(max_length=200)]


class _Common(Struct, forbid_unknown_fields=True, kw_only=True):
    """What every card has besides its own fields: in which language and time zone people are written to."""

    language: Literal["zh", "en"] = "zh"
    time_zone: Short = "Asia/Shanghai"


class Email(_Common, tag="email", tag_field="kind"):
    """SMTP. Port 465 speaks TLS from the first byte, 587 and others begin with STARTTLS, unless `security` says otherwise.
    Several recipients are parted by semicolons; `sender` is the account unless given."""

    server: Short = ""
    port: Annotated[int, Meta(ge=1, le=65535)] = 465
    security: Literal["auto", "tls", "starttls", "none"] = "auto"
    account: Short = ""
    sender: Short = ""
    recipients: Annotated[str, Meta(max_length=4000)] = ""


class Robot(_Common, tag="robot", tag_field="kind"):
    """A webhook. Its address and its signing secret are among the secrets."""

    type: Literal["dingtalk", "feishu", "wecom", "custom"] = "dingtalk"
    template: Annotated[str, Meta(max_length=2000)] = DEFAULT_TEMPLATE


class Sms(_Common, tag="sms", tag_field="kind"):
    """Aliyun SMS. `parameters` fills the variables of the approved template; `phones` are parted by semicolons.
    `endpoint` is another region's, or a gateway of one's own."""

    provider: Literal["aliyun"] = "aliyun"
    access_key_id: Short = ""
    sign_name: Short = ""
    template_code: Short = ""
    phones: Annotated[str, Meta(max_length=4000)] = ""
    parameters: dict[Annotated[str, Meta(max_length=64)], Short] = msgspec.field(
        default_factory=lambda: {"sn": "{sn}", "time": "{time}", "type": "{type}", "val": "{val}"}
    )
    endpoint: Short = "https://dysmsapi.aliyuncs.com"


Settings = Email | Robot | Sms


class Card(Struct, kw_only=True):
    """One channel. `revision` is 0 while it was never saved."""

    name: str
    enabled: bool = False
    settings: Settings
    revision: int = 0
    changed_at: float | None = None
    changed_by: str = ""

    @property
    def kind(self) -> Kind:
        """email, robot or sms."""
        return kind_of(self.settings)


CARDS: Final[dict[str, Settings]] = {"email": Email(), "robot": Robot(), "sms": Sms()}
"""The cards that every site has, as they are before anybody has filled them in."""


def kind_of(settings: Settings) -> Kind:
    """email, robot or sms."""
    return "email" if isinstance(settings, Email) else "robot" if isinstance(settings, Robot) else "sms"


def addresses(text: str) -> list[str]:
    """What stands between semicolons (also the full-width one), each once.

    >>> addresses("a@b.cn; c@d.cn；a@b.cn;")
    ['a@b.cn', 'c@d.cn']
    """
    return list(dict.fromkeys(part.strip() for part in re.split("[;；]", text) if part.strip()))


def target(settings: Settings, url: str) -> tuple[str, ...]:
    """Where a card's secrets go, and how well they are kept on the way. `url` is a robot's address.

    >>> target(Email(server="SMTP.example.com"), "")
    ('smtp.example.com', '465', 'auto')
    >>> target(Robot(), "https://oapi.dingtalk.com/robot/send?access_token=x")
    ('https', 'oapi.dingtalk.com')
    """
    match settings:
        case Email():
            return settings.server.lower(), str(settings.port), settings.security
        case Robot():
            parts = urlsplit(url)
            return parts.scheme, parts.netloc.rpartition("@")[2].lower()
        case Sms():
            parts = urlsplit(settings.endpoint)
            return parts.scheme, parts.netloc.rpartition("@")[2].lower()


def faults(settings: Settings, enabled: bool) -> dict[str, Fault]:
    """{field: what is wrong}. What is left empty is wrong only on a card that is switched on."""
    found: dict[str, Fault] = {}
    try:
        ZoneInfo(settings.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = f"there is no time zone {settings.time_zone!r}; take one such as Asia/Shanghai"
        found["time_zone"] = Fault("time_zone", message)
    match settings:
        case Email():
            found |= _of_email(settings)
        case Robot():
            fault = invalid_template_reason(settings.template)
            if fault is not None:
                found["template"] = fault
        case Sms():
            found |= _of_sms(settings)
    if enabled:
        for name in _needed(settings):
            if not getattr(settings, name):
                found.setdefault(name, EMPTY)
    return found


def invalid_url_reason(url: str) -> Fault | None:
    """Why a robot's address won't do."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return Fault("url", "is no address; copy it from the robot's page")
    if parts.scheme not in ("http", "https") or not host:
        return Fault("url_scheme", "must begin with https:// or http:// and name a host")
    if parts.username or parts.password:
        return Fault("url_user", "may hold no user and password; use the secret")
    if any(char.isspace() or ord(char) < 32 for char in url):
        return Fault("url", "holds a space or a control character; copy it from the robot's page")
    return None


ASK_AGAIN: Final = Fault(
    "ask_again",
    "was meant for another address: enter it again, or remove it; what is stored goes only where it was set for",
)
EMPTY: Final = Fault("empty", "is empty; the channel can't be switched on without it")


def shown(settings: Settings) -> dict[str, Any]:
    """As JSON."""
    return dict(msgspec.to_builtins(settings))


def from_json(text: str) -> Settings:
    """Back from the database's jsonb."""
    return msgspec.convert(json.loads(text), Settings)  # type: ignore[no-any-return]


def _needed(settings: Settings) -> tuple[str, ...]:
    match settings:
        case Email():
            return ("server", "recipients")
        case Robot():
            return ("template",)
        case _:
            return ("access_key_id", "sign_name", "template_code", "phones")


def _of_email(settings: Email) -> dict[str, Fault]:
    found: dict[str, Fault] = {}
    if settings.server and not _HOST.fullmatch(settings.server):
        found["server"] = Fault("host", "is no host; give a name such as smtp.aliyun.com, without http://")
    wrong = [one[:80] for one in addresses(settings.recipients) if not _MAIL.fullmatch(one)]
    if wrong:
        found["recipients"] = Fault("mail", f"{wrong[0]!r} is no e-mail address; part several by semicolons", wrong[0])
    if settings.sender and not _MAIL.fullmatch(settings.sender):
        found["sender"] = Fault("mail", f"{settings.sender!r} is no e-mail address", settings.sender)
    elif not settings.sender and settings.account and not _MAIL.fullmatch(settings.account):
        found["sender"] = Fault("sender", "the account is no e-mail address, so the sender must be given")
    if settings.security == "none" and settings.account:
        message = "a password is not sent without encryption; take TLS or STARTTLS, or leave the account empty"
        found["security"] = Fault("plain_password", message)
    return found


def _of_sms(settings: Sms) -> dict[str, Fault]:
    found: dict[str, Fault] = {}
    wrong = [one[:80] for one in addresses(settings.phones) if not _PHONE.fullmatch(one)]
    if wrong:
        found["phones"] = Fault("phone", f"{wrong[0]!r} is no telephone number; part several by semicolons", wrong[0])
    for template in settings.parameters.values():
        fault = invalid_template_reason(template)
        if fault is not None:
            found["parameters"] = fault
    fault = invalid_url_reason(settings.endpoint)
    if fault is not None:
        found["endpoint"] = fault
    return found
