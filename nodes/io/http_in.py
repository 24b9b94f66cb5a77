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
    Readable,
    Source,
    Text,
    Timer,
    WebhookRouter,
    hint_of,
    language_of,
    node,
    reason_of,
    render,
)
from nodes.drivers.http_body import BadBody, Decoding, decoded, fields, limited_body
from nodes.support.fields import LeastRole

BODY = ("POST", "PUT", "PATCH")
SECRET_HEADERS = {"authorization", "proxy-authorization", "cookie"}
RETRY_AFTER_S = "1"


@node(category="network", secrets=False, icon="globe", title="HTTP in")
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
    open: Annotated[
        bool,
        Meta(title="Open to everyone", description="Take requests of anyone who reaches the server, without sign-in."),
    ] = False
    role: Annotated[LeastRole, Meta(title="Least role", description="Role that a caller needs at least.")] = "operator"
    decode: Annotated[
        Decoding, Meta(title="Body is", description="What the body is; auto: what the Content-Type says.")
    ] = "auto"
    key: Annotated[
        str, Meta(description="Name of the part of the path that says whom the message is about, such as sn.")
    ] = ""
    headers: Annotated[list[str], Meta(description="Request headers that go into the message.")] = msgspec.field(
        default_factory=list
    )
    status: Annotated[int, Meta(ge=200, le=299, description="Status when no http-response node has answered.")] = 200
    answer_within_s: Annotated[
        float,
        Meta(
            gt=0,
            le=600,
            description="Longest time until the answer.",
            extra_json_schema={"x-unit": "s"},
        ),
    ] = 30.0
    largest_bytes: Annotated[
        int,
        Meta(
            title="Largest body", ge=1, le=100_000_000, description="Largest body.", extra_json_schema={"x-unit": "B"}
        ),
    ] = 1_000_000
    most_waiting: Annotated[
        int, Meta(title="Most under way", ge=1, le=5000, description="Most requests under way; more get 503.")
    ] = 500

    zh: ClassVar = Help(
        "HTTP 输入",
        "在 `/hook` 下的路径接收 HTTP 请求；载荷为请求的正文，没有正文时为查询参数。流程的所有分支都处理完（含数据库提交）之后返回 `2xx`；"
        "消息到达 HTTP 响应节点时，立即返回它给出的响应。流程已满时返回 503，超过响应时限返回 504，正文过大（413）、"
        "类型不明（415）或格式错误（400）的不进入流程。除非无需登录，调用者要有 API 令牌或已登录。",
        fields={
            "path": ("路径", "在 `/hook` 之后；`{name}` 代表任意一段。"),
            "method": ("请求方法", "接收哪种请求。"),
            "open": ("无需登录", "能连到服务器的任何人都可以调用。"),
            "role": ("最低角色", "调用者至少要有的角色。"),
            "decode": ("正文格式", "正文怎样解析。"),
            "key": ("键", "路径中的哪一段作为消息的键，如 `sn`。"),
            "headers": ("请求头", "哪些请求头放入消息。"),
            "status": ("状态码", "没有 HTTP 响应节点响应时返回的状态码。"),
            "answer_within_s": ("响应时限", "最迟多久返回响应。"),
            "largest_bytes": ("正文上限", "最大的正文。"),
            "most_waiting": ("在途上限", "同时处理的请求数；更多的返回 503。"),
        },
    )

    def __post_init__(self) -> None:
        secret = sorted(SECRET_HEADERS & {name.lower() for name in self.headers})
        if secret:
            raise ValueError(Text("http.secret-header", name=secret[0]))
        if self.key and f"{{{self.key}}}" not in self.path:
            raise ValueError(Text("http.no-part", path=self.path, name=self.key))

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
            self.ctx.status(Text("http.taken", method=self.method, path=self.path), "error")

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
            return _refusal(call.request, 503, "busy", Text("http.busy"))
        id, answer = self.paths.wait()
        body = asyncio.ensure_future(limited_body(call.request, self.largest_bytes))
        late = HttpReply(504)
        timer: Timer = self.ctx.clock.call_later(self.answer_within_s, lambda: _give_up(answer, late))
        self.under_way += 1
        try:
            waited: set[asyncio.Future[Any]] = {body, answer}
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            if not body.done():
                return _refusal(call.request, 408, "slow", Text("http.body-slow", seconds=self.answer_within_s))
            payload = self._payload(call.request, body.result())
            emit = self.emit
            if emit is None or emit.full:
                return _refusal(call.request, 503, "busy", Text("http.busy"))
            self._push(emit, call, payload, id)
            reply = await answer
        except BadBody as bad:
            return _refusal(call.request, bad.status, "bad_body", reason_of(bad))
        finally:
            self.under_way -= 1
            timer.cancel()
            body.cancel()
            self.paths.forget(id)
        if reply is late:
            return _refusal(call.request, 504, "late", Text("http.late", seconds=self.answer_within_s))
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


def _refusal(request: web.Request, status: int, code: str, reason: Readable) -> web.Response:
    language = language_of(request.headers.get("Accept-Language", ""))
    message, hint = render(reason, language), hint_of(reason, language)
    return web.Response(
        status=status,
        body=msgspec.json.encode({"error": {"code": code, "message": message, "hint": hint}}),
        content_type="application/json",
        headers={"Retry-After": RETRY_AFTER_S} if status == 503 else None,
    )
