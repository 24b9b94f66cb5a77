"""`archive-select`: finds what there is to archive."""

from __future__ import annotations

import datetime
from typing import Annotated, Any, ClassVar

from engine.api import Context, Delivery, Help, Message, Meta, Node, Port, Text, node
from plant.archive.entry import ArchiveFile
from plant.archive.service import Archive


@node(category="storage", secrets=False, icon="list-checks", title="Select days to archive", side_effect=True)
class ArchiveSelect(Node):
    """Send one message for each device and day (UTC) whose readings are older than `keep_days`, the oldest first.

    What an earlier run did not finish goes on where it stood: a day to be filed leaves by `file`, one whose file is in the bucket by
    `verify`, one that is verified by `clean`. Readings that come after their day was archived make a second part. While messages of the
    run before are still under way, nothing is sent.
    """

    keep_days: Annotated[
        int,
        Meta(
            title="Days kept",
            ge=0,
            le=3650,
            description="Whole days that stay in the database.",
            extra_json_schema={"x-unit": "d"},
        ),
    ] = 3
    most: Annotated[
        int, Meta(title="Most files", ge=1, le=100_000, description="Most files of one run; the next one goes on.")
    ] = 2000

    outputs: ClassVar = (
        Port("file", ArchiveFile, title="To file", title_zh="待导出"),
        Port("verify", ArchiveFile, title="Uploaded", title_zh="已上传"),
        Port("clean", ArchiveFile, title="Verified", title_zh="已校验"),
    )
    zh: ClassVar = Help(
        "选择归档日",
        "为每台设备每个超过保留天数的日期（UTC）送出一条消息，最早的在前。上次未完成的从中断处继续：待导出的、已上传的、"
        "已校验的各从自己的端口送出。归档之后才到的读数成为第二部分。上一次尚未结束时不送出。",
        fields={
            "keep_days": ("保留天数", "数据库中保留几个整天。"),
            "most": ("文件数上限", "一次最多几个文件，其余的下次继续。"),
        },
    )
    timeout_s: ClassVar[float] = 600.0

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.archive = ctx.service(Archive)
        self.run: Delivery | None = None

    async def process(self, msg: Message) -> dict[str, Any] | None:
        if self.run is not None and self.run is not msg.delivery and self.run.pending:
            self.ctx.drop()
            self.ctx.status(Text("archive.under-way"), "warning")
            return None
        now = datetime.datetime.fromtimestamp(self.ctx.clock.now(), datetime.UTC)
        cut = (now - datetime.timedelta(days=self.keep_days)).replace(hour=0, minute=0, second=0, microsecond=0)
        files = await self.archive.select(cut, now, self.most)
        self.run = msg.delivery
        self.ctx.status(Text("status.files", count=len(files)))
        ports: dict[str, list[Message]] = {"file": [], "verify": [], "clean": []}
        for file in files:
            port = {"uploaded": "verify", "verified": "clean"}.get(file.state, "file")
            ports[port].append(msg.replace(payload=file, key=file.sn, topic=file.name))
        return dict(ports)
