"""A long string is taken at once, and a file reads the same as if it had been read digit by digit."""

import re
from io import BytesIO

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from tests.crypto.esign.pdf.builder import plain, written
from tests.crypto.esign.pdf.material import checked, office, sealed

from rogatory_crypto.esign import Indication
from rogatory_crypto.esign.pdf.long_strings import LongStrings
from rogatory_crypto.esign.pdf.reading import open_pdf

LONG = b"9f" * 600


@pytest.mark.parametrize("behind", [b"", b"\r\n", b" " * 40, b"\n% a comment"])
def test_signature_is_the_same_whatever_stands_behind_its_object(behind: bytes) -> None:
    signed = sealed(office(), document=written(plain(more={6: b"<</A 1>>"})))
    place = int(re.findall(rb"/V (\d+) 0 R", signed)[0])
    document = signed + behind if not behind.strip() else signed
    strings = LongStrings(document)
    start = document.index(b"\n%d 0 obj" % place) + 1
    short = strings.shortened(start)
    assert short is not None
    assert len(short.data) < len(short.value)
    assert checked(document).indication is Indication.TOTAL_PASSED


@pytest.mark.parametrize(
    "value",
    [
        b"<</Contents <%s>>>" % LONG,
        b"<</Other (/Contents <%s>)>>" % LONG,
        b"<</Other (/Contents <%s>)/Contents <00>>>" % LONG,
        b"<</Inner<</Contents <%s>>>>>" % LONG,
        b"<</Contents <%s>/Other <%s>>>" % (LONG, LONG),
        b"[<</Contents <%s>>>]" % LONG,
    ],
)
def test_object_reads_as_the_library_reads_it(value: bytes) -> None:
    document = written(plain(root=b"/Kept 6 0 R", more={6: value}))
    ours = open_pdf(document, strict=True).root["/Kept"]

    assert repr(ours) == repr(PdfFileReader(BytesIO(document)).root["/Kept"])
