"""Watches a folder, and tells of files that have come, changed or gone, once nobody writes to them any more."""

from __future__ import annotations

import asyncio
import fnmatch
import os
import stat
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from engine.api import (
    Context,
    Emitter,
    Help,
    Meta,
    PermanentError,
    RetryableError,
    Settings,
    Source,
    Text,
    choices,
    node,
    reason_of,
)
from nodes.drivers.file_area import FileArea

Stamp = list[int]
"""[size, time of the last change in ns, inode]: what tells that a file is another than before."""
Event = Annotated[
    Literal["created", "changed", "deleted"],
    choices(created=("New files", "新增"), changed=("Changed files", "变化"), deleted=("Deleted files", "删除")),
]


@node(category="storage", secrets=False, icon="folder-search", title="Watch folder")
class Watch(Source):
    """Send a message for each file of a folder that is new, has changed or is gone: {file, event, size_bytes, modified}.

    `file` is the name that `file-read` takes, `modified` is Unix seconds. A file counts once its size and time have stood still for `settle_s`,
    so half an upload is never announced. What has been announced, and finished by the flow, is remembered across restarts; what was not is announced
    again. The folder is looked through every `poll_s`, which works on network drives too. Symbolic links are left out.
    """

    folder: Annotated[str, Meta(max_length=1000, description="Folder in MCS_DATA/files; empty: that itself.")] = ""
    pattern: Annotated[
        str, Meta(title="Names", min_length=1, max_length=200, description="Which names: *.csv, GS?_*.txt")
    ] = "*"
    subfolders: Annotated[bool, Meta(description="Look into the folders below, too.")] = False
    events: Annotated[list[Event], Meta(title="Tell of", min_length=1, description="What to tell.")] = msgspec.field(
        default_factory=lambda: ["created", "changed"]
    )
    existing: Annotated[
        bool,
        Meta(
            title="Files that are there",
            description="Announce the files that are there when the folder is watched for the first time.",
        ),
    ] = True
    settle_s: Annotated[
        float,
        Meta(
            title="Stand still for",
            ge=0,
            le=3600,
            description="How long a file must stand still.",
            extra_json_schema={"x-unit": "s"},
        ),
    ] = 2.0
    poll_s: Annotated[
        float,
        Meta(title="Look every", ge=0.05, le=3600, description="How often to look.", extra_json_schema={"x-unit": "s"}),
    ] = 1.0
    most_files: Annotated[int, Meta(ge=1, le=100_000, description="Most files; more are an error.")] = 10_000

    zh: ClassVar = Help(
        "监视目录",
        "目录中有文件新增、变化或删除时送出一条消息 `{file, event, size_bytes, modified}`；`file` 可直接用于读文件节点，`modified` 为 Unix 秒。"
        "文件静止一段时间之后才通知，所以不会通知写了一半的文件；流程处理完的在重启之后不再通知。定期查看目录，网络磁盘也可用。"
        "符号链接不算。",
        fields={
            "folder": ("目录", "`MCS_DATA/files` 中的目录；不填则为其本身。"),
            "pattern": ("文件名模式", "如 `*.csv`、`GS?_*.txt`。"),
            "subfolders": ("包含子目录", "也查看下级目录。"),
            "events": ("通知内容", "通知哪些变化。"),
            "existing": ("通知已有文件", "第一次监视时，也通知已有的文件。"),
            "settle_s": ("静止时间", "文件静止多久之后才通知。"),
            "poll_s": ("检查间隔", "多久查看一次。"),
            "most_files": ("文件数上限", "最多几个文件；更多则出错。"),
        },
    )

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.area = FileArea(ctx.service(Settings))
        self.known = ctx.state("known", list[int])
        self.begun = ctx.state("begun", bool)

    async def run(self, emit: Emitter) -> None:
        under_way: dict[str, Stamp | None] = {}
        waiting: dict[str, tuple[Stamp, float]] = {}
        self.under_way = under_way
        while True:
            try:
                there = await asyncio.to_thread(self._look)
                self.ctx.status(Text("status.files", count=len(there)))
            except (PermanentError, RetryableError) as problem:
                self.ctx.status(reason_of(problem), "error")
                await self.ctx.clock.sleep(self.poll_s)
                continue
            known = dict(self.known.items()) | under_way
            if not self.begun.get("begun"):
                self.begun.set("begun", True)
                if not self.existing:
                    for file, stamp in there.items():
                        self.known.set(file, stamp)
                    known = dict(there)
            await self._tell_files(emit, there, known, waiting)
            for file in [file for file, stamp in known.items() if stamp is not None and file not in there]:
                await self._emit(emit, file, "deleted", None)
            for file in waiting.keys() - there.keys():
                del waiting[file]
            await self.ctx.clock.sleep(self.poll_s)

    def settled(self, tokens: list[tuple[str, Stamp | None]]) -> None:
        for file, stamp in tokens:
            self._finished(file, stamp)

    async def _tell_files(
        self,
        emit: Emitter,
        there: dict[str, Stamp],
        known: dict[str, Stamp | None],
        waiting: dict[str, tuple[Stamp, float]],
    ) -> None:
        now = self.ctx.clock.monotonic()
        for file, stamp in there.items():
            if known.get(file) == stamp:
                waiting.pop(file, None)
                continue
            seen, since = waiting.setdefault(file, (stamp, now))
            if seen != stamp:
                waiting[file] = (stamp, now)
            elif now - since >= self.settle_s:
                del waiting[file]
                await self._emit(emit, file, "created" if known.get(file) is None else "changed", stamp)

    async def _emit(self, emit: Emitter, file: str, event: Event, stamp: Stamp | None) -> None:
        if event not in self.events:
            self._finished(file, stamp)
            return
        self.under_way[file] = stamp
        await emit.room()
        payload: dict[str, Any] = {"file": file, "event": event}
        if stamp is not None:
            payload |= {"size_bytes": stamp[0], "modified": stamp[1] / 1e9}
        emit.push(payload, file, key=file, token=(file, stamp))

    def _finished(self, file: str, stamp: Stamp | None) -> None:
        if stamp is None:
            self.known.delete(file)
        else:
            self.known.set(file, stamp)
        if file in self.under_way and self.under_way[file] == stamp:
            del self.under_way[file]

    def _look(self) -> dict[str, Stamp]:
        found: dict[str, Stamp] = {}
        with self.area.folder(self.folder) as top:
            for path, folders, files, at in os.fwalk(".", dir_fd=top, follow_symlinks=False):
                if not self.subfolders:
                    folders.clear()
                for name in fnmatch.filter(files, self.pattern):
                    try:
                        state = os.stat(name, dir_fd=at, follow_symlinks=False)
                    except FileNotFoundError:
                        continue
                    if not stat.S_ISREG(state.st_mode) or not name.isprintable():
                        continue
                    file = "/".join(part for part in (self.folder.rstrip("/"), path[2:], name) if part)
                    found[file] = [state.st_size, state.st_mtime_ns, state.st_ino]
                    if len(found) > self.most_files:
                        raise PermanentError(Text("file.many", limit=self.most_files))
        return found
