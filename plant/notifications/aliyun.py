"""Aliyun SMS: SendSms of API version 2017-05-25, signed with ACS3-HMAC-SHA256.

Signed here in sixty lines rather than by the vendor's SDK (alibabacloud-dysmsapi20170525): that brings a dozen packages of its own, a second
HTTP stack among them, into a process that must fit beside five others in 2 GB, for one request. The tests hold the signature against the
vendor's published example byte by byte. Source: help.aliyun.com, “V3 version request structure and signature mechanism”.
"""

from __future__ import annotations

import datetime
import hashlib
import hmac
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlsplit

import aiohttp
import msgspec

from plant.notifications.card import Sms, addresses
from plant.notifications.http_post import post
from plant.notifications.message_text import MOST_CHARACTERS
from plant.notifications.outcome import Answer, Hint, PermanentFailure, TransientFailure
from plant.notifications.template import filled

__all__ = ["send_sms", "signed"]

ACTION, VERSION = "SendSms", "2017-05-25"
ALGORITHM: Final = "ACS3-HMAC-SHA256"
BLANK: Final = "-"
"""For a variable without a value: the vendor declines an empty one."""

_HINTS: Final[dict[str, Hint]] = {
    "SignatureDoesNotMatch": "sign",
    "IncompleteSignature": "sign",
    "InvalidTimeStamp.Expired": "sign",
    "InvalidAccessKeyId.NotFound": "auth",
    "InvalidAccessKeyId.Inactive": "auth",
    "isv.ACCOUNT_NOT_EXISTS": "auth",
    "isp.RAM_PERMISSION_DENY": "auth",
    "isv.SMS_SIGNATURE_ILLEGAL": "setting",
    "isv.SMS_TEMPLATE_ILLEGAL": "setting",
    "isv.SMS_SIGN_ILLEGAL": "setting",
    "isv.TEMPLATE_MISSING_PARAMETERS": "setting",
    "isv.TEMPLATE_PARAMS_ILLEGAL": "content",
    "isv.PARAM_LENGTH_LIMIT": "content",
    "isv.MOBILE_NUMBER_ILLEGAL": "recipients",
    "isv.MOBILE_COUNT_OVER_LIMIT": "recipients",
    "isv.AMOUNT_NOT_ENOUGH": "balance",
    "isv.OUT_OF_SERVICE": "balance",
}
_AGAIN: Final[dict[str, tuple[Hint, float | None]]] = {
    "isv.BUSINESS_LIMIT_CONTROL": ("rate", 60.0),
    "isp.SYSTEM_ERROR": ("vendor", None),
    "isp.GATEWAY_ERROR": ("vendor", None),
    "ServiceUnavailable": ("vendor", None),
    "InternalError": ("vendor", None),
}


async def send_sms(
    session: aiohttp.ClientSession, card: Sms, secret: str, values: Mapping[str, str], now: float, nonce: str
) -> Answer:
    """One SMS to every number of the card. Raises TransientFailure or PermanentFailure with the vendor's own answer."""
    if not secret:
        raise PermanentFailure("the card has no AccessKey secret", "setting")
    parameters = {
        name: filled(text, values).strip()[:MOST_CHARACTERS] or BLANK for name, text in card.parameters.items()
    }
    query = {
        "PhoneNumbers": ",".join(addresses(card.phones)),
        "SignName": card.sign_name,
        "TemplateCode": card.template_code,
        "TemplateParam": msgspec.json.encode(parameters).decode(),
    }
    host = urlsplit(card.endpoint).netloc
    headers = {
        "host": host,
        "x-acs-action": ACTION,
        "x-acs-version": VERSION,
        "x-acs-date": datetime.datetime.fromtimestamp(now, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
    }
    text_of_query, sent = signed("POST", query, headers, card.access_key_id, secret)
    status, text = await post(session, f"{card.endpoint.rstrip('/')}/?{text_of_query}", b"", sent)
    return _judged(status, text)


def signed(
    method: str, query: Mapping[str, str], headers: Mapping[str, str], key_id: str, secret: str, body: bytes = b""
) -> tuple[str, dict[str, str]]:
    """(the canonical query, the headers with `x-acs-content-sha256` and `Authorization`). `headers` are named in lower case."""
    canonical = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in sorted(query.items()))
    digest = hashlib.sha256(body).hexdigest()
    all_headers = {**headers, "x-acs-content-sha256": digest}
    names = sorted(name for name in all_headers if name.startswith("x-acs-") or name in ("host", "content-type"))
    lines = "".join(f"{name}:{all_headers[name].strip()}\n" for name in names)
    request = "\n".join([method, "/", canonical, lines, ";".join(names), digest])
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    authorization = f"{ALGORITHM} Credential={key_id},SignedHeaders={';'.join(names)},Signature={signature}"
    return canonical, {**all_headers, "Authorization": authorization}


def _quoted(text: str) -> str:
    """RFC 3986: only letters, digits and -_.~ stay."""
    return quote(text, safe="-_.~")


def _judged(status: int, text: str) -> Answer:
    try:
        answer = msgspec.json.decode(text, type=dict[str, object])
        code = str(answer["Code"])
    except (msgspec.MsgspecError, KeyError, RecursionError):
        raise TransientFailure(f"HTTP {status} {text}".strip(), "vendor") from None
    if code == "OK":
        return Answer(text)
    if code.startswith("Throttling"):
        raise TransientFailure(text, "rate", 30.0)
    if code in _AGAIN:
        hint, after_s = _AGAIN[code]
        raise TransientFailure(text, hint, after_s)
    raise PermanentFailure(text, _HINTS.get(code, "vendor"))
