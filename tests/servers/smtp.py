"""A real SMTP server inside the test process, with TLS, STARTTLS and a password where asked for."""

import ssl
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.servers.certificates import Certificates, make_certificates
from tests.servers.process import free_port


class MailServer:
    """Keeps what it was sent in `messages`; `port` and, with TLS, `certificates` say how to reach it."""

    def __init__(self, port: int, certificates: Certificates | None, user: str | None, password: str | None) -> None:
        self.port = port
        self.certificates = certificates
        self.messages: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self._user = user
        self._password = password

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Called by aiosmtpd with a finished message."""
        content = envelope.content
        assert isinstance(content, bytes)
        self.messages.append(message_from_bytes(content, policy=policy.default))
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 kept"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        """Called by aiosmtpd with the credentials of a client."""
        assert isinstance(data, LoginPassword)
        right = data.login.decode() == self._user and data.password.decode() == self._password
        # `handled=False` makes aiosmtpd answer 535; otherwise the client waits for an answer that never comes.
        return AuthResult(success=right, handled=False)


@pytest.fixture
def make_mail_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., MailServer]]:
    """`make_mail_server(security="none"|"tls"|"starttls", user=…, password=…)` starts a server on 127.0.0.1."""
    controllers: list[Controller] = []

    def make(security: str = "none", user: str | None = None, password: str | None = None) -> MailServer:
        certificates = None if security == "none" else make_certificates(tmp_path_factory.mktemp("smtp"))
        context = None
        if certificates:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificates.certificate, certificates.key)
        server = MailServer(free_port(), certificates, user, password)
        controller = Controller(
            server,
            hostname="127.0.0.1",
            port=server.port,
            ssl_context=context if security == "tls" else None,
            tls_context=context if security == "starttls" else None,
            require_starttls=security == "starttls",
            authenticator=server.authenticate if user else None,
            auth_required=user is not None,
            auth_require_tls=security == "starttls",
        )
        controllers.append(controller)
        controller.start()
        return server

    yield make
    for controller in controllers:
        controller.stop()
