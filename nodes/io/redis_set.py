"""Writes a value to Redis, for a time if wanted."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from engine.api import UNSET, Context, Help, Message, Meta, Node, Path, PathText, PermanentError, Port, node
from nodes.drivers.redis_client import RedisProblem, encoded, key_of, problem_of, redis_client


@node(category="storage", icon="database-backup", title="Set in Redis", side_effect=True)
class RedisSet(Node):
    """Store the payload under a Redis key, and pass the message on once Redis has taken it. The key is `prefix` and what the message names.

    Text and bytes are stored as they are, everything else as JSON. With `ttl_s` Redis forgets the value that many seconds later; without, it
    stays. A message with the property `delete` removes the key instead. Messages that have gathered are sent at once, in order.
    While Redis is away, or full, they wait. Keys that begin with mcs: belong to the engine and are refused.
    """

    prefix: Annotated[str, Meta(max_length=200, description="Beginning of the key, such as last_alarm_")] = ""
    key_from: Annotated[PathText, Meta(description="Path of the rest of the key; empty: the prefix is the key.")] = (
        "key"
    )
    value_from: Annotated[PathText, Meta(min_length=1, description="Path of the value.")] = "payload"
    ttl_s: Annotated[
        float,
        Meta(
            title="Keep for",
            ge=0,
            le=31_536_000,
            description="Time to live; 0: for ever.",
            extra_json_schema={"x-unit": "s"},
        ),
    ] = 0.0
    redis: Annotated[str, Meta(description="Address, such as ${secret:redis}; empty: the site's own Redis.")] = ""

    outputs: ClassVar = (Port("out", same_as="in"),)
    zh: ClassVar = Help(
        "写 Redis",
        "把值存入 Redis 的一个键，写入之后再向下传递；键由前缀和消息中的值组成。文本和字节原样存入，其他写成 JSON。"
        "带 `delete` 属性的消息删除该键。积累的消息按顺序一起发送。Redis 离线或写满时等待。`mcs:` 开头的键属于引擎，不可使用。",
        fields={
            "prefix": ("键的前缀", "如 `last_alarm_`。"),
            "key_from": ("键来自", "前缀之后的部分在消息中的路径；不填则键就是前缀。"),
            "value_from": ("值来自", "要存入的值在消息中的路径。"),
            "ttl_s": ("保留时间", "多久之后 Redis 忘记它；0 为一直保留。"),
            "redis": ("Redis 地址", "如 `${secret:redis}`；不填则为全站的 Redis。"),
        },
    )
    timeout_s: ClassVar[float] = 30.0
    max_batch: ClassVar[int] = 500

    async def start(self, ctx: Context) -> None:
        self.path = Path(self.key_from) if self.key_from else None
        self.value = Path(self.value_from)
        self.client = await redis_client(ctx, self.redis)

    async def process_batch(self, messages: list[Message]) -> list[Any]:
        results: list[Any] = list(messages)
        changes: dict[int, tuple[str, bytes | None]] = {}
        for index, message in enumerate(messages):
            try:
                deletes = message.props.get("delete", UNSET) is not UNSET
                changes[index] = (
                    key_of(message, self.prefix, self.path),
                    None if deletes else encoded(self.value.get(message)),
                )
            except PermanentError as refused:
                results[index] = refused
        if changes:
            try:
                answers = await self._send(list(changes.values()))
            except RedisProblem as error:
                raise problem_of(error) from error
            for index, answer in zip(changes, answers, strict=True):
                if isinstance(answer, Exception):
                    results[index] = problem_of(answer)
        for result in results:
            if not isinstance(result, (Message, PermanentError)):
                raise result
        return results

    async def _send(self, changes: list[tuple[str, bytes | None]]) -> list[Any]:
        ttl_ms = max(1, round(self.ttl_s * 1000)) if self.ttl_s else None
        async with self.client.pipeline(transaction=False) as pipe:
            for key, value in changes:
                if value is None:
                    pipe.delete(key)
                else:
                    pipe.set(key, value, px=ttl_ms)
            return list(await pipe.execute(raise_on_error=False))
