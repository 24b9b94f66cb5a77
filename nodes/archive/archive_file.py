"""`archive-file`: writes the readings of one device and day into a file."""

from __future__ import annotations

import asyncio
from typing import Annotated, ClassVar

from engine.api import Context, Help, Message, Meta, Node, PermanentError, Port, Text, connection_or_retry, node
from plant.archive.entry import ArchiveFile
from plant.archive.file import ArchiveWriter, is_intact
from plant.archive.rows import stream_rows
from plant.archive.service import Archive


@node(
    category="storage",
    secrets=False,
    icon="file-archive",
    title="Write archive file",
    type="archive-file",
    side_effect=True,
)
class ArchiveFileNode(Node):
    """Write the readings of one device and day as CSV, compressed with gzip, and send on what the file is.

    Rows are streamed: a day of five million takes no more memory than one of a hundred. The same rows give the same bytes. The file is
    `archive/archive_{sn}_{date}.csv.gz` in MCS_DATA/files until its rows have left the database. While the disk is full it waits.
    """

    level: Annotated[
        int,
        Meta(
            title="Compression",
            ge=1,
            le=9,
            description="How hard gzip tries: 1 quick, 9 small (a tenth smaller at four times the work).",
        ),
    ] = 6

    inputs: ClassVar = (Port("in", ArchiveFile),)
    outputs: ClassVar = (Port("out", ArchiveFile),)
    zh: ClassVar = Help(
        "写归档文件",
        "把一台设备一天的读数写成 gzip 压缩的 CSV，送出文件的信息。逐段写出，五百万行与一百行占用的内存相同；相同的行得到相同的字节。"
        "数据离开数据库之前，文件保存在 `MCS_DATA/files` 的 `archive` 目录中。磁盘满时等待。",
        fields={
            "level": ("压缩级别", "1 最快，9 最小。"),
        },
    )
    timeout_s: ClassVar[float] = 3600.0

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.archive = ctx.service(Archive)

    async def process(self, msg: Message) -> Message | None:
        async with self.archive.working(msg.payload) as file:
            if file is None:
                return None
            made: ArchiveFile | None = file
            if not await asyncio.to_thread(self._is_filed, file):
                made = await self._make(file)
        if made is None:
            return None
        self.ctx.status(Text("archive.rows", name=made.name, rows=made.rows))
        return msg.replace(payload=made)

    def _is_filed(self, file: ArchiveFile) -> bool:
        return file.state == "filed" and is_intact(self.archive.path(file), file.size_bytes, file.md5)

    async def _make(self, file: ArchiveFile) -> ArchiveFile | None:
        ledger = self.archive.ledger
        async with ArchiveWriter(self.archive.path(file), self.level) as writer:
            async with connection_or_retry(ledger.database) as connection:
                figures = await stream_rows(connection, file, writer.write)
            if not figures.rows:
                if file.state == "filed":
                    raise PermanentError(Text("archive.gone"))
                await ledger.forget(file)
                return None
            await writer.finish()
        return await ledger.filed(file, figures, writer.size_bytes, writer.md5)
