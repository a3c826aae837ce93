"""What an archive time stamp covers, and whether its hash index holds (EN 319 122-1 clauses 5.5.2 and 5.5.3).

The index names, by digest, every certificate, revocation value and unsigned attribute that the time stamp
covers. What was added later is not named; what is named and not there was taken away or changed.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from asn1crypto import algos, core  # type: ignore[import-untyped]

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.asn1_types import SignedData, SignerInfo
from rogatory_crypto.esign.cms import attributes, oids
from rogatory_crypto.esign.cms.digests import digest, digest_name
from rogatory_crypto.esign.cms.signed_data import signer_infos
from rogatory_crypto.esign.cms.signer import DigestOfContent, as_verdict
from rogatory_crypto.esign.found import FoundTimestamp, TimestampKind
from rogatory_crypto.esign.verdict import PASSED, SubIndication, Verdict, failed

_VERSIONS: Final = (oids.ATS_HASH_INDEX_V3, oids.ATS_HASH_INDEX_V2, oids.ATS_HASH_INDEX)
_COVERED_FIELDS: Final = (
    "version",
    "sid",
    "digest_algorithm",
    "signed_attrs",
    "signature_algorithm",
    "signature",
)


class _Digests(core.SequenceOf):  # type: ignore[misc]
    _child_spec = core.OctetString


class _HashIndex(core.Sequence):  # type: ignore[misc]
    """ATSHashIndex, in all its versions (EN 319 122-1 clauses 5.5.2 and A.2.1)."""

    _fields: Final = [
        ("algorithm", algos.DigestAlgorithm, {"default": {"algorithm": "sha256"}}),
        ("certificates", _Digests),
        ("crls", _Digests),
        ("attributes", _Digests),
    ]


def found_archive_timestamp(
    signed_data: SignedData, info: SignerInfo, token: SignedData, digest_of_content: DigestOfContent | None
) -> FoundTimestamp:
    """Return an archive-time-stamp-v3 of a signature with what it must cover."""
    try:
        version, index = _hash_index(token)
        integrity = _holds(version, index, signed_data, info)
        encoded_index, digests = index.dump(), frozenset({digest_name(index["algorithm"])})
    except attributes.ESCAPING as error:
        integrity, encoded_index, digests = as_verdict(error), b"", frozenset[str]()

    def imprint(name: str) -> bytes:
        if digest_of_content is None:
            raise PeerError(Code.NOT_FOUND, "the content under an archive time stamp is not there")
        parts = (info[field].dump() for field in _COVERED_FIELDS)
        kind = signed_data["encap_content_info"]["content_type"].dump()
        return digest(name, kind, digest_of_content(name), *parts, encoded_index)

    return FoundTimestamp(TimestampKind.ARCHIVE, token, imprint, integrity, digests=digests)


def _hash_index(token: SignedData) -> tuple[str, Any]:
    (signer,) = signer_infos(token)
    for version in _VERSIONS:
        value = attributes.only_value(attributes.unsigned(signer), version)
        if value is not None:
            return version, _HashIndex.load(value, strict=True)
    raise PeerError(Code.MALFORMED, "the archive time stamp does not say what it covers")


def _holds(version: str, index: Any, signed_data: SignedData, info: SignerInfo) -> Verdict:  # noqa: ANN401 - untyped library
    name = digest_name(index["algorithm"])
    pairs = (
        (index["certificates"], _each(signed_data["certificates"])),
        (index["crls"], _each(signed_data["crls"])),
        (index["attributes"], _of_attributes(version, info)),
    )
    for named, there in pairs:
        known = {digest(name, encoded) for encoded in there}
        if any(bytes(each.native) not in known for each in named):
            reason = "something that the archive time stamp covers was changed or taken away"
            return failed(SubIndication.HASH_FAILURE, reason)
    return PASSED


def _each(field: Any) -> Iterable[bytes]:  # noqa: ANN401 - untyped library
    return () if isinstance(field, core.Void) else (each.dump() for each in field)


def _of_attributes(version: str, info: SignerInfo) -> Iterator[bytes]:
    for attribute in attributes.unsigned(info):
        if version == oids.ATS_HASH_INDEX:
            yield attribute.dump()
        else:
            yield from (attribute["type"].dump() + value.dump() for value in attribute["values"])
