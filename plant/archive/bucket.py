"""One bucket of an S3-compatible object store: Cloudflare R2, MinIO, AWS."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from engine.api import RetryableError, Settings, Text

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

__all__ = ["Bucket", "StoredObject", "same_checksum"]

PART_BYTES = 16 << 20
PIECE_BYTES = 1 << 20
CONNECT_S = 10.0
READ_S = 60.0
ATTEMPTS = 2
NOT_FOUND = ("404", "NoSuchKey", "NotFound")

_RIGHTS = Text("archive.rights")
_REMEDIES = {
    "NoSuchBucket": Text("archive.make-bucket"),
    # Who may not list buckets is told that of a missing one, too.
    "AccessDenied": _RIGHTS,
    "403": _RIGHTS,
    "InvalidAccessKeyId": Text("archive.key-id"),
    "SignatureDoesNotMatch": Text("archive.key-secret"),
    "RequestTimeTooSkewed": Text("archive.set-clock"),
    "BadDigest": Text("archive.damaged"),
}


class StoredObject(msgspec.Struct, frozen=True):
    """What the store says of an object. `etag` is its MD5 when it came in one piece, else `…-N`."""

    bucket: str
    key: str
    size_bytes: int
    etag: str


class Bucket:
    """All methods block: call them in a thread. Whatever fails raises RetryableError with what to do, for the same object may go in later."""

    def __init__(
        self, settings: Settings, *, endpoint: str = "", bucket: str = "", part_bytes: int = PART_BYTES
    ) -> None:
        self._settings = settings
        self._endpoint = endpoint or settings.s3_endpoint or ""
        self.name = bucket or settings.s3_bucket or ""
        self._part_bytes = part_bytes
        self._made: S3Client | None = None
        self._making = threading.Lock()

    def put(self, file: BinaryIO, key: str) -> StoredObject:
        """Stores the file from where it stands to its end, each part with its MD5, which the store checks before it keeps it."""
        first = file.read(self._part_bytes + 1)
        with self._reported(Text("archive.upload", key=key)):
            if len(first) <= self._part_bytes:
                answer = self._client.put_object(Bucket=self.name, Key=key, Body=first, ContentMD5=_base64(first))
                return StoredObject(self.name, key, len(first), answer["ETag"].strip('"'))
            return self._put_parts(file, first, key)

    def head(self, key: str) -> StoredObject | None:
        """What the store has under that key, None when it has nothing."""
        with self._reported(Text("archive.look-up", key=key)):
            try:
                answer = self._client.head_object(Bucket=self.name, Key=key)
            except self._client.exceptions.ClientError as error:
                if _code(error) not in NOT_FOUND or not self._is_there():
                    raise
                return None
        return StoredObject(self.name, key, answer["ContentLength"], answer["ETag"].strip('"'))

    def read_md5(self, key: str) -> tuple[int, str]:
        """(size in bytes, MD5 in hex) of the object, by reading it."""
        digest = hashlib.md5(usedforsecurity=False)
        size = 0
        for piece in self.read(key):
            digest.update(piece)
            size += len(piece)
        return size, digest.hexdigest()

    def read(self, key: str) -> Iterator[bytes]:
        """The object piece by piece."""
        with self._reported(Text("archive.download", key=key)):
            yield from self._client.get_object(Bucket=self.name, Key=key)["Body"].iter_chunks(PIECE_BYTES)

    def download(self, key: str, path: Path) -> None:
        """Writes the object to a file."""
        with path.open("wb") as file:
            for piece in self.read(key):
                file.write(piece)

    def _put_parts(self, file: BinaryIO, first: bytes, key: str) -> StoredObject:
        client = self._client
        self._abort_old(key)
        upload = client.create_multipart_upload(Bucket=self.name, Key=key)["UploadId"]
        parts: list[CompletedPartTypeDef] = []
        size, rest = 0, first
        try:
            while rest:
                rest += file.read(max(0, self._part_bytes - len(rest)))
                part, rest = rest[: self._part_bytes], rest[self._part_bytes :]
                answer = client.upload_part(
                    Bucket=self.name,
                    Key=key,
                    UploadId=upload,
                    PartNumber=len(parts) + 1,
                    Body=part,
                    ContentMD5=_base64(part),
                )
                parts.append({"PartNumber": len(parts) + 1, "ETag": answer["ETag"]})
                size += len(part)
                rest = rest or file.read(1)
            done = client.complete_multipart_upload(
                Bucket=self.name, Key=key, UploadId=upload, MultipartUpload={"Parts": parts}
            )
        except BaseException:
            with contextlib.suppress(Exception):
                client.abort_multipart_upload(Bucket=self.name, Key=key, UploadId=upload)
            raise
        return StoredObject(self.name, key, size, done["ETag"].strip('"'))

    def _abort_old(self, key: str) -> None:
        """Parts of an upload that was killed are kept, and paid for, until somebody takes them away."""
        found = self._client.list_multipart_uploads(Bucket=self.name, Prefix=key)
        for upload in found.get("Uploads", []):
            if upload["Key"] == key:
                self._client.abort_multipart_upload(Bucket=self.name, Key=key, UploadId=upload["UploadId"])

    def _is_there(self) -> bool:
        """A missing bucket and a missing object look the same in the answer to a HEAD."""
        self._client.list_objects_v2(Bucket=self.name, MaxKeys=1)
        return True

    @property
    def _client(self) -> S3Client:
        if not self.name:
            raise RetryableError(Text("archive.no-bucket"))
        with self._making:
            if self._made is None:
                self._made = _client(self._settings, self._endpoint)
            return self._made

    @contextlib.contextmanager
    def _reported(self, what: Text) -> Iterator[None]:
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except ClientError as error:
            code = _code(error)
            message = error.response.get("Error", {}).get("Message") or "refused"
            remedy = _REMEDIES.get(code, Text("archive.again"))
            raise RetryableError(
                Text("archive.bucket", bucket=self.name, what=what, code=code, message=message, remedy=remedy)
            ) from error
        except (BotoCoreError, Boto3Error, OSError) as error:
            where = self._endpoint or Text("archive.the-store")
            raise RetryableError(Text("archive.store", where=where, what=what, reason=str(error))) from error


def same_checksum(stored: StoredObject, size_bytes: int, md5: str) -> bool | None:
    """Whether the store's own answer says that the object is this file; None when it can't tell (uploaded in parts, or encrypted)."""
    if stored.size_bytes != size_bytes:
        return False
    is_md5 = len(stored.etag) == 32 and all(letter in "0123456789abcdef" for letter in stored.etag.lower())
    return stored.etag.lower() == md5 if is_md5 else None


def _client(settings: Settings, endpoint: str) -> S3Client:
    # Half a second and 30 MB: only who archives pays for them.
    import boto3
    from botocore.config import Config

    secret = settings.s3_secret_access_key
    options: dict[str, Any] = {
        "connect_timeout": CONNECT_S,
        "read_timeout": READ_S,
        "retries": {"mode": "standard", "total_max_attempts": ATTEMPTS},
        "s3": {"addressing_style": "path"},
        # AWS's newer checksums are refused by other stores; Content-MD5 is understood by all.
        "request_checksum_calculation": "when_required",
        "response_checksum_validation": "when_required",
    }
    return boto3.client(
        "s3",
        endpoint_url=endpoint or None,
        region_name=settings.s3_region,
        aws_access_key_id=settings.s3_access_key_id,
        aws_secret_access_key=secret.reveal() if secret else None,
        config=Config(**options),
    )


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown"))


def _base64(part: bytes) -> str:
    return base64.b64encode(hashlib.md5(part, usedforsecurity=False).digest()).decode()
