"""`python`: runs a function written in the editor, in a process of its own."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from engine.api import UNSET, Context, Example, Help, Message, Meta, Node, PermanentError, Text, node
from nodes.core.parts.python_worker import PythonPermission, Worker
from nodes.support.kinds import kind_text

OWN = ("payload", "topic", "key", "time")


@node(category="calculate", icon="square-function", title="Python", role="integrator")
class Python(Node):
    """Run a Python function `process(msg)` on each message, in a process of its own, with limits of time and memory.

    `msg` is {"payload", "topic", "key", "time", …properties} as JSON values; the function returns such an object
    (what it leaves out stays as it was), a list of them, or None for nothing. Values between messages can be kept in
    global names, until the process ends. An error, a result that is no JSON, and a call that takes too long or too
    much memory refuse the message. The process has no environment and can write no file, but it is no sandbox: it can
    open connections and read what the server's user can read. So these nodes run only where the site allows them
    (MCS_PYTHON_NODES=on), and only an integrator may put one into a flow or change it. None is counted as dropped.
    """

    timeout_s: ClassVar[float] = 120.0

    code: Annotated[str, Meta(min_length=1, max_length=100_000, description="Python that defines process(msg).")]
    time_s: Annotated[
        float,
        Meta(
            title="Time limit",
            gt=0,
            le=60,
            description="Longest time for one message, s.",
            extra_json_schema={"x-unit": "s"},
        ),
    ] = 1.0
    memory_bytes: Annotated[
        int,
        Meta(
            title="Memory limit",
            ge=64_000_000,
            le=8_000_000_000,
            description="Most memory of the process, bytes.",
            extra_json_schema={"x-unit": "B"},
        ),
    ] = 256_000_000

    examples: ClassVar = [
        Example(
            "checksum of a text",
            {
                "code": "import zlib\ndef process(msg):\n    return {'payload': zlib.crc32(msg['payload'].encode())}",
                "time_s": 20,
            },
            given=[],
            expect=[],
            title_zh="文本的校验和",
            state={"python": True},
        )
    ]
    zh: ClassVar = Help(
        "Python 函数",
        "在单独的进程中对每条消息运行 `process(msg)`，限制时间和内存。函数返回一个对象、几个对象的列表，或 `None`（不送出，计为丢弃）。出错、"
        "超时或超出内存的消息处理失败。该进程不是沙箱：现场设置了 `MCS_PYTHON_NODES=on` 才能运行，只有集成工程师可以加入或修改。",
        fields={
            "code": ("代码", "定义 `process(msg)` 的 Python 代码。"),
            "time_s": ("时限", "一条消息最多处理多久，超过则失败。"),
            "memory_bytes": ("内存上限", "进程最多使用多少内存。"),
        },
    )

    def __post_init__(self) -> None:
        try:
            compile(self.code, "<function>", "exec")
        except (SyntaxError, ValueError) as wrong:
            raise ValueError(Text("python.code", reason=str(wrong))) from wrong

    def start(self, ctx: Context) -> None:
        try:
            allowed = ctx.service(PythonPermission).allowed
        except LookupError:
            allowed = False
        if not allowed:
            raise PermanentError(Text("python.off"))
        self.ctx = ctx
        self.worker = Worker(self.code, self.time_s, self.memory_bytes)

    async def process(self, msg: Message) -> Message | list[Message] | None:
        given = {name: getattr(msg, name) for name in OWN} | dict(msg.props)
        result = await self.worker.call({name: value for name, value in given.items() if value is not UNSET})
        if result is None or result == []:
            self.ctx.drop()
            return None
        return [_message(msg, one) for one in result] if isinstance(result, list) else _message(msg, result)

    async def stop(self) -> None:
        await self.worker.stop()


def _message(msg: Message, result: Any) -> Message:
    if not isinstance(result, dict):
        raise PermanentError(Text("python.result", here=kind_text(result)))
    topic, key, time = result.get("topic", msg.topic), result.get("key", msg.key), result.get("time", msg.time)
    if (
        not isinstance(topic, str)
        or not isinstance(key, str)
        or isinstance(time, bool)
        or not isinstance(time, (int, float))
    ):
        raise PermanentError(Text("python.fields"))
    props = {name: value for name, value in result.items() if name not in OWN}
    return msg.replace(payload=result.get("payload", msg.payload), topic=topic, key=key, time=float(time)).with_props(
        **props
    )
