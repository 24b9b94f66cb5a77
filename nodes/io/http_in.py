"""Takes HTTP requests under /hook, and answers each when the flow has done with its message."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from aiohttp import web

from engine.api import (
    Context,
    Emitter,
    Endpoint,
    Help,
    HttpCall,
    HttpReply,
    Meta,
    Role,
    Source,
    Timer,
    WebhookRouter,
    node,
)
from nodes.drivers.http_body import BadBody, Decoding, decoded, fields, limited_body

BODY = ("POST", "PUT", "PATCH")
SECRET_HEADERS = {"authorization", "proxy-authorization", "cookie"}
RETRY_AFTER_S = "1"


@node(category="network", icon="globe", title="HTTP in")
class HttpIn(Source):
    """Answer requests at /hook and the path given, such as /devices/{sn}/data. The body is the payload; without one, the query is.

    A 2xx answer is a receipt: it is sent when every branch of the flow has finished with the message, database commits included (a
    message in the quarantine is kept, so it counts). An `http-response` node that the message reaches answers at once, with what it says.
    When neither has happened within `answer_within_s` the answer is 504 and the message goes on: whoever sent it may send it again. While
    the flow has as much under way as it may, the answer is 503 with Retry-After and nothing is taken.

    A body that is too large (413), of an unknown kind (415) or not what it says (400) is refused to the sender and never gets into the
    flow. Callers need an API token or a session of `role` unless the node is `open`. The message's topic is the path; its property `http`
    has request, method, path, params, query, headers, user and address, which `http-response` needs to find the caller.
    """

    path: Annotated[
        str, Meta(max_length=200, description="Path below /hook; {name} stands for one part of any content.")
    ]
    method: Annotated[Literal["GET", "POST", "PUT", "PATCH", "DELETE"], Meta(description="Method of the requests.")] = (
        "POST"
    )
    open: Annotated[bool, Meta(description="Take requests of anyone who reaches the server, without sign-in.")] = False
    role: Annotated[Role, Meta(description="Role that a caller needs at least.")] = "operator"
    decode: Annotated[Decoding, Meta(description="What the body is; auto: what the Content-Type says.")] = "auto"
    key: Annotated[
        str, Meta(description="Name of the part of the path that says whom the message is about, such as sn.")
    ] = ""
    headers: Annotated[list[str], Meta(description="Request headers that go into the message.")] = msgspec.field(
        default_factory=list
    )
    status: Annotated[int, Meta(ge=200, le=299, description="Status when no http-response node has answered.")] = 200
    answer_within_s: Annotated[
        float,
        Meta(gt=0, le=600, description="Longest time until the answer.", extra_json_schema={"x-unit": "s"}),
    ] = 30.0
    largest_bytes: Annotated[
        int, Meta(ge=1, le=100_000_000, description="Largest body.", extra_json_schema={"x-unit": "B"})
    ] = 1_000_000
    most_waiting: Annotated[int, Meta(ge=1, le=5000, description="Most requests under way; more get 503.")] = 500

    zh: ClassVar = Help(
        title="HTTP 输入",
        text="在 /hook 下的路径接收 HTTP 请求。流程全部处理完（含数据库提交）后才回答 2xx，除非 http-response 先行回答；"
        "繁忙时回答 503，超时回答 504，报文过大、类型不明或格式错误则拒绝。默认需要登录或 API 令牌。",
        fields={
            "path": "/hook 下的路径，{name} 代表任意一段。",
            "method": "请求方法。",
            "open": "不需登录，任何人可调用。",
            "role": "调用者至少需要的角色。",
            "decode": "报文格式；auto 按 Content-Type。",
            "key": "作为消息键的路径参数名，如 sn。",
            "headers": "放入消息的请求头。",
            "status": "没有 http-response 回答时的状态码。",
            "answer_within_s": "回答的最长等待时间，秒。",
            "largest_bytes": "最大报文，字节。",
            "most_waiting": "同时处理的最多请求数，超出回答 503。",
        },
    )

    def __post_init__(self) -> None:
        secret = sorted(SECRET_HEADERS & {name.lower() for name in self.headers})
        if secret:
            raise ValueError(f"headers: {secret[0]} holds a secret and must not travel in messages; use http.user")
        if self.key and f"{{{self.key}}}" not in self.path:
            raise ValueError(f"key: path {self.path} has no part {{{self.key}}}")

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.emit: Emitter | None = None
        self.under_way = 0
        self.paths = ctx.service(WebhookRouter)
        owner = f"{ctx.flow}/{ctx.node}"
        self.paths.check(owner, self.method, self.path)
        self.endpoint = Endpoint(owner, self.method, self.path, "anyone" if self.open else self.role, self._serve)

    def resume(self) -> None:
        if self.paths.open(self.endpoint):
            self.ctx.status(f"{self.method} /hook{self.path}")
        else:
            self.ctx.status(
                f"another node of this flow answers {self.method} {self.path}; choose another path", "error"
            )

    async def run(self, emit: Emitter) -> None:
        self.emit = emit
        try:
            await asyncio.Event().wait()
        finally:
            self.emit = None

    def stop(self) -> None:
        self.paths.close(self.endpoint)

    def settled(self, tokens: list[Any]) -> None:
        for id in tokens:
            self.paths.answer(id, HttpReply(self.status))

    async def _serve(self, call: HttpCall) -> web.StreamResponse:
        if self.emit is None or self.emit.full or self.under_way >= self.most_waiting:
            return _refusal(503, "busy", "the flow has as much under way as it may; send it again a little later")
        id, answer = self.paths.wait()
        body = asyncio.ensure_future(limited_body(call.request, self.largest_bytes))
        late = HttpReply(504)
        timer: Timer = self.ctx.clock.call_later(self.answer_within_s, lambda: _give_up(answer, late))
        self.under_way += 1
        try:
            waited: set[asyncio.Future[Any]] = {body, answer}
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            if not body.done():
                return _refusal(408, "slow", f"the body did not come within {self.answer_within_s:g} s")
            payload = self._payload(call.request, body.result())
            emit = self.emit
            if emit is None or emit.full:
                return _refusal(503, "busy", "the flow has as much under way as it may; send it again a little later")
            self._push(emit, call, payload, id)
            reply = await answer
        except BadBody as bad:
            return _refusal(bad.status, "bad_body", str(bad))
        finally:
            self.under_way -= 1
            timer.cancel()
            body.cancel()
            self.paths.forget(id)
        if reply is late:
            return _refusal(
                504, "late", f"the flow has not finished within {self.answer_within_s:g} s; it goes on with the message"
            )
        return web.Response(status=reply.status, body=reply.body, headers=reply.headers)

    def _payload(self, request: web.Request, body: bytes) -> Any:
        if not body and self.method not in BODY:
            return dict(fields(request.query.items()))
        return decoded(
            body, request.content_type if "Content-Type" in request.headers else "", request.charset, self.decode
        )

    def _push(self, emit: Emitter, call: HttpCall, payload: Any, id: str) -> None:
        request = call.request
        http = {
            "request": id,
            "method": request.method,
            "path": request.path.removeprefix("/hook"),
            "params": dict(call.parameters),
            "query": dict(fields(request.query.items())),
            "headers": {name.lower(): request.headers[name] for name in self.headers if name in request.headers},
            "user": call.user,
            "address": call.address,
        }
        emit.push(payload, str(http["path"]), key=call.parameters.get(self.key, ""), props={"http": http}, token=id)


def _give_up(answer: asyncio.Future[HttpReply], late: HttpReply) -> None:
    if not answer.done():
        answer.set_result(late)


def _refusal(status: int, code: str, message: str) -> web.Response:
    hint = {503: f"wait {RETRY_AFTER_S} s", 504: "send it again unless the message is harmless to lose"}.get(
        status, "correct the request"
    )
    return web.Response(
        status=status,
        body=msgspec.json.encode({"error": {"code": code, "message": message, "hint": hint}}),
        content_type="application/json",
        headers={"Retry-After": RETRY_AFTER_S} if status == 503 else None,
    )
