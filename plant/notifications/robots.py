"""The robots of DingTalk, Feishu and WeCom, and webhooks of one's own: what each takes, how it is signed, and what its answers mean.

Sources, read in 2026: open.dingtalk.com, “Custom robot access” and “Customize robot security settings”; open.feishu.cn, “Custom bot usage
guide”; developer.work.weixin.qq.com, “Group robot configuration”.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus

import aiohttp
import msgspec

from plant.alarms.event import AlarmEvent
from plant.notifications.http_post import post
from plant.notifications.message_text import MessageText
from plant.notifications.outcome import Answer, Hint, PermanentFailure, TransientFailure

__all__ = ["LARGEST_BYTES", "send_to_robot", "signed_dingtalk", "signed_feishu", "signed_webhook"]

LARGEST_BYTES = {"dingtalk": 16_000, "feishu": 16_000, "wecom": 2_000, "custom": 16_000}
"""WeCom takes 2,048 bytes of text; DingTalk and Feishu 20,000 bytes of JSON."""
RATE_PAUSE_S = 30.0
"""DingTalk shuts a robot out for ten minutes that goes on above 20 messages a minute; after half a minute there is room again."""

JSON = {"Content-Type": "application/json; charset=utf-8"}


async def send_to_robot(
    session: aiohttp.ClientSession,
    type: str,
    url: str,
    secret: str,
    message: MessageText,
    events: list[AlarmEvent],
    now: float,
) -> Answer:
    """One message. Raises TransientFailure or PermanentFailure with the vendor's own answer."""
    match type:
        case "dingtalk":
            target = signed_dingtalk(url, secret, now) if secret else url
            return await _send(session, target, {"msgtype": "text", "text": {"content": message.text}}, _dingtalk)
        case "feishu":
            body: dict[str, Any] = signed_feishu(secret, now) if secret else {}
            return await _send(session, url, {**body, "msg_type": "text", "content": {"text": message.text}}, _feishu)
        case "wecom":
            return await _send(session, url, {"msgtype": "text", "text": {"content": message.text}}, _wecom)
    own = msgspec.json.encode({"subject": message.subject, "text": message.text, "events": events})
    headers = {**JSON, **(signed_webhook(secret, now, own) if secret else {})}
    status, text = await post(session, url, own, headers)
    if 200 <= status < 300:
        return Answer(f"{status} {text}".strip())
    raise _by_status(status, text)


def signed_dingtalk(url: str, secret: str, now: float) -> str:
    """The address with `timestamp` (ms) and `sign` = URL-encoded Base64 of HMAC-SHA256 over "timestamp\\nsecret", keyed by the secret."""
    timestamp = str(round(now * 1000))
    digest = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256).digest()
    sign = quote_plus(base64.b64encode(digest))
    return f"{url}{'&' if '?' in url else '?'}timestamp={timestamp}&sign={sign}"


def signed_feishu(secret: str, now: float) -> dict[str, str]:
    """`timestamp` (s) and `sign` = Base64 of HMAC-SHA256 over nothing, keyed by "timestamp\\nsecret"."""
    timestamp = str(int(now))
    digest = hmac.new(f"{timestamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return {"timestamp": timestamp, "sign": base64.b64encode(digest).decode()}


def signed_webhook(secret: str, now: float, body: bytes) -> dict[str, str]:
    """Headers of our own webhooks: `X-MCS-Timestamp` (s) and `X-MCS-Signature` = "sha256=" and the hex of HMAC-SHA256 over "timestamp.body"."""
    timestamp = str(int(now))
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"X-MCS-Timestamp": timestamp, "X-MCS-Signature": f"sha256={digest}"}


async def _send(
    session: aiohttp.ClientSession,
    url: str,
    body: dict[str, Any],
    judge: Callable[[int, str, str], Exception | None],
) -> Answer:
    status, text = await post(session, url, msgspec.json.encode(body), JSON)
    try:
        answer = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise _by_status(status, text)
    # The robots answer HTTP 200 whatever happens: only the code in the body counts.
    code = next((answer[name] for name in ("errcode", "code", "StatusCode") if isinstance(answer.get(name), int)), None)
    if code is None:
        raise _by_status(status, text)
    if code == 0:
        return Answer(text)
    said = str(answer.get("errmsg", answer.get("msg", "")))
    raise judge(code, said, text) or _by_status(status, text)


def _dingtalk(code: int, said: str, text: str) -> Exception | None:
    if code in (130101, 410100):
        return TransientFailure(text, "rate", RATE_PAUSE_S)
    if code == -1:
        return TransientFailure(text, "vendor")
    if code == 310000:
        return PermanentFailure(text, _dingtalk_security(said.lower()))
    if code in (300005, 400101, 400102, 400106, 400013):
        return PermanentFailure(text, "token")
    return PermanentFailure(text, "content" if 430101 <= code <= 430104 else "vendor")


def _dingtalk_security(said: str) -> Hint:
    """Which of the three security settings: the vendor's answer is English or Chinese (关键词不匹配, 签名不匹配, IP 地址不在白名单)."""
    if "keyword" in said or "关键词" in said or "关键字" in said:
        return "keyword"
    if "whitelist" in said or "白名单" in said or re.search(r"\bip\b|ip ?地址", said):
        return "address"
    return "sign"


def _feishu(code: int, said: str, text: str) -> Exception | None:
    if code in (9499, 11232):
        return TransientFailure(text, "rate", RATE_PAUSE_S)
    if code in (11233, 10000):
        return TransientFailure(text, "vendor")
    hints: dict[int, Hint] = {19001: "token", 19021: "sign", 19022: "address", 19024: "keyword"}
    return PermanentFailure(text, hints.get(code, "vendor"))


def _wecom(code: int, said: str, text: str) -> Exception | None:
    if code in (45009, 45033):
        return TransientFailure(text, "rate", RATE_PAUSE_S)
    if code in (-1, 42001):
        return TransientFailure(text, "vendor")
    return PermanentFailure(text, "token" if code in (93000, 40001, 40014) else "vendor")


def _by_status(status: int, text: str) -> Exception:
    answer = f"HTTP {status} {text}".strip()
    if status == 429:
        return TransientFailure(answer, "rate", RATE_PAUSE_S)
    # A proxy that restarts answers for what stands behind it: with 404 and 403 too.
    if status >= 500 or 200 <= status < 300 or status == 408:
        return TransientFailure(answer, "vendor")
    if status in (403, 404):
        return TransientFailure(answer, "token")
    return PermanentFailure(answer, "token" if status == 401 else "address" if 300 <= status < 400 else "vendor")
