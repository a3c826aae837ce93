"""Checks of signed files, beside pyHanko called in the obvious way on the same PDF in the same run.

Loading the libraries is not counted: a client keeps them loaded. The obvious way reads the security store
into a validation context and calls ``validate_pdf_signature``; it compares revisions too, but looks neither
at the end of the file nor for hidden content, and judges no time stamp as of newer ones. An XML signature
stands beside signxml, which is given the certificate and looks at neither time stamps, trust nor revocation.
For containers and CMS there is no peer; beside them stands what no check can do without. Memory is what a
check holds at its peak beyond the document itself.
"""

import hashlib
import logging
import os
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from typing import Final

from benchmarks.measure import median_seconds, report
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore, validate_pdf_signature
from signxml.xades.xades import XAdESVerifier
from tests.crypto.esign.cms import material as cms
from tests.crypto.esign.container.material import ANNEX, ASIC_E, LETTER, extended, pack
from tests.crypto.esign.container.material import simple as simple_container
from tests.crypto.esign.pdf.builder import FONT, TEXT, Objects, stream, updated, written
from tests.crypto.esign.pdf.builder import plain as plain_page
from tests.crypto.esign.pdf.long_term import LATER, archived, authority, signed
from tests.crypto.esign.xml.long_term import long_term, parallel
from tests.crypto.esign.xml.material import enveloped, reference, signature

from rogatory_crypto.esign import Indication, Report, check
from rogatory_crypto.esign.trust.given import read_anchors

REPETITIONS: Final = 15
MEBIBYTE: Final = 1 << 20
PAGES: Final = 50
LARGE_BUDGET_MS: Final = 300
LARGE_MIB = 13
HOSTILE_BUDGET_MS: Final = 100
RATIO_BUDGET: Final = 2.5
SIGNXML: Final = "signxml on the core alone"
LEAST: Final = "one SHA-256 and one ECDSA verification"
_PREHASHED: Final = ECDSA(Prehashed(hashes.SHA256()))


def ours(document: bytes) -> Report:
    """Check a PDF the way every caller does."""
    return check(document, trust=[authority().root_pem], at=LATER)


def theirs(document: bytes) -> object:
    """Check its first signature with the library alone."""
    reader = PdfFileReader(BytesIO(document))
    (root,) = (anchor.certificate for anchor in read_anchors([authority().root_pem], LATER).anchors)
    context = DocumentSecurityStore.read_dss(reader).as_validation_context(
        {"trust_roots": [root], "allow_fetching": False, "moment": datetime.fromtimestamp(LATER, UTC)}
    )
    return validate_pdf_signature(reader.embedded_regular_signatures[0], context)


def large(mebibytes: int) -> bytes:
    """Return a document of 50 pages, each with an image of its own."""
    objects: dict[int, bytes] = {1: b"<</Type/Catalog/Pages 2 0 R>>", 3: FONT}
    kids = []
    for number in range(PAGES):
        page = 10 + 3 * number
        kids.append(b"%d 0 R" % page)
        objects[page] = (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents %d 0 R"
            b"/Resources<</Font<</F1 3 0 R>>/XObject<</I1 %d 0 R>>>>>>" % (page + 1, page + 2)
        )
        objects[page + 1] = stream(b"q 500 0 0 300 50 50 cm /I1 Do Q " + TEXT)
        side = mebibytes * MEBIBYTE // PAGES
        image = (
            b"/Type/XObject/Subtype/Image/Width %d/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray" % side
        )
        objects[page + 2] = stream(os.urandom(side), image)
    objects[2] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (PAGES, b" ".join(kids))
    return written(objects)


def hostile() -> dict[str, bytes]:
    """Return files that are made to cost much."""
    chain = {number: b"<</A %d 0 R/B %d 0 R>>" % (number + 1, number + 1) for number in range(10, 70)}
    entangled = signed(written(plain_page(page=b"/PieceInfo 10 0 R", more={**chain, 70: b"<</C 4 0 R>>"})))
    deep: dict[int, bytes] = {
        number: b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % (number + 1) for number in range(100, 900)
    }
    # Our own signer gives out nothing of this kind, so it is put behind a signature.
    tree: Objects = {2: b"<</Type/Pages/Count 1/Kids[100 0 R]>>", **deep, 900: plain_page()[3]}
    loop = written(plain_page())
    fields = {number: b"<</FT/Sig/T(S%d)/V 6 0 R>>" % number for number in range(10, 400)}
    names = b" ".join(b"%d 0 R" % number for number in fields)
    many = plain_page(root=b"/AcroForm<</Fields[%s]>>" % names, more={**fields, 6: b"<</Type/Sig>>"})
    return {
        "entangled objects": updated(entangled, {4: stream(b"")}),
        "deep page tree": updated(signed(written(plain_page())), tree),
        "loop of cross-references": loop.replace(b"/Root", b"/Prev %d/Root" % loop.rindex(b"xref\n0"), 1),
        "very many signatures": written(many),
        "one byte ranges, not a file": b"%PDF-1.7 " + b"/ByteRange [0 9 9 9]" * 20_000,
    }


def milliseconds(action: Callable[[], object]) -> float:
    """Return the median time of an action in milliseconds of processor time."""
    return 1000 * median_seconds(action, REPETITIONS)


def peak_mib(action: Callable[[], object]) -> float:
    """Return what an action holds at its peak beyond what was there before."""
    tracemalloc.start()
    action()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / MEBIBYTE


def measure_pdf() -> None:
    """Report small PDFs beside the library alone."""
    long_term = signed()
    for level, document in (("LT", long_term), ("LTA", archived(long_term))):
        scenario = f"PAdES-{level}, one page"
        mine, library = milliseconds(lambda: ours(document)), milliseconds(lambda: theirs(document))  # noqa: B023
        report(scenario, "check", mine, "ms")
        report(scenario, "pyHanko called in the obvious way", library, "ms")
        report(scenario, "ratio", mine / library, "times", RATIO_BUDGET)


def measure_large() -> None:
    """Report large PDFs, and what memory they take beyond themselves."""
    for size in (3, 13, 52):
        document = archived(signed(large(size)))
        scenario, budget = (
            f"PAdES-LTA, {PAGES} pages, {size} MiB",
            LARGE_BUDGET_MS if size <= LARGE_MIB else None,
        )
        report(scenario, "check", milliseconds(lambda: ours(document)), "ms", budget)  # noqa: B023
        report(scenario, "memory beyond the document", peak_mib(lambda: ours(document)), "MiB")  # noqa: B023


def measure_hostile() -> None:
    """Report files that are made to cost much."""
    for name, document in hostile().items():
        report(f"hostile: {name}", "check", milliseconds(lambda: ours(document)), "ms", HOSTILE_BUDGET_MS)  # noqa: B023


def extended_xades() -> dict[str, bytes]:
    """Return the files of an ASiC-E whose signature is XAdES at level LT."""
    files = {"letter.txt": LETTER, "annex/1.txt": ANNEX}
    about = [reference(name, content) for name, content in files.items()]
    signed_files = long_term(signature(about, cms.issued()).encode())
    return {"mimetype": ASIC_E, **files, "META-INF/signatures1.xml": signed_files}


def theirs_xml(document: bytes) -> object:
    """Check the core of the first XML signature with the library alone, its certificate being known."""
    return XAdESVerifier().verify(document, x509_cert=cms.issued().pem.decode(), expect_references=2)


def least(document: bytes) -> object:
    """Do what no check can do without: hash the file once, verify one signature."""
    key = cms.issued().key
    made = _signature_of(hashlib.sha256(document).digest())
    return key.public_key().verify(made, hashlib.sha256(document).digest(), _PREHASHED)


@cache
def _signature_of(imprint: bytes) -> bytes:
    made: bytes = cms.issued().key.sign(imprint, _PREHASHED)
    return made


def checked(document: bytes, *, revocation: bool) -> Report:
    """Check a file of another format."""
    report = check(document, trust=[cms.authority().root_pem], at=cms.NOW + 60, revocation=revocation)
    if report.indication is not Indication.TOTAL_PASSED:
        raise AssertionError(report.sentence)
    return report


def measure_others() -> None:
    """Report the other formats beside what there is to compare them with."""
    bare = enveloped(by=cms.issued())
    peers: dict[str, tuple[bytes, str, Callable[[bytes], object]]] = {
        "CAdES": (cms.attached(cms.issued()), LEAST, least),
        "XAdES-B, enveloped": (bare, SIGNXML, theirs_xml),
        "XAdES-LT, enveloped": (long_term(bare), SIGNXML, theirs_xml),
        "ASiC-S with CAdES": (pack(simple_container()), LEAST, least),
        "ASiC-E with CAdES": (pack(extended()), LEAST, least),
        "ASiC-E with XAdES-LT": (pack(extended_xades()), LEAST, least),
    }
    for name, (document, peer, other) in peers.items():
        took = milliseconds(lambda: checked(document, revocation="LT" in name))  # noqa: B023
        report(name, "check", took, "ms")
        report(name, peer, milliseconds(lambda: other(document)), "ms")  # noqa: B023


def measure_parallel() -> None:
    """Report XML documents that many have signed."""
    for count in (1, 8, 32):
        document = parallel(count)
        took = milliseconds(lambda: checked(document, revocation=True))  # noqa: B023
        report(f"XAdES-LT, {count} parallel signatures", "check", took, "ms")
        report(f"XAdES-LT, {count} parallel signatures", "for each signature", took / count, "ms")


def main() -> None:
    """Measure all of it."""
    logging.disable(logging.CRITICAL)
    measure_pdf()
    measure_large()
    measure_hostile()
    measure_others()
    measure_parallel()


if __name__ == "__main__":
    main()
