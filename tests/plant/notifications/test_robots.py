"""The robots against servers that check each vendor's documented signature and answer with its documented errors."""

from __future__ import annotations

import json
from typing import Any

import pytest

from plant.notifications.outcome import PermanentFailure, TransientFailure
from plant.notifications.robots import signed_dingtalk
from tests.plant.notifications.harness import alarm, channels, robot
from tests.servers.vendors import DingTalk, Feishu, Vendor, Webhook, WeCom, serving

SECRET = "SEC+a/secret=with signs"


def address(vendor: Vendor) -> str:
    match vendor:
        case DingTalk():
            return f"{vendor.url}/robot/send?access_token=token-0123456789"
        case Feishu():
            return f"{vendor.url}/open-apis/bot/v2/hook/11111111-2222"
        case WeCom():
            return f"{vendor.url}/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4"
        case _:
            return f"{vendor.url}/hook"


KINDS = [("dingtalk", DingTalk), ("feishu", Feishu), ("custom", Webhook)]


@pytest.mark.parametrize(("type", "make"), KINDS)
async def test_a_signed_message_arrives_as_the_vendor_documents(type: str, make: Any):
    async with serving(make(secret=SECRET)) as vendor:
        async with channels(robot(type), robot_url=address(vendor), robot_secret=SECRET) as service:
            subject, answer = await service.send(service.cards["robot"], [alarm()])
        assert len(vendor.texts) == 1
        assert "设备 GS001 在 2026-01-01 08:00:00 发生 一级 报警，浓度 25 ppm" in vendor.texts[0]
        assert subject == "【报警】GS001 一级报警"
        assert json.loads(answer.text.partition("{")[1] + answer.text.partition("{")[2])


@pytest.mark.parametrize(("type", "make"), [*KINDS, ("wecom", WeCom)])
async def test_a_robot_without_a_secret_is_sent_to_unsigned(type: str, make: Any):
    async with serving(make()) as vendor, channels(robot(type), robot_url=address(vendor)) as service:
        await service.send(service.cards["robot"], [alarm()])
        assert len(vendor.texts) == 1
        assert not any(name in vendor.requests[0][0] for name in ("sign", "timestamp"))


@pytest.mark.parametrize(("type", "make"), KINDS)
async def test_a_wrong_secret_is_declined_with_the_vendors_words(type: str, make: Any):
    async with (
        serving(make(secret=SECRET)) as vendor,
        channels(robot(type), robot_url=address(vendor), robot_secret="wrong") as service,
    ):
        with pytest.raises(PermanentFailure, match=r"sign") as failure:
            await service.send(service.cards["robot"], [alarm()])
        assert failure.value.hint in ("sign", "token")
        assert vendor.texts == []


def test_the_signature_of_dingtalk_is_the_one_that_openssl_makes_byte_by_byte():
    """`printf "1577262236757\\nthis is secret" | openssl dgst -sha256 -hmac "this is secret" -binary | base64`, then URL-encoded."""
    assert signed_dingtalk("https://x/send?access_token=t", "this is secret", 1577262236.757) == (
        "https://x/send?access_token=t&timestamp=1577262236757&sign=hmPWwU%2B7lVdm3ZZz0r9tSfx0L4Q26jWOZr9%2BGs6EZQM%3D"
    )


@pytest.mark.parametrize(
    ("type", "make", "said", "hint"),
    [
        ("dingtalk", DingTalk, {"errcode": 310000, "errmsg": "keywords not in content"}, "keyword"),
        ("dingtalk", DingTalk, {"errcode": 310000, "errmsg": "ip 1.2.3.4 not in whitelist"}, "address"),
        ("dingtalk", DingTalk, {"errcode": 300005, "errmsg": "token is not exist"}, "token"),
        ("dingtalk", DingTalk, {"errcode": 430104, "errmsg": "content is inappropriate"}, "content"),
        ("feishu", Feishu, {"code": 19024, "msg": "Key Words Not Found"}, "keyword"),
        ("feishu", Feishu, {"code": 19022, "msg": "Ip Not Allowed"}, "address"),
        ("feishu", Feishu, {"code": 19001, "msg": "param invalid"}, "token"),
        ("wecom", WeCom, {"errcode": 93000, "errmsg": "invalid webhook url"}, "token"),
        ("wecom", WeCom, {"errcode": 40058, "errmsg": "invalid Request Parameter"}, "vendor"),
    ],
)
async def test_http_200_with_an_error_code_is_no_success(type: str, make: Any, said: dict[str, Any], hint: str):
    async with serving(make()) as vendor, channels(robot(type), robot_url=address(vendor)) as service:
        vendor.says = [(200, said)]
        with pytest.raises(PermanentFailure) as failure:
            await service.send(service.cards["robot"], [alarm()])
        assert failure.value.hint == hint
        assert json.loads(str(failure.value)) == said


@pytest.mark.parametrize(
    ("type", "make", "status", "said", "hint"),
    [
        ("dingtalk", DingTalk, 200, {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}, "rate"),
        ("dingtalk", DingTalk, 200, {"errcode": 410100, "errmsg": "发送速度太快而限流"}, "rate"),
        ("dingtalk", DingTalk, 200, {"errcode": -1, "errmsg": "系统繁忙"}, "vendor"),
        ("feishu", Feishu, 400, {"code": 9499, "msg": "too many request", "data": {}}, "rate"),
        ("feishu", Feishu, 200, {"code": 11232, "msg": "frequency limited"}, "rate"),
        ("wecom", WeCom, 200, {"errcode": 45009, "errmsg": "api freq out of limit"}, "rate"),
        ("custom", Webhook, 429, "slow down", "rate"),
        ("custom", Webhook, 503, "maintenance", "vendor"),
        ("dingtalk", DingTalk, 502, "<html>bad gateway</html>", "vendor"),
        ("dingtalk", DingTalk, 200, "<html>the hotel's wifi wants you to sign in</html>", "vendor"),
    ],
)
async def test_what_may_pass_is_worth_another_try(type: str, make: Any, status: int, said: Any, hint: str):
    async with serving(make()) as vendor, channels(robot(type), robot_url=address(vendor)) as service:
        vendor.says = [(status, said)]
        with pytest.raises(TransientFailure) as failure:
            await service.send(service.cards["robot"], [alarm()])
        assert failure.value.hint == hint
        assert (failure.value.after_s is not None) is (hint == "rate")


async def test_nobody_at_the_address_is_worth_another_try():
    async with channels(robot(), robot_url="http://127.0.0.1:9/send?access_token=token-0123456789") as service:
        with pytest.raises(TransientFailure) as failure:
            await service.send(service.cards["robot"], [alarm()])
        assert failure.value.hint == "network"
        assert "token-0123456789" not in str(failure.value)


async def test_a_vendor_that_echoes_the_key_does_not_bring_it_back():
    async with (
        serving(DingTalk()) as vendor,
        channels(robot(), robot_url=address(vendor), robot_secret=SECRET) as service,
    ):
        vendor.says = [(200, {"errcode": 1, "errmsg": f"bad token-0123456789 and {SECRET}"})]
        with pytest.raises(PermanentFailure) as failure:
            await service.send(service.cards["robot"], [alarm()])
        assert "token-0123456789" not in str(failure.value)
        assert SECRET not in str(failure.value)


async def test_a_redirect_is_not_followed():
    async with serving(Webhook()) as vendor, channels(robot("custom"), robot_url=address(vendor)) as service:
        vendor.says = [(302, "elsewhere")]
        with pytest.raises(PermanentFailure, match="302"):
            await service.send(service.cards["robot"], [alarm()])
        assert len(vendor.requests) == 1


@pytest.mark.parametrize("host", ["169.254.169.254", "[fe80::1]", "0.0.0.0", "[::ffff:169.254.169.254]"])
async def test_the_clouds_own_address_is_no_webhook(host: str):
    async with channels(robot("custom"), robot_url=f"http://{host}/latest/meta-data") as service:
        with pytest.raises(PermanentFailure, match="MCS_ALLOWED_TARGETS"):
            await service.send(service.cards["robot"], [alarm()])


async def test_a_custom_webhook_gets_the_events_as_json():
    async with serving(Webhook()) as vendor, channels(robot("custom"), robot_url=address(vendor)) as service:
        await service.send(service.cards["robot"], [alarm(), alarm("GS002", after=1)])
        body = json.loads(vendor.texts[0])
        assert [event["sn"] for event in body["events"]] == ["GS001", "GS002"]
        assert body["subject"] == "【报警】GS001 等 2 条报警"


async def test_a_group_of_two_hundred_fits_what_wecom_takes():
    async with serving(WeCom()) as vendor, channels(robot("wecom"), robot_url=address(vendor)) as service:
        await service.send(service.cards["robot"], [alarm(f"GS{n:03}", after=n / 40) for n in range(200)])
        (text,) = vendor.texts
        assert "首报：【报警】设备 GS000" in text
        assert "200 条报警" in text
        assert "见报警页面" in text


async def test_a_card_without_an_address_is_declined_before_anything_is_sent():
    async with channels(robot()) as service:
        with pytest.raises(PermanentFailure, match="no webhook address"):
            await service.send(service.cards["robot"], [alarm()])
