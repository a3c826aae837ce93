"""Reads the text of a QR code from a picture the officer names: a screenshot, a photo, a scan of a letter.

Needs the extra ``images``; without it everything can still be typed or handed over as a file. A picture that
cannot be decoded, for whatever reason, is a sentence to the officer and nothing else.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from rogatory_client.bounded_file import read_bytes
from rogatory_client.cli.pictures.qr_parts import join
from rogatory_crypto.errors import MisuseError

MAX_PICTURE_BYTES: Final = 32 << 20
MAX_PICTURES: Final = 32
_MAX_ANSWER_BYTES: Final = 1 << 20
_WALL_S: Final = 30.0
_COMMAND: Final = (sys.executable, "-I", "-m", "rogatory_client.cli.pictures.worker")
_LIBRARIES: Final = ("zxingcpp", "PIL")


def read_picture_files(paths: Sequence[Path]) -> str:
    """The one text in these pictures; where it was shown in parts, they are put together.

    Raises:
        MisuseError: a file is too large, or as for ``read_pictures``.
        OSError: a file cannot be read.
    """
    return read_pictures([read_bytes(path, MAX_PICTURE_BYTES) for path in paths[: MAX_PICTURES + 1]])


def read_pictures(pictures: Sequence[bytes]) -> str:
    """The one text in these pictures (PNG or JPEG).

    Raises:
        MisuseError: the extra ``images`` is not installed, a picture cannot be decoded, or there is no code
            in them, more than one text, or a part of one only.
    """
    if any(find_spec(library) is None for library in _LIBRARIES):
        raise MisuseError(
            "pictures are read by the extra `images`: install it with pip install rogatory[images]"
        )
    if not 0 < len(pictures) <= MAX_PICTURES:
        raise MisuseError(f"1 to {MAX_PICTURES} pictures are read at once")
    return join(_decoded(pictures))


def _decoded(pictures: Sequence[bytes]) -> list[str]:
    header = json.dumps([len(picture) for picture in pictures]).encode() + b"\n"
    try:
        finished = subprocess.run(  # noqa: S603 - our own module, no shell, nothing from the pictures
            _COMMAND,
            input=header + b"".join(pictures),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_WALL_S,
            env={},
            check=True,
            cwd="/",
        )
        answer = json.loads(finished.stdout[:_MAX_ANSWER_BYTES])
    except (subprocess.SubprocessError, ValueError) as error:
        raise MisuseError("a picture could not be read: take it again, as PNG or JPEG") from error
    if not (isinstance(answer, list) and all(isinstance(text, str) for text in answer)):
        raise MisuseError("reading the pictures gave no readable answer")
    return answer
