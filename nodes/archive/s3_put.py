"""`s3-put`: uploads a file to a bucket."""

from __future__ import annotations

import asyncio
import contextlib
import os
from typing import Annotated, ClassVar

import msgspec

from engine.api import (
    Context,
    Help,
    Message,
    Meta,
    Node,
    Path,
    PathText,
    PermanentError,
    RetryableError,
    Settings,
    Targets,
    Text,
    node,
    reason_of,
)
from nodes.drivers.file_area import FileArea
from plant.archive.bucket import Bucket, StoredObject
from plant.archive.entry import ArchiveFile
from plant.archive.service import Archive


@node(category="storage", secrets=False, icon="cloud-upload", title="Upload to S3", side_effect=True)
class S3Put(Node):
    """Upload a file to an S3-compatible store (Cloudflare R2, MinIO, AWS) and add where it went as the property `s3`.

    `s3` is {bucket, key, size_bytes, etag}. The address and the keys are the settings MCS_S3_ENDPOINT, MCS_S3_REGION,
    MCS_S3_ACCESS_KEY_ID and MCS_S3_SECRET_ACCESS_KEY. Every part is sent with its MD5, so what was damaged on the way is refused by the store
    and sent again. A file above `part_mb` goes up in parts. While the store is away, or refuses, the message waits. Files are within
    MCS_DATA/files, as for the other nodes that touch files.
    """

    file: Annotated[
        PathText, Meta(title="File from", min_length=1, description="Path of the file's name in the message.")
    ] = "payload.path"
    name: Annotated[
        PathText, Meta(title="Name from", min_length=1, description="Path of the object's name in the message.")
    ] = "payload.name"
    prefix: Annotated[
        str, Meta(max_length=500, pattern=r"^[^\\\x00-\x1f]*$", description="Goes before the name, such as site-7/.")
    ] = ""
    bucket: Annotated[str, Meta(max_length=255, description="Bucket; empty: MCS_S3_BUCKET.")] = ""
    endpoint: Annotated[
        str,
        Meta(
            title="Address",
            max_length=500,
            pattern=r"^(https?://.+|\$\{.+\})?$",
            description="Address; empty: MCS_S3_ENDPOINT.",
        ),
    ] = ""
    part_mb: Annotated[
        int,
        Meta(title="Size of a part", ge=5, le=1000, description="Size of a part.", extra_json_schema={"x-unit": "MB"}),
    ] = 16

    zh: ClassVar = Help(
        "上传到 S3",
        "把文件上传到 S3 兼容的对象存储（Cloudflare R2、MinIO、AWS），并在属性 `s3` 中附上 `{bucket, key, size_bytes, etag}`。"
        "地址和访问密钥取自设置 `MCS_S3_ENDPOINT`、`MCS_S3_REGION`、`MCS_S3_ACCESS_KEY_ID`、`MCS_S3_SECRET_ACCESS_KEY`。每一段都带 MD5，"
        "途中损坏的由存储端拒收并重发；大文件分段上传。存储不可用或拒绝时等待。文件名限于 `MCS_DATA/files` 之内。",
        fields={
            "file": ("文件名来自", "文件名在消息中的路径。"),
            "name": ("对象名来自", "对象名在消息中的路径。"),
            "prefix": ("对象名前缀", "加在对象名之前，如 `site-7/`。"),
            "bucket": ("存储桶", "不填则为 `MCS_S3_BUCKET`。"),
            "endpoint": ("地址", "不填则为 `MCS_S3_ENDPOINT`。"),
            "part_mb": ("分段大小", "一段有多大。"),
        },
    )
    timeout_s: ClassVar[float] = 3600.0

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        settings = ctx.service(Settings)
        self.area = FileArea(settings)
        self.target = Bucket(
            settings, endpoint=self.endpoint, bucket=self.bucket, part_bytes=self.part_mb * 1024 * 1024
        )
        self.file_path, self.name_path = Path(self.file), Path(self.name)

    async def process(self, msg: Message) -> Message:
        file, name = self.file_path.get(msg), self.name_path.get(msg)
        for path, text in ((self.file, file), (self.name, name)):
            if not isinstance(text, str) or not text:
                raise PermanentError(Text("archive.no-name", path=str(path)))
        if self.endpoint:  # that of the settings is ops' own word
            await self.ctx.service(Targets).check_name(self.endpoint)
        try:
            async with self._noted(msg):
                stored = await asyncio.to_thread(self._put, file, self.prefix + name)
        except RetryableError as away:
            self.ctx.status(reason_of(away), "error")
            raise
        self.ctx.status(stored.key)
        return msg.with_props(s3=msgspec.to_builtins(stored))

    def _noted(self, msg: Message) -> contextlib.AbstractAsyncContextManager[object]:
        """What goes wrong with an archive file is to stand in the ledger; any other file is between the flow and the store."""
        if isinstance(msg.payload, ArchiveFile):
            return self.ctx.service(Archive).working(msg.payload)
        return contextlib.nullcontext()

    def _put(self, file: str, key: str) -> StoredObject:
        with self.area.opened(file) as descriptor, os.fdopen(os.dup(descriptor), "rb") as opened:
            return self.target.put(opened, key)
