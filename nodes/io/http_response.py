"""Answers the HTTP request that a message came from."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar

import msgspec

from engine.api import (
    UNSET,
    Context,
    Help,
    HttpReply,
    Message,
    Meta,
    Node,
    Path,
    PathText,
    PermanentError,
    Text,
    WebhookRouter,
    node,
)

OURS = {
    "content-length",
    "transfer-encoding",
    "connection",
    "set-cookie",
    "content-security-policy",
    "upgrade",
    "trailer",
}
NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@node(category="network", secrets=False, icon="reply", title="HTTP response", side_effect=True)
class HttpResponse(Node):
    """Answer the request that the message came from, at once and whatever else is still under way in the flow.

    Text is sent as text/plain, bytes as they are, everything else as JSON; a message without payload gives an empty body. Without this node
    an `http-in` answers by itself when the flow is done, which is the safe way: answering earlier tells the sender to forget the message.

    A message that came from no `http-in` is refused. One whose request has been answered before, or was given up, is dropped and counted.
    """

    outputs: ClassVar = ()

    status: Annotated[int, Meta(ge=200, le=599, description="HTTP status.")] = 200
    status_from: Annotated[
        PathText,
        Meta(description="Path of a status in the message, such as http.status; `status` where there is none."),
    ] = ""
    content_type: Annotated[str, Meta(max_length=200, description="Content-Type; empty: by what the payload is.")] = ""
    headers: Annotated[dict[str, str], Meta(description="Further response headers.")] = msgspec.field(
        default_factory=dict
    )

    zh: ClassVar = Help(
        "HTTP 响应",
        "立即响应消息所来自的 HTTP 请求，不等流程的其他部分。文本按 `text/plain` 发送，字节原样发送，其他写成 JSON；没有载荷则正文为空。"
        "不用此节点时，HTTP 输入节点在流程处理完之后自行响应，这样更可靠：提前响应等于让发送者忘掉这条消息。"
        "不是来自 HTTP 输入节点的消息处理失败；请求已响应过或已放弃的，丢弃并计数。",
        fields={
            "status": ("状态码", "返回的 HTTP 状态码。"),
            "status_from": ("状态码来自", "状态码在消息中的路径，如 `http.status`；没有时用状态码。"),
            "content_type": ("内容类型", "即 `Content-Type`；不填则由载荷决定。"),
            "headers": ("响应头", "另外的响应头。"),
        },
    )

    def __post_init__(self) -> None:
        for name, text in self.headers.items():
            if not NAME.fullmatch(name) or any((ord(one) < 32 and one != "\t") or ord(one) == 127 for one in text):
                raise ValueError(Text("http.no-header", name=name))
            if name.lower() in OURS:
                raise ValueError(Text("http.own-header", name=name))
        if any(ord(one) < 32 for one in self.content_type):
            raise ValueError(Text("http.content-type"))

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.paths = ctx.service(WebhookRouter)
        self.status_path = Path(self.status_from) if self.status_from else None

    def process(self, msg: Message) -> None:
        http = msg.props.get("http")
        id = http.get("request") if isinstance(http, dict) else None
        if not isinstance(id, str):
            raise PermanentError(Text("http.no-request"))
        body, content_type = _body(msg.payload)
        headers = (
            {**self.headers, "Content-Type": self.content_type or content_type}
            if body or self.content_type
            else self.headers
        )
        if not self.paths.answer(id, HttpReply(self._status(msg), body, headers)):
            self.ctx.drop()
            self.ctx.status(Text("http.too-late"), "warning")

    def _status(self, msg: Message) -> int:
        found = self.status_path.get(msg) if self.status_path is not None else UNSET
        if found is UNSET or found is None:
            return self.status
        if isinstance(found, int) and not isinstance(found, bool) and 200 <= found <= 599:
            return found
        raise PermanentError(Text("http.no-status", path=self.status_from, value=str(found)[:40]))


def _body(payload: Any) -> tuple[bytes, str]:
    if payload is UNSET:
        return b"", ""
    if isinstance(payload, str):
        return payload.encode("utf-8", "replace"), "text/plain; charset=utf-8"
    if isinstance(payload, (bytes, bytearray, memoryview)):
        return bytes(payload), "application/octet-stream"
    try:
        return msgspec.json.encode(payload), "application/json"
    except (TypeError, ValueError, RecursionError, OverflowError) as wrong:
        raise PermanentError(Text("value.not-json", reason=str(wrong))) from wrong
