"""Aliyun SMS against a server that checks the documented signature and answers with the documented codes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from plant.notifications.aliyun import signed
from plant.notifications.outcome import PermanentFailure, TransientFailure
from tests.plant.notifications.harness import alarm, channels, sms
from tests.servers.vendors import Aliyun, serving

SECRET = "key-secret-0123"


def test_the_signature_is_that_of_the_vendors_published_example():
    """help.aliyun.com, “V3 version request structure and signature mechanism”, fixed parameters."""
    query = {"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"}
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    _, sent = signed("POST", query, headers, "YourAccessKeyId", "YourAccessKeySecret")
    assert sent["Authorization"] == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;"
        "x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


async def test_an_sms_arrives_with_the_variables_of_the_template():
    async with serving(Aliyun()) as vendor:
        async with channels(sms(vendor.url), sms_access_key_secret=SECRET) as service:
            _, answer = await service.send(service.cards["sms"], [alarm()])
        assert json.loads(vendor.texts[0]) == {
            "sn": "GS001",
            "time": "2026-01-01 08:00:00",
            "type": "一级",
            "val": "25",
        }
        assert json.loads(answer.text)["BizId"]


async def test_every_character_that_a_signature_can_stumble_over_is_signed_right():
    async with (
        serving(Aliyun()) as vendor,
        channels(
            sms(vendor.url, parameters={"a b*~'()": "{sn} +/=&?%*~'()é元"}), sms_access_key_secret=SECRET
        ) as service,
    ):
        await service.send(service.cards["sms"], [alarm()])
        assert json.loads(vendor.texts[0]) == {"a b*~'()": "GS001 +/=&?%*~'()é元"}


async def test_a_group_names_the_first_detector_and_no_value_is_longer_than_the_vendor_takes():
    async with serving(Aliyun()) as vendor, channels(sms(vendor.url), sms_access_key_secret=SECRET) as service:
        await service.send(service.cards["sms"], [alarm(f"GS{n:03}" * 8, after=n) for n in range(200)])
        assert json.loads(vendor.texts[0])["sn"].startswith("GS000")


async def test_two_messages_in_a_second_are_not_taken_for_a_replay():
    async with serving(Aliyun()) as vendor, channels(sms(vendor.url), sms_access_key_secret=SECRET) as service:
        for _ in range(2):
            await service.send(service.cards["sms"], [alarm()])
        assert len(vendor.texts) == 2


@pytest.mark.parametrize(
    ("fields", "secret", "hint", "said"),
    [
        ({}, "wrong", "sign", "SignatureDoesNotMatch"),
        ({"access_key_id": "LTAI-other"}, SECRET, "auth", "InvalidAccessKeyId.NotFound"),
        ({"sign_name": "别的"}, SECRET, "setting", "isv.SMS_SIGNATURE_ILLEGAL"),
        ({"template_code": "SMS_1"}, SECRET, "setting", "isv.SMS_TEMPLATE_ILLEGAL"),
        ({"phones": "13800138000;abc"}, SECRET, "recipients", "isv.MOBILE_NUMBER_ILLEGAL"),
    ],
)
async def test_what_is_wrong_with_the_card_is_declined_with_the_vendors_words(
    fields: dict[str, Any], secret: str, hint: str, said: str
):
    async with (
        serving(Aliyun()) as vendor,
        channels(sms(vendor.url, **fields), sms_access_key_secret=secret) as service,
    ):
        with pytest.raises(PermanentFailure, match=said) as failure:
            await service.send(service.cards["sms"], [alarm()])
        assert failure.value.hint == hint
        assert vendor.texts == []


@pytest.mark.parametrize(
    ("status", "code", "hint"),
    [
        (200, "isv.BUSINESS_LIMIT_CONTROL", "rate"),
        (400, "Throttling.User", "rate"),
        (200, "isp.SYSTEM_ERROR", "vendor"),
        (503, "ServiceUnavailable", "vendor"),
    ],
)
async def test_what_may_pass_is_worth_another_try(status: int, code: str, hint: str):
    async with serving(Aliyun()) as vendor, channels(sms(vendor.url), sms_access_key_secret=SECRET) as service:
        vendor.says = [(status, {"Code": code, "Message": "later", "RequestId": "1"})]
        with pytest.raises(TransientFailure, match=code) as failure:
            await service.send(service.cards["sms"], [alarm()])
        assert failure.value.hint == hint


async def test_an_empty_account_is_declined_and_says_so():
    async with serving(Aliyun()) as vendor, channels(sms(vendor.url), sms_access_key_secret=SECRET) as service:
        vendor.says = [(200, {"Code": "isv.AMOUNT_NOT_ENOUGH", "Message": "账户余额不足", "RequestId": "1"})]
        with pytest.raises(PermanentFailure) as failure:
            await service.send(service.cards["sms"], [alarm()])
        assert failure.value.hint == "balance"
