import hashlib

import pytest
from asn1crypto import cms, core, tsp  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from rogatory_crypto.esign.pdf.salvage import MAX_FOUND, salvage
from rogatory_crypto.esign.verdict import Indication, SubIndication

HEAD = b"%PDF-1.7 signed content"
TAIL = b" and the rest"


def signed_data(content_type: str, digest: bytes, algorithm: str = "sha256") -> bytes:
    content = None
    if content_type == "tst_info":
        imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest}
        content = tsp.TSTInfo({
            "version": "v1", "policy": "1.2.3", "message_imprint": imprint, "serial_number": 1,
            "gen_time": "20260101000000Z",
        })  # fmt: skip
    encapsulated: dict[str, object] = {"content_type": content_type}
    if content is not None:
        encapsulated["content"] = core.ParsableOctetString(content.dump())
    signer = cms.SignerInfo({
        "version": "v1",
        "sid": cms.SignerIdentifier("subject_key_identifier", b"k"),
        "digest_algorithm": {"algorithm": algorithm},
        "signed_attrs": [cms.CMSAttribute({"type": "message_digest", "values": [digest]})],
        "signature_algorithm": {"algorithm": "sha256_ecdsa"},
        "signature": b"s",
    })  # fmt: skip
    data = cms.SignedData({
        "version": "v3", "digest_algorithms": [{"algorithm": "sha256"}],
        "encap_content_info": cms.EncapsulatedContentInfo(encapsulated), "signer_infos": [signer],
    })  # fmt: skip
    encoded: bytes = cms.ContentInfo({"content_type": "signed_data", "content": data}).dump()
    return encoded


def document(content_type: str, *, head: bytes = HEAD, algorithm: str = "sha256") -> bytes:
    value = signed_data(content_type, hashlib.sha256(HEAD + TAIL).digest(), algorithm).hex().encode()
    end = len(HEAD) + len(value) + 2
    ranges = f"/ByteRange [0 {len(HEAD)} {end} {len(TAIL)}]"
    return head + b"<" + value + b">" + TAIL + ranges.encode()


def test_matching_bytes_never_do_better_than_indeterminate() -> None:
    (wreck,) = salvage(document("data"), "unreadable")
    assert (wreck.verdict.indication, wreck.verdict.reason) == (Indication.INDETERMINATE, "unreadable")


def test_changed_bytes_fail_even_where_the_file_cannot_be_read() -> None:
    (wreck,) = salvage(document("data", head=HEAD.replace(b"signed", b"forged")), "unreadable")
    assert wreck.verdict.sub_indication is SubIndication.HASH_FAILURE


def test_a_document_time_stamp_is_no_signature() -> None:
    assert salvage(document("tst_info"), "unreadable") == ()


def test_two_byte_ranges_about_one_place_are_one_signature_and_the_worst_of_it_is_said() -> None:
    """The second byte range of signature wrapping is the attacker's."""
    intact = document("data")
    moved = intact + b"/ByteRange [0 %d 9999999 1]" % len(HEAD)
    (wreck,) = salvage(moved, "unreadable")
    assert wreck.verdict.sub_indication is SubIndication.FORMAT_FAILURE


@pytest.mark.parametrize(
    "ranges",
    [b"[0 10 5 10]", b"[0 9 99 99999]", b"[0 1 4 2]"],
    ids=["overlapping", "outside", "no signature"],
)
def test_impossible_ranges_fail(ranges: bytes) -> None:
    (wreck,) = salvage(b"%PDF-1.7 /ByteRange " + ranges, "unreadable")
    assert wreck.verdict.sub_indication is SubIndication.FORMAT_FAILURE


@pytest.mark.parametrize("algorithm", ["shake256", "md2", "1.2.3.4"])
def test_a_digest_nobody_here_can_compute_is_said_and_not_raised(algorithm: str) -> None:
    """One signature with a strange digest must not hide what can be said of the others."""
    both = document("data", algorithm=algorithm) + b"/ByteRange [0 9 99 99999]"
    wrecks = salvage(both, "unreadable")
    assert wrecks[0].verdict.indication is Indication.INDETERMINATE
    assert "digest" in wrecks[0].verdict.reason
    assert len(wrecks) == 2


def test_only_so_many_are_looked_at() -> None:
    many = b"".join(b"/ByteRange [0 %d 999 1]" % number for number in range(9, 200))
    assert len(salvage(many, "unreadable")) == MAX_FOUND


@given(st.binary(max_size=200))
def test_nothing_makes_it_pass_or_raise(noise: bytes) -> None:
    for wreck in salvage(noise + b"/ByteRange [0 3 40 3]" + noise, "unreadable"):
        assert wreck.verdict.indication is not Indication.TOTAL_PASSED
