"""Follows a file that grows, line by line, and remembers up to where the flow is done."""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import os
from typing import Annotated, Any, ClassVar, Literal

from engine.api import Context, Emitter, Help, Meta, PermanentError, Settings, Source, Text, choices, node, reason_of
from nodes.drivers.file_area import FileArea, open_plain
from nodes.drivers.gapless_progress import Progress, Step

CHUNK_BYTES = 65_536
HEAD_BYTES = 1000
PLACE = "place"

Mark = list[int]
"""[device, inode, offset]: a file goes on being itself when it is renamed."""


@node(category="storage", secrets=False, icon="file-text", title="Lines of a file")
class FileLines(Source):
    """Send each line of a file as a message, and go on with what is appended. The payload is the text without its line end.

    Where the flow has finished with all lines up to is kept in the node's memory: after a restart, or a crash, those are not read again and all
    others are. A file that is renamed and begun anew (rotated) is read to its end first; one that was cut short is read from the start. A last
    line without an end waits until it has one. A line that is too long or not in the encoding goes the way of errors with its beginning.
    When the file was rotated more than once while the engine was down, the files between the one it was reading and the new one are not read.
    """

    file: Annotated[str, Meta(min_length=1, max_length=1000, description="Name of the file in MCS_DATA/files.")]
    begin: Annotated[
        Literal["start", "end"],
        choices(start=("At its start", "开头"), end=("At its end", "末尾")),
        Meta(title="Begin at", description="Where to begin with a file that was never read before."),
    ] = "start"
    encoding: Annotated[Literal["utf-8", "gb18030", "latin-1"], Meta(description="Encoding of the lines.")] = "utf-8"
    poll_s: Annotated[
        float,
        Meta(
            title="Look every",
            ge=0.05,
            le=3600,
            description="How often to look for more.",
            extra_json_schema={"x-unit": "s"},
        ),
    ] = 1.0
    longest_bytes: Annotated[
        int,
        Meta(title="Longest line", ge=1, le=10_000_000, description="Longest line.", extra_json_schema={"x-unit": "B"}),
    ] = 100_000

    zh: ClassVar = Help(
        "逐行读文件",
        "把文件的每一行作为一条消息送出，并继续读取追加的内容；载荷是不含换行符的文本。流程处理完的位置记在节点的上下文中，"
        "重启或崩溃之后不重读已处理完的行，也不漏行。支持日志轮转：改名的旧文件先读完。没有换行符的最后一行等到写完为止。"
        "过长或编码错误的行只取开头，从错误端口送出。引擎停止期间轮转了几次时，中间的文件不读。",
        fields={
            "file": ("文件", "`MCS_DATA/files` 中的文件名。"),
            "begin": ("开始位置", "从未读过的文件从哪里开始。"),
            "encoding": ("编码", "文件的编码。"),
            "poll_s": ("检查间隔", "多久检查一次有没有新内容。"),
            "longest_bytes": ("行上限", "最长的行。"),
        },
    )

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.area = FileArea(ctx.service(Settings))
        self.memory = ctx.state("place", list[int])
        self.progress: Progress[Mark] = Progress()
        self.descriptor = -1

    async def run(self, emit: Emitter) -> None:
        self.progress = Progress()
        mark: Mark | None = self.memory.get(PLACE)
        try:
            while True:
                try:
                    mark = await asyncio.to_thread(self._open, mark)
                    self.ctx.status(self.file)
                    if self.memory.get(PLACE) is None:
                        # so that `begin: end` skips what was there at the first start, and never more
                        self.memory.set(PLACE, mark)
                    mark = await self._follow(emit, mark)
                except PermanentError as refused:
                    self.ctx.status(reason_of(refused), "warning")
                    await self.ctx.clock.sleep(self.poll_s)
        finally:
            self._close()

    def settled(self, tokens: list[Step[Mark]]) -> None:
        for step in tokens:
            self._done(step)

    async def _follow(self, emit: Emitter, mark: Mark) -> Mark | None:
        """Reads on until the file has been replaced; None then."""
        device, inode, offset = mark
        rest = b""
        skipping = False
        while True:
            await emit.room()
            chunk = await asyncio.to_thread(os.pread, self.descriptor, CHUNK_BYTES, offset + len(rest))
            if not chunk:
                state = await asyncio.to_thread(self._state, offset + len(rest))
                if state == "same":
                    await self.ctx.clock.sleep(self.poll_s)
                    continue
                if rest and not skipping:
                    self._push(emit, rest, [device, inode, offset + len(rest)])
                return [device, inode, 0] if state == "cut" else None
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                offset += len(line) + 1
                if not skipping:
                    while emit.full:
                        await emit.room()
                    begin = offset - len(line) - 1
                    self._push(emit, _bare(line, begin), [device, inode, offset])
                skipping = False
            if len(rest) > self.longest_bytes:
                if not skipping:
                    self._refuse(emit, rest, [device, inode, offset], "longer")
                skipping = True
                offset += len(rest)
                rest = b""

    def _push(self, emit: Emitter, line: bytes, mark: Mark) -> None:
        if len(line) > self.longest_bytes:
            self._refuse(emit, line, mark, "longer")
            return
        try:
            text = line.decode(self.encoding)
        except UnicodeDecodeError:
            self._refuse(emit, line, mark, "wrong")
            return
        emit.push(text, self.file, token=self.progress.begin(mark))

    def _refuse(self, emit: Emitter, line: bytes, mark: Mark, why: str) -> None:
        reason = {
            "longer": Text("file.too-long", limit=self.longest_bytes),
            "wrong": Text("file.line-encoding", encoding=self.encoding),
        }[why]
        step = self.progress.begin(mark)
        kept = emit.refuse(line[:HEAD_BYTES] if why == "longer" else line, self.file, reason)
        kept.add_done_callback(lambda done: None if done.cancelled() else self._done(step))

    def _done(self, step: Step[Mark]) -> None:
        reached = self.progress.finish(step)
        if reached is not None:
            self.memory.set(PLACE, reached)

    def _open(self, mark: Mark | None) -> Mark:
        """Opens the file that the mark is about, under its old or its new name, else the one that is there now from its start."""
        self._close()
        with self.area.parent(self.file) as (at, own):
            self.descriptor = open_plain(own, os.O_RDONLY, at)
            found = os.fstat(self.descriptor)
            if mark is not None and [found.st_dev, found.st_ino] != mark[:2]:
                renamed = _by_inode(at, own, mark)
                if renamed is not None:
                    self._close()
                    self.descriptor = open_plain(renamed, os.O_RDONLY, at)
                    found = os.fstat(self.descriptor)
        if mark is not None and [found.st_dev, found.st_ino] == mark[:2]:
            return mark if mark[2] <= found.st_size else [*mark[:2], 0]
        at_end = self.begin == "end" and self.memory.get(PLACE) is None
        return [found.st_dev, found.st_ino, found.st_size if at_end else 0]

    def _state(self, reached: int) -> Any:
        """ "same", "cut" (shorter than what was read) or "gone" (another file has its name)."""
        if os.fstat(self.descriptor).st_size < reached:
            return "cut"
        try:
            with self.area.parent(self.file) as (at, own):
                now = os.stat(own, dir_fd=at, follow_symlinks=False)
        except PermanentError:
            return "same"  # renamed, and no new one yet
        mine = os.fstat(self.descriptor)
        return "same" if (now.st_dev, now.st_ino) == (mine.st_dev, mine.st_ino) else "gone"

    def _close(self) -> None:
        if self.descriptor >= 0:
            with contextlib.suppress(OSError):
                os.close(self.descriptor)
            self.descriptor = -1


def _bare(line: bytes, begin: int) -> bytes:
    """The line without its end, and the first of a file without the mark that some editors put before it."""
    return (line if begin else line.removeprefix(codecs.BOM_UTF8)).removesuffix(b"\r")


def _by_inode(at: int, own: str, mark: Mark) -> str | None:
    with os.scandir(at) as entries:
        for entry in entries:
            if entry.name != own and entry.inode() == mark[1] and entry.is_file(follow_symlinks=False):
                found = entry.stat(follow_symlinks=False)
                return entry.name if found.st_dev == mark[0] and found.st_size > mark[2] else None
    return None
