"""`http-request`: asks a web service, and sends its answer on."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import quote, urlsplit

import aiohttp
import msgspec

from engine.api import (
    UNSET,
    Backoff,
    Context,
    Help,
    Message,
    Meta,
    Node,
    PermanentError,
    Port,
    Readable,
    RetryableError,
    Targets,
    Text,
    field,
    node,
)
from nodes.drivers.text_template import TextTemplate

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 60.0


@node(category="network", icon="globe", title="HTTP request", side_effect=True)
class HttpRequest(Node):
    """Send an HTTP request per message, one after the other, and send the answer on as the payload.

    A JSON answer is decoded, a text comes as text, anything else as bytes; `status` and `headers` are properties. Without a `body`, POST, PUT and
    PATCH send the payload: bytes and texts as they are, everything else as JSON. A lost connection, a time-out, 429 and every status of 500 or above
    is tried again `retries` times with growing pauses, then the message is refused; any other status is an answer.
    Host and scheme can't come from a message, and redirects are not followed (they are answers like any other): no message may
    make the engine ask another address inside the plant. The server itself, its own services and its cloud's addresses are refused unless
    MCS_ALLOWED_TARGETS names them.
    """

    url: Annotated[
        str,
        Meta(
            title="Address",
            pattern="^https?://",
            description="Address; {{key}} or {{payload.x}} is filled in after the host.",
        ),
    ]
    method: Annotated[Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"], Meta(description="Request method.")] = (
        "GET"
    )
    headers: Annotated[dict[str, str], Meta(description="Headers; values may hold {{…}} places.")] = field(
        default_factory=dict
    )
    body: Annotated[str, Meta(description="Text to send, with {{…}} places. Empty: the payload.")] = ""
    answer_within_s: Annotated[
        float,
        Meta(
            gt=0,
            le=300,
            description="How long one attempt may take, s.",
            extra_json_schema={"x-unit": "s"},
        ),
    ] = 10.0
    retries: Annotated[int, Meta(ge=0, le=20, description="Further attempts when the service is away.")] = 3
    verify_tls: Annotated[
        bool,
        Meta(
            title="Check the certificate",
            description="Check the server's certificate. Off only for a device in your own network.",
        ),
    ] = True
    largest_bytes: Annotated[
        int,
        Meta(
            title="Largest answer",
            ge=1,
            le=100_000_000,
            description="Largest answer that is taken, bytes.",
            extra_json_schema={"x-unit": "B"},
        ),
    ] = 1_000_000

    outputs: ClassVar = (Port("out", title="Answer", title_zh="响应"),)
    timeout_s: ClassVar[float] = 320.0
    zh: ClassVar = Help(
        "HTTP 请求",
        "为每条消息发送一个 HTTP 请求，一条接一条，并把响应作为载荷送出：JSON 解析为值，文本为文本，其他为字节；"
        "状态码和响应头在属性 `status` 和 `headers` 中。连接断开、超时、429 和 `5xx` 按递增间隔重试，仍不成功则该消息处理失败；"
        "其他状态码也是响应。主机和协议不能来自消息，也不跟随重定向。服务器本身、其服务及云平台的地址，须在 MCS_ALLOWED_TARGETS 中填写才能访问。",
        fields={
            "url": ("地址", "主机之后可用 `{{key}}`、`{{payload.x}}` 等占位。"),
            "method": ("请求方法", "发送哪种请求。"),
            "headers": ("请求头", "值中可用 `{{payload.x}}` 等占位。"),
            "body": ("正文", "要发送的文本，可用占位；不填则发送载荷。"),
            "answer_within_s": ("响应时限", "一次尝试最多等多久。"),
            "retries": ("重试次数", "服务不可用时再试几次。"),
            "verify_tls": ("验证证书", "验证服务器的证书；只有自己网络中的设备才可关闭。"),
            "largest_bytes": ("响应上限", "最大的响应。"),
        },
    )

    def __post_init__(self) -> None:
        if "{{" in urlsplit(self.url).netloc:
            raise ValueError(Text("http.host"))
        for text in (self.url, self.body, *self.headers.values()):
            TextTemplate(text)

    async def start(self, ctx: Context) -> None:
        self._url = TextTemplate(self.url, lambda value: quote(value, safe=""))
        self._headers = {name: TextTemplate(value, _one_line) for name, value in self.headers.items()}
        self._body = TextTemplate(self.body) if self.body else None
        self._backoff = Backoff(ctx.clock, first_s=FIRST_PAUSE_S, longest_s=LONGEST_PAUSE_S)
        self._attempts: tuple[int, int] = (0, 0)
        targets = ctx.service(Targets)

        async def opened() -> aiohttp.ClientSession:
            return targets.session()

        self._session: aiohttp.ClientSession = await ctx.shared("http", opened, aiohttp.ClientSession.close)

    async def process(self, msg: Message) -> Message:
        data, kind = self._data(msg)
        headers = {name: value(msg) for name, value in self._headers.items()}
        if kind and not any(name.lower() == "content-type" for name in headers):
            headers["Content-Type"] = kind
        url = self._url(msg)
        try:
            async with self._session.request(
                self.method,
                url,
                data=data,
                headers=headers,
                ssl=self.verify_tls,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=self.answer_within_s),
            ) as answer:
                if answer.status >= 500 or answer.status == 429:
                    raise self._away(msg, Text("http.answered", status=answer.status, reason=answer.reason or ""))
                payload = await self._read(answer)
                self._attempts = (0, 0)
                return msg.replace(payload=payload).with_props(status=answer.status, headers=dict(answer.headers))
        except TimeoutError as error:
            raise self._away(msg, Text("http.no-answer", seconds=self.answer_within_s)) from error
        except aiohttp.InvalidURL as error:
            raise PermanentError(Text("http.no-address", url=url[:200])) from error
        except aiohttp.ClientError as error:
            raise self._away(msg, str(error) or type(error).__name__) from error

    def _away(self, msg: Message, reason: Readable) -> Exception:
        known, attempts = self._attempts
        if known != msg.id:
            self._backoff.reset()
            attempts = 0
        attempts += 1
        host = urlsplit(self.url).hostname or ""
        if attempts > self.retries:
            self._attempts = (0, 0)
            return PermanentError(Text("http.gave-up", host=host, reason=reason, attempts=attempts))
        self._attempts = (msg.id, attempts)
        return RetryableError(Text("http.away", host=host, reason=reason), after_s=self._backoff.next_s())

    def _data(self, msg: Message) -> tuple[bytes | None, str]:
        if self._body is not None:
            return self._body(msg).encode(), ""
        if self.method in ("GET", "HEAD", "DELETE") or msg.payload is UNSET:
            return None, ""
        if isinstance(msg.payload, (bytes, bytearray, memoryview)):
            return bytes(msg.payload), "application/octet-stream"
        if isinstance(msg.payload, str):
            return msg.payload.encode(), "text/plain; charset=utf-8"
        try:
            return msgspec.json.encode(msg.payload), "application/json"
        except (TypeError, ValueError, RecursionError) as error:
            raise PermanentError(Text("value.not-json", reason=str(error))) from error

    async def _read(self, answer: aiohttp.ClientResponse) -> Any:
        data = bytearray()
        async for part in answer.content.iter_any():
            data += part
            if len(data) > self.largest_bytes:
                raise PermanentError(Text("http.answer-large", limit=self.largest_bytes))
        kind = answer.content_type
        if kind == "application/json" or kind.endswith("+json"):
            try:
                return msgspec.json.decode(data if answer.charset is None else _text(data, answer)) if data else None
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
                raise PermanentError(Text("http.answer-json", reason=str(error))) from error
        if kind.startswith("text/"):
            return _text(data, answer, errors="replace")
        return bytes(data)


def _text(data: bytes | bytearray, answer: aiohttp.ClientResponse, errors: str = "strict") -> str:
    try:
        return data.decode(answer.charset or "utf-8", errors)
    except LookupError as unknown:
        raise PermanentError(Text("http.answer-charset", charset=answer.charset or "")) from unknown


def _one_line(value: str) -> str:
    if "\r" in value or "\n" in value:
        raise PermanentError(Text("http.line-break"))
    return value
