"""`sms` against a server that checks Aliyun's signature; what all channel nodes share is in test_robot.py."""

from __future__ import annotations

import json

from plant.notifications.notice import notice_of
from tests.eventually import eventually
from tests.nodes.notify.harness import channel
from tests.plant.notifications.harness import alarm, sms
from tests.servers.vendors import Aliyun, serving


async def test_a_storm_is_one_sms_that_names_the_first_detectors():
    async with serving(Aliyun()) as vendor, channel(sms(vendor.url), sms_access_key_secret="key-secret-0123") as bench:
        await bench.give(notice_of([alarm(f"GS{n:03}", after=n) for n in range(30)]))
        await eventually(lambda: bench.sent("sent"))
        assert [json.loads(text)["sn"] for text in vendor.texts] == ["GS000、GS001、GS002、GS003 等 30 条"]
