"""A request's body, read within a limit and decoded without guessing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl

import msgspec
from aiohttp import web

from engine.api import Readable, Text, choices

__all__ = ["BadBody", "Decoding", "decoded", "fields", "limited_body"]

Decoding = Annotated[
    Literal["auto", "json", "form", "text", "bytes"],
    choices(
        auto=("By its Content-Type", "自动"),
        json=("JSON", "JSON"),
        form=("Form", "表单"),
        text=("Text", "文本"),
        bytes=("Bytes", "字节"),
    ),
]

CHUNK_BYTES = 65_536
MOST_FIELDS = 1000


class BadBody(Exception):
    """The body is not taken. `status` is the HTTP status that says so; the text is for the sender."""

    def __init__(self, status: int, reason: Readable) -> None:
        super().__init__(reason)
        self.status = status


async def limited_body(request: web.Request, limit_bytes: int) -> bytes:
    """The whole body, unpacked when it came compressed. BadBody (413) as soon as it is over the limit, whatever its length claims to be."""
    declared = request.content_length
    parts: list[bytes] = []
    size = 0
    while declared is None or declared <= limit_bytes:
        try:
            part = await request.content.read(CHUNK_BYTES)
        except web.RequestPayloadError as broken:
            raise BadBody(400, Text("http.body-cut")) from broken
        if not part:
            return b"".join(parts)
        size += len(part)
        if size > limit_bytes:
            break
        parts.append(part)
    raise BadBody(413, Text("http.body-large", limit=limit_bytes))


def decoded(body: bytes, content_type: str, charset: str | None, decoding: Decoding) -> Any:
    """The payload. `auto` goes by the content type: JSON, form, text, and bytes for everything else. BadBody (400, 415) says what is wrong."""
    kind = _kind(content_type) if decoding == "auto" else decoding
    if kind == "bytes":
        return body
    if kind == "json":
        return _json(body)
    try:
        text = body.decode(charset or "utf-8")
    except LookupError as unknown:
        raise BadBody(415, Text("http.charset", charset=str(charset))) from unknown
    except UnicodeDecodeError as wrong:
        raise BadBody(400, Text("http.not-charset", charset=charset or "UTF-8", byte=wrong.start)) from wrong
    return text if kind == "text" else _form(text)


def fields(pairs: Iterable[tuple[str, str]]) -> Mapping[str, str | list[str]]:
    """{name: text}, or {name: [texts]} of a name that stands more than once."""
    found: dict[str, str | list[str]] = {}
    for name, text in pairs:
        known = found.get(name)
        if known is None:
            found[name] = text
        elif isinstance(known, list):
            known.append(text)
        else:
            found[name] = [known, text]
    return found


def _kind(content_type: str) -> Decoding:
    if content_type == "application/json" or content_type.endswith("+json"):
        return "json"
    if content_type == "application/x-www-form-urlencoded":
        return "form"
    if content_type.startswith("multipart/"):
        raise BadBody(415, Text("http.multipart"))
    return "text" if content_type.startswith("text/") else "bytes"


def _json(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise BadBody(400, Text("http.not-json", reason=str(wrong))) from wrong
    except RecursionError as deep:
        raise BadBody(400, Text("http.json-deep")) from deep


def _form(text: str) -> Mapping[str, str | list[str]]:
    try:
        return fields(
            parse_qsl(
                text, keep_blank_values=True, strict_parsing=bool(text), errors="strict", max_num_fields=MOST_FIELDS
            )
        )
    except (ValueError, UnicodeDecodeError) as wrong:
        raise BadBody(400, Text("http.no-form", reason=str(wrong))) from wrong
