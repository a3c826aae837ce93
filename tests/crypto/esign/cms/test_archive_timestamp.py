from hashlib import new as new_hash

import pytest
from asn1crypto import algos, cms, core  # type: ignore[import-untyped]
from tests.crypto.esign.cms.material import (
    CONTENT,
    NOW,
    attribute,
    authority,
    issued,
    signatory,
    signed_attributes,
    signed_data,
    signer_info,
    stamped,
    token,
)

from rogatory_crypto.esign import Indication, SubIndication, check
from rogatory_crypto.esign.report import SignatureReport

BY = signatory()
ARCHIVE = "0.4.0.1733.2.4"
INDEXES = {1: "0.4.0.1733.2.5", 2: "0.4.0.19122.1.4", 3: "0.4.0.19122.1.5"}
FIELDS = ("version", "sid", "digest_algorithm", "signed_attrs", "signature_algorithm", "signature")


class Digests(core.SequenceOf):  # type: ignore[misc]
    _child_spec = core.OctetString


class HashIndex(core.Sequence):  # type: ignore[misc]
    _fields = [  # noqa: RUF012 - the library reads it from the class
        ("algorithm", algos.DigestAlgorithm),
        ("certificates", Digests),
        ("crls", Digests),
        ("attributes", Digests),
    ]


def hashed(*parts: bytes, name: str = "sha256") -> bytes:
    return new_hash(name, b"".join(parts)).digest()


def archived(
    version: int = 3, *, content: bytes = CONTENT, forget: bytes = b"", indexed: str = "sha256"
) -> bytes:
    """A signature with an archive time stamp, as EN 319 122-1 clause 5.5 puts it together."""
    info = stamped(signer_info(BY, signed_attributes(BY, CONTENT)))
    first = info["unsigned_attrs"][0]
    value = first["values"][0].dump()
    named = first.dump() if version == 1 else first["type"].dump() + value
    index = HashIndex(
        {
            "algorithm": {"algorithm": indexed},
            "certificates": [
                hashed(each, name=indexed) for each in (BY.certificate.dump(), *([forget] if forget else []))
            ],
            "crls": [],
            "attributes": [hashed(named, name=indexed)],
        }
    )
    covered = [
        core.ObjectIdentifier("1.2.840.113549.1.7.1").dump(),
        hashed(content),
        *(info[field].dump() for field in FIELDS),
        index.dump(),
    ]
    stamp = token(hashed(*covered), at=NOW + 30)
    (signer,) = stamp["content"]["signer_infos"]
    signer["unsigned_attrs"] = cms.CMSAttributes([attribute(INDEXES[version], index)])
    info["unsigned_attrs"] = cms.CMSAttributes(
        [first, attribute(ARCHIVE, cms.ContentInfo.load(stamp.dump(force=True)))]
    )
    return signed_data([cms.SignerInfo.load(info.dump(force=True))], [BY.certificate])


def checked(document: bytes) -> SignatureReport:
    trust = [BY.pem, authority().root_pem]
    (signature,) = check(document, trust=trust, at=NOW + 60, revocation=False).signatures
    return signature


@pytest.mark.parametrize("version", INDEXES)
def test_an_archive_time_stamp_is_checked_with_every_version_of_its_index(version: int) -> None:
    signature = checked(archived(version))
    assert signature.indication is Indication.TOTAL_PASSED
    assert [(each.kind, each.indication) for each in signature.timestamps] == [
        ("signature", Indication.TOTAL_PASSED),
        ("archive", Indication.TOTAL_PASSED),
    ]
    assert signature.best_signature_time == NOW


def archive_of(signature: SignatureReport) -> tuple[Indication, SubIndication | None]:
    (found,) = (each for each in signature.timestamps if each.kind == "archive")
    return found.indication, found.sub_indication


def test_an_archive_time_stamp_on_other_content_proves_nothing() -> None:
    signature = checked(archived(content=b"another"))
    assert archive_of(signature) == (Indication.TOTAL_FAILED, SubIndication.HASH_FAILURE)
    assert signature.indication is Indication.INDETERMINATE


def test_what_an_archive_time_stamp_covers_may_not_be_taken_away() -> None:
    # EN 319 122-1 clause 5.5.2: an entry without its value makes the index invalid.
    assert archive_of(checked(archived(forget=b"a certificate that was there"))) == (
        Indication.TOTAL_FAILED,
        SubIndication.HASH_FAILURE,
    )


def test_an_archive_time_stamp_is_no_stronger_than_its_index() -> None:
    signature = checked(archived(indexed="sha1"))
    assert archive_of(signature)[0] is Indication.INDETERMINATE
    assert "SHA1" in signature.timestamps[1].reason


def test_what_was_added_after_an_archive_time_stamp_does_not_matter() -> None:
    document = cms.ContentInfo.load(archived())
    document["content"]["certificates"].append(cms.CertificateChoices("certificate", issued().certificate))
    assert checked(document.dump(force=True)).indication is Indication.TOTAL_PASSED


def test_an_archive_time_stamp_without_an_index_proves_nothing() -> None:
    info = stamped(
        signer_info(BY, signed_attributes(BY, CONTENT)), attribute(ARCHIVE, token(hashed(b"anything")))
    )
    assert archive_of(checked(signed_data([info], [BY.certificate])))[0] is Indication.TOTAL_FAILED
