"""E-mail through a real SMTP server: TLS, STARTTLS, passwords, several recipients, and what it says when it won't."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from plant.notifications.outcome import PermanentFailure, TransientFailure
from tests.plant.notifications.harness import alarm, channels, email
from tests.servers.process import free_port
from tests.servers.smtp import MailServer

MakeServer = Callable[..., MailServer]


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> Callable[[MailServer], None]:
    """Makes this process trust the test's own authority, as a site trusts its mail server's."""

    def trust(server: MailServer) -> None:
        assert server.certificates is not None
        monkeypatch.setenv("SSL_CERT_FILE", str(Path(server.certificates.ca)))

    return trust


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_a_mail_arrives_encrypted_and_for_every_recipient(
    make_mail_server: MakeServer, trusted: Callable[[MailServer], None], security: str
):
    server = make_mail_server(security, user="alarm@plant.cn", password="pass word ü")
    trusted(server)
    card = email(server.port, security=security, recipients="a@plant.cn； b@plant.cn;;a@plant.cn")
    async with channels(card, email_password="pass word ü") as service:
        subject, answer = await service.send(service.cards["email"], [alarm()])
    (message,) = server.messages
    assert server.recipients == [["a@plant.cn", "b@plant.cn"]]
    assert message["Subject"] == subject == "【报警】GS001 一级报警"
    assert message["From"].addresses[0].addr_spec == "alarm@plant.cn"
    assert message["Date"]
    assert message["Message-ID"]
    assert "发生 一级 报警，浓度 25 ppm，报警设定值 20" in message.get_content()
    assert "kept" in answer.text


async def test_a_wrong_password_is_declined_with_the_servers_words(
    make_mail_server: MakeServer, trusted: Callable[[MailServer], None]
):
    server = make_mail_server("tls", user="alarm@plant.cn", password="right")
    trusted(server)
    async with channels(email(server.port, security="tls"), email_password="wrong-one") as service:
        with pytest.raises(PermanentFailure, match="535") as failure:
            await service.send(service.cards["email"], [alarm()])
    assert failure.value.hint == "auth"
    assert "wrong-one" not in str(failure.value)


async def test_a_server_whose_certificate_nobody_knows_gets_no_password(make_mail_server: MakeServer):
    server = make_mail_server("tls", user="alarm@plant.cn", password="right")
    async with channels(email(server.port, security="tls"), email_password="right") as service:
        with pytest.raises(TransientFailure) as failure:
            await service.send(service.cards["email"], [alarm()])
    assert failure.value.hint == "tls"
    assert server.messages == []


async def test_a_server_without_starttls_gets_no_password(make_mail_server: MakeServer):
    server = make_mail_server("none")
    async with channels(email(server.port), email_password="right") as service:
        with pytest.raises(PermanentFailure) as failure:
            await service.send(service.cards["email"], [alarm()])
    assert failure.value.hint == "tls"
    assert server.messages == []


async def test_a_relay_of_the_plant_takes_mail_without_a_password(make_mail_server: MakeServer):
    server = make_mail_server("none")
    card = email(server.port, security="none", account="", sender="mcs@plant.cn")
    async with channels(card) as service:
        await service.send(service.cards["email"], [alarm()])
    assert len(server.messages) == 1


async def test_no_server_is_worth_another_try():
    async with channels(email(free_port(), security="none", account="", sender="mcs@plant.cn")) as service:
        with pytest.raises(TransientFailure) as failure:
            await service.send(service.cards["email"], [alarm()])
    assert failure.value.hint == "network"


async def test_a_server_that_is_busy_is_worth_another_try_and_one_that_refuses_is_not(
    make_mail_server: MakeServer, monkeypatch: pytest.MonkeyPatch
):
    server = make_mail_server("none")
    card = email(server.port, security="none", account="", sender="mcs@plant.cn")
    for answer, kind in (
        ("451 4.3.0 try again later", TransientFailure),
        ("554 5.7.1 looks like spam", PermanentFailure),
    ):

        async def say(*_: object, answer: str = answer) -> str:
            return answer

        monkeypatch.setattr(server, "handle_DATA", say)
        async with channels(card) as service:
            with pytest.raises(kind, match=answer[:3]):
                await service.send(service.cards["email"], [alarm()])


async def test_a_name_with_a_line_break_makes_no_header(make_mail_server: MakeServer):
    server = make_mail_server("none")
    card = email(server.port, security="none", account="", sender="mcs@plant.cn")
    async with channels(card) as service:
        await service.send(card, [alarm(name="泵房\r\nBcc: all@plant.cn", type="A2")])
    (message,) = server.messages
    assert message["Bcc"] is None
    assert server.recipients == [["a@plant.cn", "b@plant.cn"]]
