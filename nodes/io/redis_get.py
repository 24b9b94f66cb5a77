"""Reads a value from Redis."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import msgspec

from engine.api import Context, Help, Message, Meta, Node, Path, PathText, PermanentError, Text, choices, node
from nodes.drivers.redis_client import RedisProblem, key_of, problem_of, redis_client


@node(category="storage", icon="database", title="Get from Redis", side_effect=True)
class RedisGet(Node):
    """Put the value of a Redis key into the message. The key is `prefix` and what the message names.

    A key that is not there gives null, or no message (`missing: drop`; it is counted).
    A value of the wrong kind (a list, a hash) or that is not what `decode` says is refused. Messages that have gathered are asked for at once.
    While Redis is away they wait.
    """

    prefix: Annotated[str, Meta(max_length=200, description="Beginning of the key, such as last_alarm_")] = ""
    key_from: Annotated[PathText, Meta(description="Path of the rest of the key; empty: the prefix is the key.")] = (
        "key"
    )
    decode: Annotated[
        Literal["text", "json", "bytes"],
        choices(text=("Text", "文本"), json=("JSON", "JSON"), bytes=("Bytes", "字节")),
        Meta(title="Value is", description="What the value is."),
    ] = "text"
    missing: Annotated[
        Literal["null", "drop"],
        choices(null=("Send null", "送出空值"), drop=("Drop the message", "丢弃该消息")),
        Meta(title="Without the key", description="Without the key: a null payload, or no message."),
    ] = "null"
    redis: Annotated[str, Meta(description="Address, such as ${secret:redis}; empty: the site's own Redis.")] = ""

    zh: ClassVar = Help(
        "读 Redis",
        "把 Redis 中一个键的值放入消息；键由前缀和消息中的值组成。键不存在时载荷为空值，或丢弃该消息并计数；"
        "类型不符或无法解析的处理失败。积累的消息一起查询。Redis 离线时等待。",
        fields={
            "prefix": ("键的前缀", "如 `last_alarm_`。"),
            "key_from": ("键来自", "前缀之后的部分在消息中的路径；不填则键就是前缀。"),
            "decode": ("值的格式", "值怎样解析。"),
            "missing": ("键不存在时", "送出空值，或丢弃该消息。"),
            "redis": ("Redis 地址", "如 `${secret:redis}`；不填则为全站的 Redis。"),
        },
    )
    timeout_s: ClassVar[float] = 30.0
    max_batch: ClassVar[int] = 500

    async def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.path = Path(self.key_from) if self.key_from else None
        self.client = await redis_client(ctx, self.redis)

    async def process_batch(self, messages: list[Message]) -> list[Any]:
        results: list[Any] = [None] * len(messages)
        keys: dict[int, str] = {}
        for index, message in enumerate(messages):
            try:
                keys[index] = key_of(message, self.prefix, self.path)
            except PermanentError as refused:
                results[index] = refused
        if keys:
            try:
                async with self.client.pipeline(transaction=False) as pipe:
                    for key in keys.values():
                        pipe.get(key)
                    answers = await pipe.execute(raise_on_error=False)
            except RedisProblem as error:
                raise problem_of(error) from error
            for (index, key), answer in zip(keys.items(), answers, strict=True):
                results[index] = self._result(messages[index], key, answer)
        return results

    def _result(self, message: Message, key: str, answer: Any) -> Message | Exception | None:
        if isinstance(answer, Exception):
            return problem_of(answer)
        if answer is None:
            if self.missing == "drop":
                self.ctx.drop()
                return None
            return message.replace(payload=None)
        try:
            if self.decode == "json":
                return message.replace(payload=msgspec.json.decode(answer))
            return message.replace(payload=answer.decode() if self.decode == "text" else answer)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
            return PermanentError(Text("redis.no-value", key=key, format=self.decode, reason=str(wrong)))
