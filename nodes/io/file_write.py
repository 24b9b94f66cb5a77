"""Writes messages to files: appended, replaced as a whole, or in files that are put aside by size or day."""

from __future__ import annotations

import asyncio
import datetime
import os
import re
from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from engine.api import (
    UNSET,
    Context,
    Help,
    Message,
    Meta,
    Node,
    Path,
    PathText,
    PermanentError,
    Port,
    Settings,
    Text,
    choices,
    node,
)
from nodes.drivers.file_area import FileArea, open_plain

DAY_S = 86_400


@node(category="storage", secrets=False, icon="file-output", title="Write file", side_effect=True)
class FileWrite(Node):
    """Append each message to a file, or replace the file by it, and pass the message on once it is on the disk.

    Text and bytes are written as they are, everything else as one line of JSON. What has gathered is written at once and synced to the disk
    once (`sync`), so thousands of messages a second share one sync; `overwrite` replaces the file in one step, so a reader never sees half of it.
    A file above `rotate_bytes`, or of an earlier day (UTC) with `rotate_daily`, is renamed to NAME.YYYYMMDD-HHMMSS-NNNN and a new one begun; of those
    the latest `keep` stay.

    Names are within MCS_DATA/files; further folders are allowed by the setting MCS_FILES. `..` and symbolic links are refused. While the disk
    is full messages wait, and half a line never stays behind.
    """

    file: Annotated[str, Meta(max_length=1000, description="Name of the file, such as exports/readings.jsonl.")] = ""
    file_from: Annotated[
        PathText,
        Meta(description="Path of the name in the message, such as key; goes before `file`."),
    ] = ""
    mode: Annotated[
        Literal["append", "overwrite"],
        choices(append=("Append", "追加"), overwrite=("Replace the file", "替换整个文件")),
        Meta(description="Add to the end, or replace the whole file."),
    ] = "append"
    line_end: Annotated[bool, Meta(description="End each message with a line end.")] = True
    rotate_bytes: Annotated[
        int,
        Meta(
            title="Rotate above",
            ge=0,
            description="Put a file aside that is larger; 0: never.",
            extra_json_schema={"x-unit": "B"},
        ),
    ] = 0
    rotate_daily: Annotated[bool, Meta(description="Put a file of an earlier day aside.")] = False
    keep: Annotated[
        int, Meta(title="Files kept", ge=1, le=10_000, description="How many files that were put aside stay.")
    ] = 30
    sync: Annotated[
        bool,
        Meta(
            title="Wait for the disk", description="Wait until the disk has it; without, a power cut may lose the last."
        ),
    ] = True

    outputs: ClassVar = (Port("out", same_as="in"),)
    zh: ClassVar = Help(
        "写文件",
        "把每条消息追加到文件，或用它替换整个文件，写入磁盘之后再向下传递。文本和字节原样写入，其他写成一行 JSON。积累的消息一起写入、"
        "一起同步；替换一步完成，读者不会看到半个文件。超过轮转大小，或按天轮转（UTC）时，旧文件改名为“文件名.日期-时间-序号”。"
        "文件名限于 `MCS_DATA/files` 之内，可用 `MCS_FILES` 增加目录；.. 和符号链接不可用。磁盘满时等待，不留下半行。",
        fields={
            "file": ("文件", "文件名，如 `exports/readings.jsonl`。"),
            "file_from": ("文件名来自", "文件名在消息中的路径，如 `key`；优先于文件。"),
            "mode": ("写入方式", "追加到末尾，或替换整个文件。"),
            "line_end": ("加换行符", "每条消息之后写一个换行符。"),
            "rotate_bytes": ("轮转大小", "文件超过它则轮转；0 为不轮转。"),
            "rotate_daily": ("按天轮转", "以前日期（UTC）的文件轮转。"),
            "keep": ("保留文件数", "保留几个轮转下来的旧文件。"),
            "sync": ("等待写入磁盘", "写入磁盘之后才算完成；否则断电时可能丢失最后的几条。"),
        },
    )
    timeout_s: ClassVar[float] = 120.0

    def __post_init__(self) -> None:
        if not self.file and not self.file_from:
            raise ValueError(Text("file.none-named"))
        if self.mode == "overwrite" and (self.rotate_bytes or self.rotate_daily):
            raise ValueError(Text("file.rotated"))

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.area = FileArea(ctx.service(Settings))
        self.place = Path(self.file_from) if self.file_from else None

    async def process_batch(self, messages: list[Message]) -> list[Any]:
        results: list[Any] = list(messages)
        by_file: dict[str, list[tuple[int, bytes]]] = {}
        for index, message in enumerate(messages):
            try:
                by_file.setdefault(self._name(message), []).append((index, self._content(message)))
            except PermanentError as refused:
                results[index] = refused
        now = self.ctx.clock.now()
        for name, contents in by_file.items():
            try:
                await asyncio.to_thread(self._write, name, [content for _, content in contents], now)
            except PermanentError as refused:
                for index, _ in contents:
                    results[index] = refused
        return results

    def _name(self, message: Message) -> str:
        name = self.place.get(message) if self.place is not None else self.file
        if not isinstance(name, str):
            raise PermanentError(Text("file.no-text", path=self.file_from))
        return name

    def _content(self, message: Message) -> bytes:
        payload = message.payload
        if payload is UNSET:
            raise PermanentError(Text("value.no-payload"))
        if isinstance(payload, str):
            content = payload.encode("utf-8", "replace")
        elif isinstance(payload, (bytes, bytearray, memoryview)):
            content = bytes(payload)
        else:
            try:
                content = msgspec.json.encode(payload)
            except (TypeError, ValueError, RecursionError, OverflowError) as wrong:
                raise PermanentError(Text("value.not-json", reason=str(wrong))) from wrong
        return content + b"\n" if self.line_end else content

    def _write(self, name: str, contents: list[bytes], now: float) -> None:
        with self.area.parent(name, make=True) as (at, own):
            if self.mode == "overwrite":
                self._replace(at, own, contents[-1])
            elif self.rotate_bytes or self.rotate_daily:
                for content in contents:
                    self._put_aside_if_due(at, own, len(content), now)
                    self._append(at, own, content, now)
            else:
                self._append(at, own, b"".join(contents), now)

    def _append(self, at: int, own: str, data: bytes, now: float) -> None:
        descriptor = open_plain(own, os.O_WRONLY | os.O_APPEND | os.O_CREAT, at)
        try:
            before = os.fstat(descriptor).st_size
            try:
                _write_all(descriptor, data)
            except OSError:
                os.ftruncate(descriptor, before)
                raise
            os.utime(descriptor, (now, now))
            if self.sync:
                os.fsync(descriptor)
                if not before:
                    os.fsync(at)
        finally:
            os.close(descriptor)

    def _replace(self, at: int, own: str, data: bytes) -> None:
        half = f".{own}.part"
        descriptor = open_plain(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, at)
        try:
            _write_all(descriptor, data)
            if self.sync:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.rename(half, own, src_dir_fd=at, dst_dir_fd=at)
        if self.sync:
            os.fsync(at)

    def _put_aside_if_due(self, at: int, own: str, more: int, now: float) -> None:
        try:
            found = os.stat(own, dir_fd=at, follow_symlinks=False)
        except FileNotFoundError:
            return
        full = self.rotate_bytes and found.st_size and found.st_size + more > self.rotate_bytes
        old = self.rotate_daily and found.st_mtime // DAY_S < now // DAY_S
        if not full and not old:
            return
        moment = datetime.datetime.fromtimestamp(now, datetime.UTC).strftime("%Y%m%d-%H%M%S")
        aside = re.compile(re.escape(own) + r"\.(\d{8}-\d{6}-\d{4,})")
        there = sorted(name for name in os.listdir(at) if aside.fullmatch(name))
        number = sum(name.startswith(f"{own}.{moment}") for name in there)
        target = _free(lambda n: f"{own}.{moment}-{n:04}", number, there)
        os.rename(own, target, src_dir_fd=at, dst_dir_fd=at)
        for name in [*there, target][: -self.keep]:
            os.unlink(name, dir_fd=at)


def _free(named: Callable[[int], str], number: int, taken: list[str]) -> str:
    while named(number) in taken:
        number += 1
    return named(number)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
