"""Uploaded pictures: looked into, never believed; what is kept is drawn anew, upright and without metadata."""

from __future__ import annotations

import asyncio
import hashlib
import io
import warnings
from collections.abc import Mapping
from typing import Any

import msgspec
from PIL import Image, ImageOps

from engine.api import Text

__all__ = ["LARGEST_BYTES", "LARGEST_PIXELS", "ImageRefused", "PlanImage", "PlanImages", "checked"]

LARGEST_BYTES = 15_000_000
LARGEST_PIXELS = 24_000_000
LONGEST_SIDE = 4096
SMALLEST_SIDE = 16
_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"


class ImageRefused(Exception):
    """The file won't do. `code` is stable and the browser translates by it."""

    def __init__(self, code: str, message: Text) -> None:
        super().__init__(message)
        self.code = code


class PlanImage(msgspec.Struct, frozen=True):
    """What is stored. `digest` (SHA-256, the first 16 digits) names this content."""

    media: str
    width: int
    height: int
    digest: str
    data: bytes


class PlanImages:
    """A pack service that takes one picture at a time, whoever uploads: memory is what a small server has least of."""

    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Lock()

    async def checked(self, data: bytes) -> PlanImage:
        """See `checked`; on a thread, so that the flows go on. Cancelled, the thread still ends its picture."""
        async with self._one_at_a_time:
            return await asyncio.to_thread(checked, data)

    async def start(self) -> None:
        """Nothing to start."""

    async def stop(self) -> None:
        """Nothing to stop."""

    def health(self) -> Mapping[str, Any]:
        """Always well."""
        return {"status": "ok"}


def checked(data: bytes) -> PlanImage:
    """The picture as it is stored; takes up to a second and 200 MB. Raises ImageRefused.

    The content decides and not the name: an SVG or a web page called .jpg is refused, for neither is a JPEG. The size in pixels is read from
    the head before anything is unpacked, so a small file can't become a huge picture.
    """
    if len(data) > LARGEST_BYTES:
        raise ImageRefused("image_bytes", Text("plan.too-many-bytes", limit=LARGEST_BYTES // 1_000_000))
    if not data.startswith((_JPEG, _PNG)):
        raise ImageRefused("image_kind", Text("plan.no-picture"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as picture:
                _bounded(picture.width, picture.height)
                return _redrawn(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise ImageRefused("image_pixels", Text("plan.many-pixels")) from bomb
    except (OSError, ValueError, SyntaxError, EOFError, IndexError) as broken:
        raise ImageRefused("image_broken", Text("plan.damaged")) from broken


def _bounded(width: int, height: int) -> None:
    if width * height > LARGEST_PIXELS:
        raise ImageRefused(
            "image_pixels", Text("plan.many-pixels-of", width=width, height=height, limit=LARGEST_PIXELS // 1_000_000)
        )
    if min(width, height) < SMALLEST_SIDE:
        raise ImageRefused("image_small", Text("plan.few-pixels", width=width, height=height))


def _redrawn(picture: Image.Image) -> PlanImage:
    is_jpeg = picture.format == "JPEG"
    if is_jpeg:
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    picture.load()
    clear = "A" in picture.getbands() or "transparency" in picture.info
    upright = ImageOps.exif_transpose(picture)
    drawn = upright.convert("RGBA" if clear and not is_jpeg else "RGB")
    drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # A picture made of nothing but its pixels carries no EXIF, no comments, no profiles.
    bare = Image.new(drawn.mode, drawn.size)
    bare.paste(drawn)
    kept = io.BytesIO()
    if is_jpeg:
        bare.save(kept, "JPEG", quality=88, progressive=True)
    else:
        bare.save(kept, "PNG", compress_level=6)
    content = kept.getvalue()
    digest = hashlib.sha256(content).hexdigest()[:16]
    return PlanImage("image/jpeg" if is_jpeg else "image/png", bare.width, bare.height, digest, content)
