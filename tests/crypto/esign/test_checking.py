import os
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import count

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from rogatory_client.demo.pki import DemoPki, build_pki, time_stamper
from rogatory_client.letter import RequestLetter, render_letter
from rogatory_client.signing import LongTerm, SealKey, SignaturePurpose, sign_pdf
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.esign import (
    Coverage,
    DocumentFormat,
    Indication,
    Report,
    SubIndication,
    check,
    decode_report,
    encode_report,
)
from rogatory_crypto.esign.checking import MAX_DOCUMENT_BYTES
from rogatory_crypto.esign.sentence import whole_sentence
from rogatory_crypto.esign.wording import wording

NOW = 1_790_000_000
LATER = NOW + 60
DAY = 86_400
PASSPHRASE = b"correct horse"
BROKEN_PEM = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"
PURPOSE = SignaturePurpose("Head of the central authority", "Request for assistance")


def letter() -> bytes:
    return render_letter(
        RequestLetter(
            requesting_authority="Central Authority",
            requesting_state="State A",
            requested_authority="Central Authority",
            requested_state="State B",
            reference="A/2026/1",
            request_type="Bank records",
            legal_basis="UNTOC article 18",
            facts="Money moved.",
            assistance=("Records of the account",),
            signed_by="Head of the central authority",
            dated_at=NOW,
        )
    )


def sign(document: bytes, pki: DemoPki, *, now: int = NOW, level_lt: bool = True) -> bytes:
    long_term = LongTerm(time_stamper(pki, now=now), [pki.root_pem], [pki.crl, pki.tsa_certificate])
    key = SealKey(pki.signer_pkcs12, PASSPHRASE)
    return sign_pdf(document, key, PURPOSE, now=now, long_term=long_term if level_lt else None)


def pki() -> DemoPki:
    return build_pki(now=NOW - 30, random=os.urandom, passphrase=PASSPHRASE)


@pytest.fixture(scope="module")
def ours() -> DemoPki:
    return pki()


@pytest.fixture(scope="module")
def signed(ours: DemoPki) -> bytes:
    return sign(letter(), ours)


def verdict(report: Report) -> tuple[Indication, SubIndication | None]:
    return report.indication, report.signatures[0].sub_indication


def test_signed_at_level_lt_passes_with_revocation_and_the_root_alone(signed: bytes, ours: DemoPki) -> None:
    report = check(signed, trust=[ours.root_pem], at=LATER)
    assert report.indication is Indication.TOTAL_PASSED
    signature = report.signatures[0]
    assert signature.level == "PAdES-BASELINE-LT"
    assert signature.best_signature_time == NOW
    assert signature.claimed_time == NOW
    assert report.validation_time == LATER
    assert signature.scope.coverage is Coverage.REVISION
    assert signature.trust_anchor is not None
    assert signature.signer is not None
    assert "Demonstration central authority seal" in signature.signer.subject
    assert [stamp.indication for stamp in signature.timestamps] == [Indication.TOTAL_PASSED]


def test_signature_still_passes_after_revocation_data_went_stale(signed: bytes, ours: DemoPki) -> None:
    # EN 319 102-1 clause 5.5: judged as of best signature time, not as of today.
    assert check(signed, trust=[ours.root_pem], at=NOW + 365 * DAY).indication is Indication.TOTAL_PASSED


def test_expired_time_stamping_authority_proves_nothing(signed: bytes, ours: DemoPki) -> None:
    report = check(signed, trust=[ours.root_pem], at=NOW + 1500 * DAY)
    assert verdict(report) == (Indication.INDETERMINATE, SubIndication.OUT_OF_BOUNDS_NO_POE)


def test_reports_survive_json(signed: bytes, ours: DemoPki) -> None:
    report = check(signed, trust=[ours.root_pem], at=LATER)
    assert decode_report(encode_report(report)) == report
    assert report.as_dict()["indication"] == "TOTAL-PASSED"


def test_no_trust_is_indeterminate_without_a_chain(signed: bytes) -> None:
    report = check(signed, trust=[], at=LATER)
    assert verdict(report) == (Indication.INDETERMINATE, SubIndication.NO_CERTIFICATE_CHAIN_FOUND)
    assert report.signatures[0].trust_anchor is None
    assert "intact" in report.sentence


def test_unknown_issuer_is_indeterminate(signed: bytes) -> None:
    stranger = build_pki(now=NOW - 30, random=os.urandom, passphrase=b"x", authority="Another authority")
    report = check(signed, trust=[stranger.root_pem], at=LATER)
    assert verdict(report) == (Indication.INDETERMINATE, SubIndication.NO_CERTIFICATE_CHAIN_FOUND)


def test_issuer_of_the_same_name_is_not_the_issuer(signed: bytes) -> None:
    assert check(signed, trust=[pki().root_pem], at=LATER).indication is Indication.INDETERMINATE


def test_level_b_lacks_proof_of_revocation_and_passes_only_without(ours: DemoPki) -> None:
    draft = sign(letter(), ours, level_lt=False)
    report = check(draft, trust=[ours.root_pem], at=LATER)
    assert verdict(report) == (Indication.INDETERMINATE, SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE)
    report = check(draft, trust=[ours.root_pem], at=LATER, revocation=False)
    assert report.indication is Indication.TOTAL_PASSED
    assert report.signatures[0].level == "PAdES-BASELINE-B"
    assert report.signatures[0].best_signature_time is None
    assert report.signatures[0].scope.coverage is Coverage.WHOLE_DOCUMENT


def test_expired_signer_without_time_stamp_is_indeterminate(ours: DemoPki) -> None:
    draft = sign(letter(), ours, level_lt=False)
    report = check(draft, trust=[ours.root_pem], at=NOW + 1500 * DAY, revocation=False)
    assert verdict(report) == (Indication.INDETERMINATE, SubIndication.OUT_OF_BOUNDS_NO_POE)


def test_pinned_signer_is_trusted_but_issues_nothing(ours: DemoPki) -> None:
    draft = sign(letter(), ours, level_lt=False)
    report = check(draft, trust=[ours.signer_pem], at=LATER)
    assert report.indication is Indication.TOTAL_PASSED
    assert any("itself was given as trusted" in warning for warning in report.signatures[0].warnings)


@pytest.mark.parametrize(
    ("revoked_at", "expected"),
    [(NOW - 20, Indication.INDETERMINATE), (NOW + 20, Indication.TOTAL_PASSED)],
)
def test_revocation_counts_only_before_the_time_stamp(revoked_at: int, expected: Indication) -> None:
    # EN 319 102-1 clause 5.5.4: revoked after the proven time, the signature stands.
    keys = iter(range(1, 1000))

    def random(size: int) -> bytes:
        return next(keys).to_bytes(size)

    clean = build_pki(now=NOW - 30, random=random, passphrase=PASSPHRASE)
    signed = sign(letter(), clean)
    keys = iter(range(1, 1000))
    revoked = build_pki(now=NOW - 30, random=random, passphrase=PASSPHRASE, signer_revoked_at=revoked_at)
    swapped = replace_crl(signed, revoked.crl)
    report = check(swapped, trust=[clean.root_pem], at=LATER)
    assert report.indication is expected
    if expected is Indication.INDETERMINATE:
        assert report.signatures[0].sub_indication is SubIndication.REVOKED_NO_POE


def test_older_clean_list_never_outweighs_a_newer_one_that_revokes() -> None:
    # The list valid at the time of signing is clean; the next one says the key was revoked before it.
    def random(counter: Iterator[int]) -> Callable[[int], bytes]:
        return lambda size: next(counter).to_bytes(size)

    older = build_pki(now=NOW - 30, random=random(count(1)), passphrase=PASSPHRASE)
    newer = build_pki(
        now=NOW + 30, random=random(count(1)), passphrase=PASSPHRASE, signer_revoked_at=NOW - 20
    )
    report = check(replace_crl(sign(letter(), older), older.crl, newer.crl), trust=[older.root_pem], at=LATER)
    assert verdict(report) == (Indication.INDETERMINATE, SubIndication.REVOKED_NO_POE)


def test_token_of_an_authority_revoked_since_proves_nothing() -> None:
    # Its key may have fallen into other hands, and made the token afterwards, dated back.
    def random(counter: Iterator[int]) -> Callable[[int], bytes]:
        return lambda size: next(counter).to_bytes(size)

    clean = build_pki(now=NOW - 30, random=random(count(1)), passphrase=PASSPHRASE)
    revoked = build_pki(now=NOW + 30, random=random(count(1)), passphrase=PASSPHRASE, tsa_revoked_at=NOW + 20)
    report = check(
        replace_crl(sign(letter(), clean), clean.crl, revoked.crl), trust=[clean.root_pem], at=LATER
    )
    stamp = report.signatures[0].timestamps[0]
    assert stamp.sub_indication is SubIndication.REVOKED_NO_POE
    assert report.signatures[0].best_signature_time is None


def rewritten(writer: IncrementalPdfFileWriter) -> bytes:
    write: Callable[[BytesIO], None] = writer.write
    output = BytesIO()
    write(output)
    return output.getvalue()


def replace_crl(document: bytes, *crls: bytes) -> bytes:
    """Put other revocation lists into the security store, as an update that signatures allow."""
    writer = IncrementalPdfFileWriter(BytesIO(document))
    store = writer.root["/DSS"]
    added = [writer.add_object(generic.StreamObject(stream_data=crl)) for crl in crls]
    store["/CRLs"] = generic.ArrayObject(added)
    writer.update_container(store)
    return rewritten(writer)


def test_two_offices_sign_and_the_first_signature_stays_valid(signed: bytes, ours: DemoPki) -> None:
    second = build_pki(now=NOW - 30, random=os.urandom, passphrase=PASSPHRASE, authority="Second authority")
    both = sign(signed, second)
    report = check(both, trust=[ours.root_pem, second.root_pem], at=LATER)
    assert [each.identifier for each in report.signatures] == ["Rogatory-Signature-1", "Rogatory-Signature-2"]
    assert report.indication is Indication.TOTAL_PASSED
    assert any("signatures were added" in line for line in report.signatures[0].scope.changed_after)
    # Overall is the worst: one issuer unknown, the document as a whole is indeterminate.
    report = check(both, trust=[ours.root_pem], at=LATER)
    assert [each.indication for each in report.signatures] == [
        Indication.TOTAL_PASSED,
        Indication.INDETERMINATE,
    ]
    assert report.indication is Indication.INDETERMINATE
    # The sentence on the whole says of which signature it speaks.
    assert report.sentence == f"Signature Rogatory-Signature-2: {report.signatures[1].sentence}"
    assert whole_sentence(report, wording("fr")).startswith("Signature Rogatory-Signature-2: Le fichier est")
    # Where it is true of each, none is named.
    assert check(sign(signed, ours), trust=[], at=LATER).sentence.startswith("The file is intact")


def test_content_added_after_signing_fails(signed: bytes, ours: DemoPki) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(signed))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"0 0 m 100 100 l S"))
    writer.update_container(page)
    report = check(rewritten(writer), trust=[ours.root_pem], at=LATER)
    assert verdict(report) == (Indication.TOTAL_FAILED, SubIndication.FORMAT_FAILURE)
    assert report.signatures[0].scope.changed_after


def test_hidden_object_behind_the_signature_fails(signed: bytes, ours: DemoPki) -> None:
    hidden = b"\n4 0 obj\n<< /Type /Page >>\nendobj\n"
    end = signed.rindex(b"startxref")
    for document in (signed + hidden, signed + hidden + signed[end:]):
        assert check(document, trust=[ours.root_pem], at=LATER).indication is Indication.TOTAL_FAILED


def flip(document: bytes, place: int, mask: int = 1) -> bytes:
    return document[:place] + bytes([document[place] ^ mask]) + document[place + 1 :]


Place = Callable[[bytes], int]


@pytest.mark.parametrize(
    "place",
    [
        lambda document: document.index(b"stream\n") + 40,
        lambda document: document.index(b"/Title"),
        lambda document: document.index(b"/ByteRange") + 14,
        lambda document: document.index(b"xref") + 30,
        lambda document: document.index(b"startxref") + 10,
        lambda _document: 7,
    ],
    ids=["page", "metadata", "byte-range", "cross-reference", "start", "header"],
)
def test_flipped_byte_in_what_is_signed_fails(place: Place, ours: DemoPki) -> None:
    draft = sign(letter(), ours, level_lt=False)
    report = check(flip(draft, place(draft)), trust=[ours.root_pem], at=LATER, revocation=False)
    assert report.indication is Indication.TOTAL_FAILED


def test_no_flip_anywhere_in_the_signature_passes(ours: DemoPki) -> None:
    draft = sign(letter(), ours, level_lt=False)
    start = draft.index(b"/Contents <") + len(b"/Contents <")
    value = bytes.fromhex(draft[start : draft.index(b">", start)].decode())
    size = int.from_bytes(value[2:4]) + 4
    # SignerInfo stands last; what is before it (versions, certificates) is not signed (RFC 5652 section 5.4).
    for offset in [*range(24), *range(size - 320, size)]:
        changed = bytearray(value)
        changed[offset] ^= 1
        document = draft[:start] + changed.hex().encode() + draft[start + 2 * len(value) :]
        report = check(document, trust=[ours.root_pem], at=LATER, revocation=False)
        assert report.indication is not Indication.TOTAL_PASSED, offset


def test_damaged_time_stamp_spoils_its_signature(signed: bytes, ours: DemoPki) -> None:
    start = signed.index(b"/Contents <") + len(b"/Contents <")
    value = bytearray.fromhex(signed[start : signed.index(b">", start)].decode())
    end = len(value.rstrip(b"\x00"))
    value[end - 40] ^= 1
    document = signed[:start] + value.hex().encode() + signed[start + 2 * len(value) :]
    assert check(document, trust=[ours.root_pem], at=LATER).indication is not Indication.TOTAL_PASSED


@pytest.mark.parametrize("cut", [10, 500, 5000, 15_000])
def test_truncated_file_never_passes(signed: bytes, ours: DemoPki, cut: int) -> None:
    assert check(signed[:-cut], trust=[ours.root_pem], at=LATER).indication is not Indication.TOTAL_PASSED


@pytest.mark.parametrize(
    ("document", "found"),
    [
        (b"", DocumentFormat.UNKNOWN),
        (b"hello", DocumentFormat.UNKNOWN),
        (b"%PDF-1.7\n", DocumentFormat.PADES),
        (b"%PDF-1.7\nstartxref\n99999999999999999999999999999999\n%%EOF", DocumentFormat.PADES),
        (b"%PDF-1.7\nxref\n0 9999999999\ntrailer\n<<>>\nstartxref\n9\n%%EOF", DocumentFormat.PADES),
        (b"%PDF-1.7\n1 0 obj\n" + b"[" * 50_000 + b"\nstartxref\n9\n%%EOF", DocumentFormat.PADES),
        (b"%PDF-1.7\n/ByteRange [0 9999999999 9999999999 9999999999]", DocumentFormat.PADES),
        (
            b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
            DocumentFormat.XADES,
        ),
        (b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>', DocumentFormat.XADES),
        (bytes.fromhex("308006092a864886f70d010702a080"), DocumentFormat.CADES),
        (b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.etsi.asic-e+zip", DocumentFormat.ASIC_E),
        (b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.etsi.asic-s+zip", DocumentFormat.ASIC_S),
        (b"PK\x03\x04" + bytes(40), DocumentFormat.ZIP),
        (b'{"payload":"e30","signatures":[]}', DocumentFormat.JADES),
        (b"eyJhbGciOiJub25lIn0.e30.AA", DocumentFormat.JADES),
        (bytes.fromhex("3009020101300406022a03"), DocumentFormat.EVIDENCE_RECORD),
    ],
)
def test_other_and_hostile_files_are_indeterminate_with_a_reason(
    document: bytes, found: DocumentFormat
) -> None:
    report = check(document, trust=[], at=NOW)
    assert report.format is found
    assert report.indication in {Indication.INDETERMINATE, Indication.TOTAL_FAILED}
    assert report.sentence
    assert report.reason or report.signatures[0].reason


def test_a_file_beyond_the_limit_is_not_read() -> None:
    report = check(b"%PDF-1.7\n".ljust(MAX_DOCUMENT_BYTES + 1), trust=[], at=NOW)
    assert report.indication is Indication.INDETERMINATE
    assert "too large" in report.reason


def test_unsigned_pdf_is_indeterminate(ours: DemoPki) -> None:
    report = check(letter(), trust=[ours.root_pem], at=NOW, contents=[b"x"])
    assert (report.indication, report.signatures) == (Indication.INDETERMINATE, ())
    assert report.warnings


@pytest.mark.parametrize(
    "trust",
    [
        b"",
        b"not a certificate",
        b"<TrustServiceStatusList/>",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
    ],
)
def test_unusable_trust_is_misuse(trust: bytes) -> None:
    with pytest.raises(MisuseError):
        check(b"%PDF-1.7", trust=[trust], at=NOW)


def test_time_out_of_range_is_misuse() -> None:
    with pytest.raises(MisuseError):
        check(b"%PDF-1.7", trust=[], at=-1)
