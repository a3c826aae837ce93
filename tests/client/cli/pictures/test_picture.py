"""A code is read from what a camera or a screen gives, in a process of its own; all else is a sentence."""

import io
import random
import struct
import subprocess
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image, ImageFilter

from rogatory_client.cli.pictures import reading as picture
from rogatory_client.cli.pictures.qr import QrCode, qr_codes
from rogatory_client.cli.pictures.reading import read_picture_files, read_pictures
from rogatory_client.cli.pictures.worker import MAX_PIXELS, texts_in
from rogatory_crypto.errors import MisuseError

REQUEST = "rogatory-link-1:" + "AbC_-9" * 90


def drawn(code: QrCode, scale: int = 6) -> Image.Image:
    image = Image.new("L", (code.width, code.width), 255)
    image.putdata([0 if module else 255 for row in code.modules for module in row])
    return image.resize((code.width * scale, code.width * scale), Image.Resampling.NEAREST)


def encoded(image: Image.Image, form: str = "PNG") -> bytes:
    out = io.BytesIO()
    image.save(out, form)
    return out.getvalue()


def stacked(images: Sequence[Image.Image]) -> Image.Image:
    whole = Image.new("L", (max(image.width for image in images), sum(image.height for image in images)), 255)
    top = 0
    for image in images:
        whole.paste(image, (0, top))
        top += image.height
    return whole


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_screenshot_reads_back(form: str) -> None:
    (code,) = qr_codes("a request")
    assert read_pictures([encoded(drawn(code), form)]) == "a request"


def test_a_photo_taken_askew_on_a_dark_screen_reads_back() -> None:
    (code,) = qr_codes("a request")
    inverted = drawn(code).point(lambda value: 255 - value)
    photo = Image.new("L", (900, 900), 0)
    photo.paste(inverted, (300, 250))
    photo = photo.rotate(17, resample=Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(1.5))
    assert read_pictures([encoded(photo.convert("RGB"), "JPEG")]) == "a request"


def test_parts_on_one_picture_or_several_are_put_together(tmp_path: Path) -> None:
    images = [drawn(code, 4) for code in qr_codes(REQUEST, columns=70)]
    assert len(images) > 1
    assert read_pictures([encoded(stacked(images))]) == REQUEST
    paths = [tmp_path / f"{at}.png" for at in range(len(images))]
    for path, image in zip(paths, images, strict=True):
        path.write_bytes(encoded(image))
    assert read_picture_files(paths[::-1]) == REQUEST
    with pytest.raises(MisuseError, match=r"missing: 1$"):
        read_picture_files(paths[1:])


def test_transparency_is_white_paper() -> None:
    (code,) = qr_codes("a request")
    dark = drawn(code).point(lambda value: 255 - value)
    image = Image.new("RGBA", dark.size, (0, 0, 0, 0))
    image.putalpha(dark)
    assert texts_in(encoded(image)) == ["a request"]


def header_of(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    described = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rest = chunk(b"IDAT", zlib.compress(b"\x00" * 100)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", described) + rest


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"no picture",
        b"\x89PNG\r\n\x1a\n",
        header_of(2**31 - 1, 2**31 - 1),
        header_of(20_000, 20_000),
        encoded(Image.new("L", (90, 90), 255))[:-20],
        encoded(Image.new("L", (90, 90), 255), "GIF"),
        encoded(Image.new("L", (90, 90), 255), "TIFF"),
        random.Random(4).randbytes(5000),  # noqa: S311 - noise, not a secret
    ],
)
def test_what_is_no_picture_is_a_sentence(hostile: bytes) -> None:
    with pytest.raises(MisuseError):
        read_pictures([hostile])


def test_a_picture_is_refused_by_its_header_before_it_is_decoded() -> None:
    with pytest.raises(ValueError, match="too many pixels"):
        texts_in(header_of(8001, MAX_PIXELS // 8000))


def test_a_picture_without_code_says_so() -> None:
    with pytest.raises(MisuseError, match="no code"):
        read_pictures([encoded(Image.new("L", (400, 400), 255))])


def test_two_requests_are_not_mixed() -> None:
    images = [drawn(code) for text in ("one", "another") for code in qr_codes(text)]
    with pytest.raises(MisuseError, match="belong together"):
        read_pictures([encoded(stacked(images))])


@pytest.mark.parametrize("count", [0, 33])
def test_a_number_of_pictures_that_nobody_takes_is_misuse(count: int) -> None:
    with pytest.raises(MisuseError, match="at once"):
        read_pictures([b""] * count)


def test_without_the_extra_the_officer_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "_LIBRARIES", ("a_library_that_is_not_there",))
    with pytest.raises(MisuseError, match="images"):
        read_pictures([b""])


def test_other_commands_do_not_load_the_libraries() -> None:
    program = (
        "import sys, rogatory_client.cli.pictures.reading; print({'PIL', 'zxingcpp'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
