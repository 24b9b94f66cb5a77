"""Reads a file when a message comes: whole, or as one message per line."""

from __future__ import annotations

import asyncio
import os
from typing import Annotated, ClassVar, Literal

from engine.api import Context, Help, Message, Meta, Node, Path, PathText, PermanentError, Settings, Text, choices, node
from nodes.drivers.file_area import FileArea
from nodes.support.sequence import array_sequence, new_ids


@node(category="storage", secrets=False, icon="file-input", title="Read file", side_effect=True)
class FileRead(Node):
    """Put the content of a file into the message: as text, as bytes, or line by line as a sequence of messages with `parts` (for `join`).

    Names are within MCS_DATA/files; further folders are allowed by the setting MCS_FILES. Nothing leads out of them: `..` and symbolic
    links are refused. A file that is missing, too large or not in the encoding sends the message to the error port. Lines end at LF or
    CR LF; an empty file has none, and is counted as dropped. A byte order mark of UTF-8 is no part of the text.
    To follow a file that grows, or to read a large one line by line, take `file-lines`.
    """

    file: Annotated[str, Meta(max_length=1000, description="Name of the file, such as recipes/zero.csv.")] = ""
    file_from: Annotated[
        PathText,
        Meta(description="Path of the name in the message, such as payload.file; goes before `file`."),
    ] = ""
    form: Annotated[
        Literal["text", "bytes", "lines"],
        choices(text=("Text", "文本"), bytes=("Bytes", "字节"), lines=("A message per line", "每行一条消息")),
        Meta(title="Content as", description="What the content becomes."),
    ] = "text"
    encoding: Annotated[
        Literal["utf-8", "gb18030", "latin-1", "utf-16"], Meta(description="Encoding of text and lines.")
    ] = "utf-8"
    largest_bytes: Annotated[
        int,
        Meta(
            title="Largest file", ge=1, le=100_000_000, description="Largest file.", extra_json_schema={"x-unit": "B"}
        ),
    ] = 10_000_000
    most_lines: Annotated[int, Meta(ge=1, le=1_000_000, description="For lines: most of them; more are refused.")] = (
        100_000
    )

    zh: ClassVar = Help(
        "读文件",
        "把文件的内容放入消息：整个文本、字节，或逐行成为一个带 `parts` 的消息序列（可用合并节点合成一条）。"
        "文件名限于 `MCS_DATA/files` 之内，可用 `MCS_FILES` 增加目录；.. 和符号链接不可用。文件不存在、过大或编码错误的消息从错误端口送出。"
        "空文件没有行，计为丢弃。要跟随增长的文件，请用逐行读文件节点。",
        fields={
            "file": ("文件", "文件名，如 `recipes/zero.csv`。"),
            "file_from": ("文件名来自", "文件名在消息中的路径，如 `payload.file`；优先于文件。"),
            "form": ("内容形式", "内容成为什么。"),
            "encoding": ("编码", "文本和行的编码。"),
            "largest_bytes": ("文件上限", "最大的文件。"),
            "most_lines": ("行数上限", "逐行：最多几行；更多则处理失败。"),
        },
    )
    timeout_s: ClassVar[float] = 60.0

    def __post_init__(self) -> None:
        if not self.file and not self.file_from:
            raise ValueError(Text("file.none-named"))

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.new_id = new_ids()
        self.area = FileArea(ctx.service(Settings))
        self.place = Path(self.file_from) if self.file_from else None

    async def process(self, msg: Message) -> Message | list[Message]:
        name = self.place.get(msg) if self.place is not None else self.file
        if not isinstance(name, str):
            raise PermanentError(Text("file.no-text", path=self.file_from))
        content = await asyncio.to_thread(self._read, name)
        if self.form == "bytes":
            return msg.replace(payload=content)
        try:
            text = content.decode("utf-8-sig" if self.encoding == "utf-8" else self.encoding)
        except UnicodeDecodeError as wrong:
            raise PermanentError(Text("file.encoding", name=name, encoding=self.encoding, byte=wrong.start)) from wrong
        if self.form == "text":
            return msg.replace(payload=text)
        lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n") if text else []
        if len(lines) > self.most_lines:
            raise PermanentError(Text("file.many-lines", name=name, lines=len(lines), limit=self.most_lines))
        if not lines:
            self.ctx.drop()
        return array_sequence(msg, lines, self.new_id())

    def _read(self, name: str) -> bytes:
        with self.area.opened(name) as descriptor:
            parts: list[bytes] = []
            left = self.largest_bytes + 1
            while left and (part := os.read(descriptor, min(left, 1 << 20))):
                parts.append(part)
                left -= len(part)
            if not left:
                raise PermanentError(Text("file.large", name=name, limit=self.largest_bytes))
            return b"".join(parts)
