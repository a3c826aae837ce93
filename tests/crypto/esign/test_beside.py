"""Evidence given beside a document reaches the signatures and time stamps of every format."""

from collections.abc import Callable

import pytest
from asn1crypto import cms  # type: ignore[import-untyped]
from tests.crypto.esign.cms.material import (
    CONTENT,
    NOW,
    attribute,
    authority,
    issued,
    signed_attributes,
    signed_data,
    signer_info,
    token,
)
from tests.crypto.esign.cms.material import detached as detached_cms
from tests.crypto.esign.container.material import ASIC_S, LETTER, extended, pack, simple
from tests.crypto.esign.test_checking import letter, pki, sign
from tests.crypto.esign.xml.material import enveloped

from rogatory_crypto.esign import DocumentFormat, Indication, Report, SignatureReport, TimestampReport, check
from rogatory_crypto.esign.cms.digests import digest
from rogatory_crypto.esign.report import Origin

DAY = 86_400
AT = NOW + 60


def container_of_time() -> bytes:
    stamped = token(digest("sha256", LETTER)).dump()
    return pack({"mimetype": ASIC_S, "letter.txt": LETTER, "META-INF/timestamp.tst": stamped})


def counter_signed() -> bytes:
    info = signer_info(issued(), signed_attributes(issued(), CONTENT))
    of = info["signature"].native
    own = [each for each in signed_attributes(issued(), of) if each["type"].native != "content_type"]
    countered = cms.SignerInfo(
        {
            **{name: info[name] for name in info},
            "unsigned_attrs": [attribute("counter_signature", signer_info(issued(), own))],
        }
    )
    return signed_data([countered], [issued().certificate])


def judged(document: bytes, *, held: bool, root: bytes, crl: bytes) -> Report:
    return check(document, trust=[root], contents=[CONTENT], at=AT, evidence=[crl] if held else ())


def parts(report: Report) -> tuple[SignatureReport | TimestampReport, ...]:
    return (*report.signatures, *report.counter_signatures, *report.timestamps)


@pytest.mark.parametrize(
    ("kind", "make", "count"),
    [
        (DocumentFormat.CADES, lambda: detached_cms(issued()), 1),
        (DocumentFormat.CADES, counter_signed, 2),
        (DocumentFormat.XADES, lambda: enveloped(by=issued()), 1),
        (DocumentFormat.ASIC_S, lambda: pack(simple()), 1),
        (DocumentFormat.ASIC_E, lambda: pack(extended()), 1),
        (DocumentFormat.ASIC_S, container_of_time, 1),
    ],
    ids=["cades", "counter-signature", "xades", "asic-s", "asic-e", "container time stamp"],
)
def test_evidence_reaches_every_signature_and_time_stamp(
    kind: DocumentFormat, make: Callable[[], bytes], count: int
) -> None:
    document, ours = make(), authority()
    without = judged(document, held=False, root=ours.root_pem, crl=ours.crl)
    report = judged(document, held=True, root=ours.root_pem, crl=ours.crl)
    assert (report.format, len(parts(report))) == (kind, count)
    for before, after in zip(parts(without), parts(report), strict=True):
        assert before.indication is Indication.INDETERMINATE
        assert after.indication is Indication.TOTAL_PASSED
        assert [each.origin for each in after.revocation] == [Origin.GIVEN]


def test_evidence_reaches_a_pdf() -> None:
    ours = pki()
    document = sign(letter(), ours, level_lt=False)
    (before,) = judged(document, held=False, root=ours.root_pem, crl=ours.crl).signatures
    (after,) = judged(document, held=True, root=ours.root_pem, crl=ours.crl).signatures
    assert (before.indication, after.indication) == (Indication.INDETERMINATE, Indication.TOTAL_PASSED)
    assert [each.origin for each in after.revocation] == [Origin.GIVEN]
