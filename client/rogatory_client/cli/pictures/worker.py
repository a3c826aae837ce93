"""The inside of reading pictures: decodes them in a process of its own and writes what codes they hold.

Run as ``python -I -m rogatory_client.cli.pictures.worker``, confined as ``confinement`` says: a picture may
come from anybody, and its decoders are large programs in C. PNG and JPEG only; a picture that would be larger
than its limit in memory is refused by its header.

A job is one line of JSON with the sizes of the pictures, then the pictures; the answer is a JSON array with
the texts of all QR codes in them.
"""

import json
import sys
from io import BytesIO
from typing import Final

from rogatory_client.confinement import leave_network, limit, refuse

MAX_PIXELS: Final = 64_000_000
_MEMORY_BYTES: Final = 1024 * 1024 * 1024
_CPU_S: Final = 20
_MAX_HEADER_BYTES: Final = 4096
_FORMATS: Final = ("PNG", "JPEG")


def main() -> int:
    """Read the codes of some pictures under limits."""
    limit(_MEMORY_BYTES, _CPU_S)
    leave_network()
    source = sys.stdin.buffer
    sizes = json.loads(source.readline(_MAX_HEADER_BYTES))
    pictures = [source.read(int(size)) for size in sizes]
    # Loading a library opens and maps files; a picture needs neither.
    import zxingcpp as _reader  # noqa: F401 - loads the library
    from PIL import Image

    Image.init()
    sys.addaudithook(refuse)
    json.dump([text for picture in pictures for text in texts_in(picture)], sys.stdout)
    return 0


def texts_in(picture: bytes) -> list[str]:
    """The texts of the QR codes in a picture.

    Raises:
        ValueError: it has more pixels than one picture may.
        OSError: it cannot be decoded.
    """
    import zxingcpp
    from PIL import Image

    with Image.open(BytesIO(picture), formats=_FORMATS) as image:
        if image.width * image.height > MAX_PIXELS:
            raise ValueError("a picture of too many pixels")
        if image.has_transparency_data:
            # A transparent pixel shows what lies under it; on paper that is white.
            flat = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))
        else:
            flat = image.convert("L")
    found = zxingcpp.read_barcodes(
        flat.convert("L"), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    )
    return [str(code.text) for code in found]


if __name__ == "__main__":
    sys.exit(main())
