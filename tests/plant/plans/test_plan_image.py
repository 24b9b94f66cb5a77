"""Uploads are looked into: what is no picture, too large or a trap is refused, what is kept carries no metadata."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from plant.plans.plan_image import LARGEST_BYTES, LARGEST_PIXELS, LONGEST_SIDE, ImageRefused, checked


def picture(kind: str, size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    made = io.BytesIO()
    image = Image.new("RGB", size, "white")
    image.putpixel((0, 0), (255, 0, 0))
    image.save(made, kind, **options)
    return made.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A PNG whose head says that size and whose content is a few bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "image_kind"),
        (b"<!doctype html><script>alert(1)</script>", "image_kind"),
        (b"GIF89a" + bytes(100), "image_kind"),
        (b"", "image_kind"),
        (b"\xff\xd8\xff" + b"<svg></svg>", "image_broken"),
        (picture("JPEG")[:-200], "image_broken"),
        (picture("PNG")[:60], "image_broken"),
        (png_of(100_000, 100_000), "image_pixels"),
        (png_of(LARGEST_PIXELS // 1000 + 1, 1000), "image_pixels"),
        (picture("PNG", (8, 8)), "image_small"),
        (picture("PNG") + bytes(LARGEST_BYTES), "image_bytes"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_sound_picture_is_refused(data: bytes, code: str):
    with pytest.raises(ImageRefused) as refused:
        checked(data)
    assert refused.value.code == code


def test_metadata_is_gone_and_the_picture_is_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "secret camera"
    kept = checked(picture("JPEG", (60, 40), exif=exif, comment=b"secret comment"))
    assert (kept.media, kept.width, kept.height) == ("image/jpeg", 40, 60)
    assert b"secret" not in kept.data
    assert Image.open(io.BytesIO(kept.data)).getexif() == {}


def test_large_picture_is_made_smaller_in_its_own_shape():
    kept = checked(picture("PNG", (4400, 2200)))
    assert (kept.media, kept.width, kept.height) == ("image/png", LONGEST_SIDE, LONGEST_SIDE // 2)


def test_what_stands_behind_the_picture_is_not_kept():
    kept = checked(picture("PNG") + b"<script>alert(1)</script>")
    assert b"script" not in kept.data
