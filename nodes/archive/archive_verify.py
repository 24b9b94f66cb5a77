"""`archive-verify`: checks that the bucket has what was filed."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, ClassVar

import msgspec

from engine.api import Context, Help, Message, Meta, Node, PermanentError, Port, Settings, Targets, Text, node
from plant.archive.bucket import Bucket, StoredObject, same_checksum
from plant.archive.entry import ArchiveFile
from plant.archive.service import Archive


@node(category="storage", secrets=False, icon="shield-check", title="Verify archive file", side_effect=True)
class ArchiveVerify(Node):
    """Ask the bucket for size and MD5 of the file that was uploaded, and let it pass only if both are those of the file.

    Where the store's answer holds no MD5 of the whole (an upload in parts, an encrypted bucket), or with `reread`, the object is read back
    and its MD5 calculated. A file that is not as it should be is refused; its rows stay, and the next run files them anew.
    """

    reread: Annotated[
        bool, Meta(title="Always read back", description="Read every object back, whatever the store says.")
    ] = False
    endpoint: Annotated[
        str,
        Meta(
            title="Address",
            max_length=500,
            pattern=r"^(https?://.+|\$\{.+\})?$",
            description="Address, as in s3-put; empty: MCS_S3_ENDPOINT.",
        ),
    ] = ""

    inputs: ClassVar = (Port("in", ArchiveFile),)
    outputs: ClassVar = (Port("out", ArchiveFile),)
    zh: ClassVar = Help(
        "校验归档文件",
        "向存储桶核对已上传文件的大小和 MD5，一致才放行。存储端给不出整个文件的 MD5（分段上传、加密的桶），或设置了总是读回时，"
        "读回对象计算。不一致的处理失败，数据保留，下次重新导出。",
        fields={
            "reread": ("总是读回", "每个对象都读回核对。"),
            "endpoint": ("地址", "与上传到 S3 节点相同；不填则为 `MCS_S3_ENDPOINT`。"),
        },
    )
    timeout_s: ClassVar[float] = 3600.0

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.settings = ctx.service(Settings)
        self.archive = ctx.service(Archive)

    async def process(self, msg: Message) -> Message | None:
        file: ArchiveFile = msg.payload
        stored = _stored(msg)
        async with self.archive.working(file) as known:
            if known is None or known.md5 != file.md5:
                return None
            ledger = self.archive.ledger
            if stored is not None:
                if not await ledger.uploaded(file, stored.bucket, stored.key, stored.etag):
                    return None
                known = msgspec.structs.replace(known, bucket=stored.bucket, object_key=stored.key, etag=stored.etag)
            if self.endpoint:  # that of the settings is ops' own word
                await self.ctx.service(Targets).check_name(self.endpoint)
            problem = await asyncio.to_thread(self._problem, known)
            if problem:
                await ledger.refused(file, problem, back_to="selected")
                raise PermanentError(problem)
            if not await ledger.advance(known, "verified"):
                return None
        self.ctx.status(known.name)
        return msg.replace(payload=msgspec.structs.replace(known, state="verified")).with_props(s3=msgspec.UNSET)

    def _problem(self, file: ArchiveFile) -> Text | None:
        bucket = Bucket(self.settings, endpoint=self.endpoint, bucket=file.bucket)
        stored = bucket.head(file.object_key)
        if stored is None:
            return Text("archive.no-object", bucket=file.bucket, key=file.object_key)
        same = same_checksum(stored, file.size_bytes, file.md5)
        if same and not self.reread:
            return None
        if same is not False and bucket.read_md5(file.object_key) == (file.size_bytes, file.md5):
            return None
        return Text(
            "archive.other-object",
            key=file.object_key,
            bucket=file.bucket,
            size_bytes=stored.size_bytes,
            etag=stored.etag,
            sent_bytes=file.size_bytes,
            md5=file.md5,
        )


def _stored(msg: Message) -> StoredObject | None:
    found: Any = msg.props.get("s3")
    try:
        return None if found is None else msgspec.convert(found, StoredObject)
    except msgspec.ValidationError as wrong:
        raise PermanentError(Text("archive.s3", reason=str(wrong))) from wrong
