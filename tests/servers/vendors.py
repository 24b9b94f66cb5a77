"""Stand-ins for the vendors' servers: they check what the vendor documents, and say no in the vendor's own words.

Each keeps `texts`, what it took. The checks are written from the vendors' documents and share no code with what is tested.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Vendor:
    """One server on a free port. `says` is a queue of answers that come before its own: (HTTP status, JSON or text)."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.says: list[tuple[int, Any]] = []
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Every request ends here."""
        body = await request.read()
        self.requests.append((request.raw_path, {name.lower(): text for name, text in request.headers.items()}, body))
        if self.says:
            status, answer = self.says.pop(0)
            text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
            return web.Response(status=status, text=text, content_type="application/json")
        status, answer = self.answer(request, body)
        return web.json_response(answer, status=status)

    def answer(self, request: web.Request, body: bytes) -> tuple[int, Any]:
        """What the vendor says to a request that nothing is prepared for."""
        self.texts.append(body.decode())
        return 200, {"ok": True}


class DingTalk(Vendor):
    """open.dingtalk.com, custom robot: access token, signature, keyword, and 20 messages a minute."""

    def __init__(self, secret: str = "", keyword: str = "") -> None:
        super().__init__()
        self.secret, self.keyword = secret, keyword
        self.taken: list[float] = []

    def answer(self, request: web.Request, body: bytes) -> tuple[int, Any]:
        query = dict(part.partition("=")[::2] for part in request.raw_path.partition("?")[2].split("&"))
        if query.get("access_token") != "token-0123456789":
            return 200, {"errcode": 300005, "errmsg": "token is not exist"}
        if self.secret:
            timestamp = query.get("timestamp", "")
            to_sign = f"{timestamp}\n{self.secret}".encode()
            sign = quote(base64.b64encode(hmac.new(self.secret.encode(), to_sign, hashlib.sha256).digest()), safe="")
            if not timestamp.isdigit() or abs(time.time() * 1000 - int(timestamp)) > 3_600_000:
                return 200, {"errcode": 310000, "errmsg": "description:机器人发送签名过期;solution:请重新生成签名"}
            # Compared as it stands on the wire, percent signs and all.
            if query.get("sign") != sign:
                return 200, {"errcode": 310000, "errmsg": "sign not match, more: [https://ding-doc.dingtalk.com]"}
        message = json.loads(body)
        if message.get("msgtype") != "text" or not isinstance(message["text"]["content"], str):
            return 200, {"errcode": 400105, "errmsg": "unsupported msgtype"}
        if self.keyword not in message["text"]["content"]:
            return 200, {"errcode": 310000, "errmsg": "keywords not in content, more: [https://ding-doc.dingtalk.com]"}
        now = time.monotonic()
        self.taken = [at for at in self.taken if now - at < 60]
        if len(self.taken) >= 20:
            return 200, {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}
        self.taken.append(now)
        self.texts.append(message["text"]["content"])
        return 200, {"errcode": 0, "errmsg": "ok"}


class Feishu(Vendor):
    """open.feishu.cn, custom bot: the signature and its time are in the body."""

    def __init__(self, secret: str = "", keyword: str = "") -> None:
        super().__init__()
        self.secret, self.keyword = secret, keyword

    def answer(self, request: web.Request, body: bytes) -> tuple[int, Any]:
        if request.path != "/open-apis/bot/v2/hook/11111111-2222":
            return 400, {"code": 19001, "msg": "param invalid: incoming webhook access token invalid", "data": {}}
        message = json.loads(body)
        if self.secret:
            timestamp = message.get("timestamp")
            key = f"{timestamp}\n{self.secret}"
            sign = base64.b64encode(hmac.new(key.encode(), b"", digestmod=hashlib.sha256).digest()).decode()
            if message.get("sign") != sign or abs(time.time() - int(timestamp)) > 3600:
                told = "sign match fail or timestamp is not within one hour from current time"
                return 200, {"code": 19021, "msg": told, "data": {}}
        text = message["content"]["text"]
        if self.keyword not in text:
            return 200, {"code": 19024, "msg": "Key Words Not Found", "data": {}}
        self.texts.append(text)
        return 200, {"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}, "msg": "success"}


class WeCom(Vendor):
    """developer.work.weixin.qq.com, group robot: a key in the address, 2,048 bytes of text."""

    def answer(self, request: web.Request, body: bytes) -> tuple[int, Any]:
        if request.query.get("key") != "693a91f6-7xxx-4bc4":
            return 200, {"errcode": 93000, "errmsg": "invalid webhook url, hint: [1698000000], from ip: 1.2.3.4"}
        message = json.loads(body)
        if len(message["text"]["content"].encode()) > 2048:
            return 200, {"errcode": 40058, "errmsg": "text.content exceed max length 2048. invalid Request Parameter"}
        self.texts.append(message["text"]["content"])
        return 200, {"errcode": 0, "errmsg": "ok"}


class Aliyun(Vendor):
    """help.aliyun.com: SendSms of 2017-05-25 with ACS3-HMAC-SHA256."""

    def __init__(self, key_id: str = "LTAI-test", secret: str = "key-secret-0123") -> None:
        super().__init__()
        self.key_id, self.secret = key_id, secret
        self.nonces: set[str] = set()

    def answer(self, request: web.Request, body: bytes) -> tuple[int, Any]:
        fault = self._fault_of_signature(request, body)
        if fault:
            code, status = fault
            return status, {"RequestId": "4A4B", "Message": f"{code}.", "Code": code, "HostId": "dysmsapi.aliyuncs.com"}
        query = dict(parse_qsl(request.raw_path.partition("?")[2]))
        numbers = query["PhoneNumbers"].split(",")
        if any(not number.lstrip("+").isdigit() for number in numbers):
            return 200, _sms("isv.MOBILE_NUMBER_ILLEGAL", f"{numbers[0]}invalid mobile number")
        if query["SignName"] != "元芯传感":
            return 200, _sms("isv.SMS_SIGNATURE_ILLEGAL", "该账号下找不到对应签名")
        if query["TemplateCode"] != "SMS_12345678":
            return 200, _sms("isv.SMS_TEMPLATE_ILLEGAL", "模版不合法(不存在或被拉黑)")
        parameters = json.loads(query["TemplateParam"])
        if any(len(text) > 35 for text in parameters.values()):
            return 200, _sms("isv.PARAM_LENGTH_LIMIT", "参数超过长度限制")
        self.texts.append(query["TemplateParam"])
        return 200, {**_sms("OK", "OK"), "BizId": "9006197469364984^0"}

    def _fault_of_signature(self, request: web.Request, body: bytes) -> tuple[str, int] | None:
        headers = {name.lower(): text for name, text in request.headers.items()}
        algorithm, _, rest = headers.get("authorization", "").partition(" ")
        parts = dict(part.partition("=")[::2] for part in rest.split(","))
        if algorithm != "ACS3-HMAC-SHA256" or parts.get("Credential") != self.key_id:
            return "InvalidAccessKeyId.NotFound", 404
        required = {
            "host",
            "x-acs-action",
            "x-acs-content-sha256",
            "x-acs-date",
            "x-acs-signature-nonce",
            "x-acs-version",
        }
        names = parts["SignedHeaders"].split(";")
        if not required <= set(names) or names != sorted(names):
            return "IncompleteSignature", 400
        if headers["x-acs-content-sha256"] != hashlib.sha256(body).hexdigest():
            return "SignatureDoesNotMatch", 400
        if headers["x-acs-signature-nonce"] in self.nonces:
            return "SignatureNonceUsed", 400
        self.nonces.add(headers["x-acs-signature-nonce"])
        if (headers["x-acs-action"], headers["x-acs-version"]) != ("SendSms", "2017-05-25"):
            return "InvalidAction.NotFound", 404
        path, _, text = request.raw_path.partition("?")
        pairs = sorted(
            (unquote(name), unquote(value)) for name, _, value in (one.partition("=") for one in text.split("&"))
        )
        canonical = "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in pairs)
        lines = "".join(f"{name}:{headers[name].strip()}\n" for name in names)
        asked = "\n".join((request.method, path, canonical, lines, ";".join(names), headers["x-acs-content-sha256"]))
        to_sign = f"{algorithm}\n{hashlib.sha256(asked.encode()).hexdigest()}"
        if hmac.new(self.secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest() != parts["Signature"]:
            return "SignatureDoesNotMatch", 400
        return None


class Webhook(Vendor):
    """A receiver of one's own that checks our own signature."""

    def __init__(self, secret: str = "") -> None:
        super().__init__()
        self.secret = secret

    def answer(self, request: web.Request, body: bytes) -> tuple[int, Any]:
        if self.secret:
            signed = request.headers.get("X-MCS-Timestamp", "").encode() + b"." + body
            wanted = "sha256=" + hmac.new(self.secret.encode(), signed, hashlib.sha256).hexdigest()
            if request.headers.get("X-MCS-Signature") != wanted:
                return 401, {"error": "bad signature"}
        return super().answer(request, body)


def _sms(code: str, message: str) -> dict[str, str]:
    return {"RequestId": "F655A8D5-B967-440B-8683-DAD6FF8DE990", "Message": message, "Code": code}


@contextlib.asynccontextmanager
async def serving(vendor: Any) -> AsyncIterator[Any]:
    """The vendor on a free port of 127.0.0.1 for the block."""
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", vendor.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    vendor.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield vendor
    finally:
        await runner.cleanup()
