"""`archive-clean`: takes archived rows out of the database."""

from __future__ import annotations

import asyncio
from typing import ClassVar

import msgspec

from engine.api import Context, Help, Message, Node, Port, Text, node
from plant.archive.cleaning import clean
from plant.archive.entry import ArchiveFile
from plant.archive.service import Archive


@node(category="storage", secrets=False, icon="eraser", title="Clean archived rows", side_effect=True)
class ArchiveClean(Node):
    """Delete the rows that are in a verified file, exactly those, or drop the day's partition when all of the day is archived.

    The files of a day are cleaned together, with the last one of the run; where another one of the day has a problem, one by one. If the
    table has other rows than the file by now (one came late, one was corrected), nothing is deleted and the next run files them anew.
    What was cleaned leaves by the first port, one message per file; the file on this machine is removed.
    """

    inputs: ClassVar = (Port("in", ArchiveFile),)
    outputs: ClassVar = (Port("out", ArchiveFile),)
    zh: ClassVar = Help(
        "清理已归档数据",
        "删除已校验的文件中的那些行，不多不少；一天全部归档之后，直接删除当天的分区。同一天的文件由本次的最后一个一并清理；"
        "其中有问题时逐个清理。表中的行与文件已不同（迟到或更正）时不删除，下次重新导出。每清理完一个文件送出一条消息，并删除本机的文件。",
    )
    timeout_s: ClassVar[float] = 1200.0

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.archive = ctx.service(Archive)

    async def process(self, msg: Message) -> list[Message]:
        file: ArchiveFile = msg.payload
        async with self.archive.working(file) as known:
            if known is None or known.md5 != file.md5 or known.state != "verified":
                return []
            cleaned = await clean(self.archive.ledger, known)
            await asyncio.to_thread(self.archive.remove, cleaned.files)
            if cleaned.how == "changed":
                await self.archive.ledger.refused(known, Text("archive.changed", name=known.name), back_to="selected")
        if cleaned.how == "changed":
            self.ctx.status(Text("archive.changed", name=file.name), "warning")
        elif cleaned.how == "dropped":
            self.ctx.status(Text("archive.dropped", name=file.name))
        else:
            self.ctx.status(Text("archive.cleaned", name=file.name))
        done = [msgspec.structs.replace(one, state="cleaned") for one in cleaned.files]
        return [msg.replace(payload=one, key=one.sn, topic=one.name) for one in done]
