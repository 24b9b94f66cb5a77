"""`email` through a real SMTP server; what all channel nodes share is in test_robot.py."""

from __future__ import annotations

from collections.abc import Callable

from plant.notifications.notice import notice_of
from tests.eventually import eventually
from tests.nodes.notify.harness import channel
from tests.plant.notifications.harness import alarm, email
from tests.servers.smtp import MailServer


async def test_a_group_of_alarms_is_one_mail(make_mail_server: Callable[..., MailServer]):
    server = make_mail_server("none")
    card = email(server.port, security="none", account="", sender="mcs@plant.cn")
    async with channel(card) as bench:
        await bench.give(notice_of([alarm(f"GS{n:03}", after=n) for n in range(30)]))
        await eventually(lambda: bench.sent("sent"))
    (message,) = server.messages
    assert message["Subject"] == "【报警】GS000 等 30 条报警"
    assert message.get_content().count("一级报警 25 ppm") == 29


async def test_notice_that_waits_when_the_node_is_removed_can_be_given_to_it_again(
    make_mail_server: Callable[..., MailServer],
):
    server = make_mail_server("none")
    card = email(server.port, security="none", account="", sender="mcs@plant.cn")
    async with channel(email(1, security="none", account="", sender="mcs@plant.cn")) as bench:
        await bench.give(notice_of([alarm("GS001")]))
        await bench.until_attempts(1)
        (kept,) = bench.node.kept_messages()
    async with channel(card) as again:
        await again.give(kept)
        await eventually(lambda: again.sent("sent"))
    assert len(server.messages) == 1
