"""Where a broker is and how to reach it: one URL, with the TLS files and protocol version beside it."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from engine.api import Text

ProtocolVersion = Literal["3.1.1", "5"]

_DEFAULT_PORTS = {"mqtt": 1883, "mqtts": 8883}
_LONGEST_KEEPALIVE_S = 65535


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """A broker's address. Its `repr` and `str` never show the password.

    `keepalive_s` is 1 to 65535. `ca_file` is a PEM bundle that replaces the system's certificate authorities;
    `client_cert_file` and `client_key_file` are PEM (the key may stand in the certificate's file). They are read at
    every connection, so a renewed certificate is used from the next one on.
    """

    host: str
    port: int
    tls: bool = False
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: Path | None = None
    client_cert_file: Path | None = None
    client_key_file: Path | None = None
    keepalive_s: int = 30
    version: ProtocolVersion = "3.1.1"

    @classmethod
    def parse(
        cls,
        url: str,
        *,
        ca_file: str | Path | None = None,
        client_cert_file: str | Path | None = None,
        client_key_file: str | Path | None = None,
        keepalive_s: int = 30,
        version: ProtocolVersion = "3.1.1",
    ) -> "BrokerAddress":
        """Read `mqtt://[user[:password]@]host[:port]`, or `mqtts://` for TLS; user and password are percent-encoded.

        The port is 1883, or 8883 with TLS, where the URL names none. An IPv6 address stands in brackets. Raises
        ValueError, which says what is wrong and how it should look but never quotes the URL: it may hold a password.
        """
        try:
            parts = urlsplit(url.strip())
            port = parts.port
        except ValueError:
            # From None: urllib's own message quotes the part after the colon, which can be a piece of a password.
            raise ValueError(Text("mqtt.address-port")) from None
        if parts.scheme not in _DEFAULT_PORTS:
            raise ValueError(
                Text("mqtt.address-scheme", scheme=f"{parts.scheme}://")
                if parts.scheme
                else Text("mqtt.address-no-scheme")
            )
        if not parts.hostname:
            raise ValueError(Text("mqtt.address-host", scheme=parts.scheme, port=_DEFAULT_PORTS[parts.scheme]))
        if parts.path not in ("", "/") or parts.query or parts.fragment:
            raise ValueError(Text("mqtt.address-rest"))
        if port == 0:
            raise ValueError(Text("mqtt.address-port-zero"))
        if parts.password is not None and not parts.username:
            raise ValueError(Text("mqtt.address-user"))
        tls = parts.scheme == "mqtts"
        if not tls and (ca_file or client_cert_file or client_key_file):
            raise ValueError(Text("mqtt.address-certificates"))
        if client_key_file and not client_cert_file:
            raise ValueError(Text("mqtt.address-key"))
        if not 1 <= keepalive_s <= _LONGEST_KEEPALIVE_S:
            raise ValueError(Text("mqtt.address-keepalive", seconds=keepalive_s, most=_LONGEST_KEEPALIVE_S))
        if version not in ("3.1.1", "5"):
            raise ValueError(Text("mqtt.address-version", version=str(version)))
        return cls(
            host=parts.hostname,
            port=port or _DEFAULT_PORTS[parts.scheme],
            tls=tls,
            username=_decoded(parts.username, Text("mqtt.address-user-encoding")) if parts.username else None,
            password=_decoded(parts.password, Text("mqtt.address-password-encoding"))
            if parts.password is not None
            else None,
            ca_file=Path(ca_file) if ca_file else None,
            client_cert_file=Path(client_cert_file) if client_cert_file else None,
            client_key_file=Path(client_key_file) if client_key_file else None,
            keepalive_s=keepalive_s,
            version=version,
        )

    def __str__(self) -> str:
        """The address as it may be shown to anyone: scheme, host and port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'mqtts' if self.tls else 'mqtt'}://{host}:{self.port}"

    def ssl_context(self) -> ssl.SSLContext | None:
        """The TLS settings, or None without TLS. Raises OSError or ssl.SSLError on a bad file."""
        if not self.tls:
            return None
        context = ssl.create_default_context(cafile=self.ca_file)
        if self.client_cert_file:
            # A password callback that gives none: an encrypted key must fail, not ask on the terminal.
            context.load_cert_chain(self.client_cert_file, self.client_key_file, password=lambda: "")
        return context


def _decoded(text: str, wrong: Text) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise ValueError(wrong) from None
