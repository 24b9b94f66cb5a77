"""The settings of one engine process, read from `MCS_*` variables and an optional `.env` file."""

import difflib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values

from engine.core.errors import SetupError
from engine.core.secret import Secret
from engine.core.targets import Target
from engine.texts.text import Text, reason_of

PREFIX = "MCS_"
CHINA = ZoneInfo("Asia/Shanghai")
_PROCESS = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What `MCS_*` said. A field is named after its variable: `MCS_DATABASE_URL` is `database_url`.

    A variable set to nothing counts as not set. `unknown` holds one sentence per `MCS_*` variable that no field
    reads, so that the command line can warn about a misspelt one; a pack's own variables are named by the pack.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    data: Path = Path("data")
    flows: Path = Path("flows")
    nodes: tuple[Path, ...] = ()
    """Folders with custom nodes, separated in the variable as in `PATH`."""
    files: tuple[Path, ...] = ()
    """Folders, besides `data/files`, that nodes may read and write files in, separated as in `PATH`."""
    database_url: Secret | None = None
    """`postgresql://…`; without it the embedded PostgreSQL keeps its files in `data`."""
    owner_database_url: Secret | None = None
    """`postgresql://…` of the login that owns the database and keeps the audit log: for `mcs migrate`, `set-up` and a restore, never for `run`."""
    query_database_url: Secret | None = None
    """`postgresql://…` of the login for `postgres-query`; without it the engine makes one, where its own may make logins."""
    mqtt_url: Secret | None = None
    """`mqtt://` or `mqtts://`; without it the embedded broker is started."""
    redis_url: Secret | None = None
    """`redis://`, `rediss://` or `unix://`; without it node memory lives in process, journalled in the database."""
    s3_endpoint: str | None = None
    s3_region: str = "auto"
    s3_bucket: str | None = None
    s3_access_key_id: str | None = None
    s3_secret_access_key: Secret | None = None
    licence_url: str | None = None
    """`https://…` of the vendor's licence server."""
    licence_key: Secret | None = None
    licence_ca_file: Path | None = None
    """PEM file with the authority of the licence server's certificate; the system's without it."""
    licence_vendor_key: str | None = None
    """Public key of the vendor, base64; a build that carries the vendor's key takes no other."""
    machine_id: Path = Path("/etc/machine-id")
    """File that names this machine; in a container the host's is mounted."""
    time_zone: ZoneInfo = CHINA
    """The site's time zone: when a day begins, and when it is 03:00."""
    spool_mb: int = 2000
    """Megabytes on disk for what the database can't take while it is away: two weeks of 500 devices each reporting every ten seconds need about
    8,000."""
    history_days: int = 400
    """Days that a pack keeps what it writes down of each event; docs/runtime.md says of which tables."""
    admin_password: Secret | None = None
    """Password of the first user, read at the first start only; without it one is made and printed."""
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
    """Networks, separated by commas, whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed: the reverse proxy's."""
    allowed_targets: tuple[Target, ...] = ()
    """Hosts and networks, separated by commas, each for one port or all, that requests of flows and cards may go to although they are this machine,
    one of its own services or its cloud's: `127.0.0.1:8090,erp.plant`. Every other address needs no entry."""
    python_nodes: bool = False
    """Whether flows may hold `python` nodes, which run code written in the editor with the rights of the server's user."""
    process: str = "worker"
    """What this process is called where several share a database and a data folder; its spool lies in a folder of that name."""
    certificates: tuple[Path, ...] = ()
    """PEM files of the certificates of broker and proxy, separated as in `PATH`, whose end health foretells."""
    backup_days: int = 7
    """Days after which a backup is too old, and health says so."""
    heartbeat_url: Secret | None = None
    """`https://…` that is called every minute while all is well, so that somebody outside notices a server that is dead."""
    deploy_files: Literal["auto", "ask", "off"] = "auto"
    """What becomes of a flow file that somebody changes in `flows`: it is deployed, waits for a person, or is left alone."""
    log_level: str = "info"
    """`debug`, `info`, `warning` or `error`."""
    unknown: tuple[Text, ...] = ()

    @classmethod
    def read(
        cls, variables: Mapping[str, str], env_file: Path | None = None, pack_variables: frozenset[str] = frozenset()
    ) -> Self:
        """Settings from `variables` (usually `os.environ`), then `env_file` if it exists; `variables` win.

        Raises `SetupError` naming every variable that is wrong, never the value of one that may hold a secret.
        """
        given = {**_from_file(env_file), **variables}
        given = {name: text.strip() for name, text in given.items() if name.startswith(PREFIX) and text.strip()}
        problems: list[Text] = []
        values: dict[str, object] = {}
        for name, parse in _PARSERS.items():
            text = given.pop(PREFIX + name.upper(), None)
            if text is None:
                continue
            try:
                values[name] = parse(text)
            except ValueError as wrong:
                problems.append(Text("setup.setting", name=PREFIX + name.upper(), reason=reason_of(wrong)))
        if problems:
            raise SetupError(Text("setup.settings", problems=problems))
        unknown = tuple(_unknown(name) for name in sorted(given.keys() - pack_variables))
        return cls(**values, unknown=unknown)  # type: ignore[arg-type]  # each value comes from its field's parser


def _from_file(env_file: Path | None) -> dict[str, str]:
    if env_file is None or not env_file.is_file():
        return {}
    try:
        # No interpolation: a "$" in a password stands for itself.
        lines = dotenv_values(env_file, interpolate=False, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as failure:
        raise SetupError(Text("setup.env-unreadable", file=str(env_file), reason=str(failure))) from failure
    return {name: text for name, text in lines.items() if text is not None}


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise ValueError(Text("setup.no-port", text=text))


def _process(text: str) -> str:
    if _PROCESS.fullmatch(text):
        return text
    raise ValueError(Text("setup.no-process", text=text[:80]))


def _days(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 5 and 30 <= int(text) <= 36_500:
        return int(text)
    raise ValueError(Text("setup.no-days", text=text))


def _backup_days(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 4 and int(text) >= 1:
        return int(text)
    raise ValueError(Text("setup.no-backup-days", text=text))


def _megabytes(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 8 and int(text) >= 10:
        return int(text)
    raise ValueError(Text("setup.no-megabytes", text=text))


def _host(text: str) -> str:
    if "://" in text or "/" in text or " " in text:
        raise ValueError(Text("setup.no-host", text=text))
    return text


def _folder(text: str) -> Path:
    return Path(text).expanduser()


def _folders(text: str) -> tuple[Path, ...]:
    return tuple(_folder(part) for part in text.split(os.pathsep) if part)


def _on_or_off(text: str) -> bool:
    if text not in ("on", "off"):
        raise ValueError(Text("setup.neither-on-nor-off", text=text))
    return text == "on"


def _file_rule(text: str) -> str:
    if text not in ("auto", "ask", "off"):
        raise ValueError(Text("setup.no-file-rule", text=text))
    return text


def _level(text: str) -> str:
    if text.lower() not in ("debug", "info", "warning", "error"):
        raise ValueError(Text("setup.no-level", text=text))
    return text.lower()


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(Text("setup.no-zone", text=text)) from None


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as wrong:
        raise ValueError(Text("setup.no-networks", reason=str(wrong))) from None


def _targets(text: str) -> tuple[Target, ...]:
    try:
        return tuple(Target.parse(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as wrong:
        raise ValueError(Text("setup.no-targets", text=str(wrong)[:100])) from None


def _url(*schemes: str) -> Callable[[str], str]:
    starts = [f"{scheme}://" for scheme in schemes]

    def parse(text: str) -> str:
        # The messages never repeat the address: it may carry a password.
        try:
            parts = urlsplit(text)
            malformed = parts.port == 0
        except ValueError:
            raise ValueError(Text("setup.malformed-address", starts=starts)) from None
        if parts.scheme not in schemes:
            raise ValueError(Text("setup.other-scheme", starts=starts))
        if malformed or not (parts.netloc or parts.path or parts.query):
            raise ValueError(Text("setup.address-without-host", starts=starts))
        return text

    return parse


def _secret_url(*schemes: str) -> Callable[[str], Secret]:
    parse = _url(*schemes)
    return lambda text: Secret(parse(text))


_PARSERS: Mapping[str, Callable[[str], object]] = {
    "host": _host,
    "port": _port,
    "data": _folder,
    "flows": _folder,
    "nodes": _folders,
    "files": _folders,
    "database_url": _secret_url("postgresql", "postgres"),
    "owner_database_url": _secret_url("postgresql", "postgres"),
    "query_database_url": _secret_url("postgresql", "postgres"),
    "mqtt_url": _secret_url("mqtt", "mqtts"),
    "redis_url": _secret_url("redis", "rediss", "unix"),
    "s3_endpoint": _url("https", "http"),
    "s3_region": str,
    "s3_bucket": str,
    "s3_access_key_id": str,
    "s3_secret_access_key": Secret,
    "licence_url": _url("https"),
    "licence_key": Secret,
    "licence_ca_file": _folder,
    "licence_vendor_key": str,
    "machine_id": _folder,
    "time_zone": _zone,
    "history_days": _days,
    "spool_mb": _megabytes,
    "admin_password": Secret,
    "trusted_proxies": _networks,
    "allowed_targets": _targets,
    "python_nodes": _on_or_off,
    "process": _process,
    "certificates": _folders,
    "backup_days": _backup_days,
    "heartbeat_url": _secret_url("https", "http"),
    "deploy_files": _file_rule,
    "log_level": _level,
}


def _unknown(name: str) -> Text:
    known = [PREFIX + setting.name.upper() for setting in fields(Settings) if setting.name != "unknown"]
    near = difflib.get_close_matches(name, known, n=1)
    hint = Text("flow.did-you-mean", name=near[0]) if near else None
    return Text("setup.unknown-setting", name=name).with_hint(hint)
