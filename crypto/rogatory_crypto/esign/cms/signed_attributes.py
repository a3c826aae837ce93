"""The signed attributes of a SignerInfo: each once and as outside, and what was signed of them (RFC 5652)."""

from collections.abc import Iterator
from typing import Any, Final

from asn1crypto import cms, core  # type: ignore[import-untyped]

from rogatory_crypto.esign.asn1_types import SignerInfo
from rogatory_crypto.esign.cms import attributes, oids
from rogatory_crypto.esign.verdict import PASSED, SubIndication, Verdict, failed, indeterminate

_MAX_REWRITTEN_BYTES: Final = 2048


def attributes_stand_once(info: SignerInfo, expected_type: str | None) -> Verdict:
    """Judge whether each stands there once with one value, type and algorithms being as outside (RFC 6211).

    Raises:
        PeerError: MALFORMED where one is there twice.
    """
    if not attributes.signed(info):
        return PASSED
    twice = attributes.repeated(info)
    if twice is not None:
        return _must_stand_once(twice)
    stated = attributes.only_value(attributes.signed(info), oids.CONTENT_TYPE)
    actual = None if stated is None else core.ObjectIdentifier.load(stated, strict=True).dotted
    if actual != expected_type:
        return failed(SubIndication.FORMAT_FAILURE, "the signed content type is not that of the content")
    return _protected(info)


def _must_stand_once(attribute: Any) -> Verdict:  # noqa: ANN401 - untyped library
    reason = f"the signed attribute {attributes.name_of(attribute)} must stand there once"
    if attribute["type"].dotted in attributes.FORBIDDEN_TWICE:
        return failed(SubIndication.FORMAT_FAILURE, reason)
    return indeterminate(SubIndication.SIG_CONSTRAINTS_FAILURE, reason)


def _protected(info: SignerInfo) -> Verdict:
    encoded = attributes.only_value(attributes.signed(info), oids.ALGORITHM_PROTECTION)
    if encoded is None:
        return PASSED
    protection = cms.CMSAlgorithmProtection.load(encoded, strict=True)
    pairs = (
        (protection["digest_algorithm"], info["digest_algorithm"]),
        (protection["signature_algorithm"], info["signature_algorithm"]),
    )
    if all(_same_algorithm(inside, outside) for inside, outside in pairs):
        return PASSED
    return failed(SubIndication.FORMAT_FAILURE, "the algorithms are not those that were signed")


def _same_algorithm(inside: Any, outside: Any) -> bool:  # noqa: ANN401 - untyped library
    if isinstance(inside, core.Void):
        return False
    absent = (b"", b"\x05\x00")
    parameters = [each["parameters"].dump() for each in (inside, outside)]
    same = parameters[0] == parameters[1] or all(each in absent for each in parameters)
    return same and inside["algorithm"].dotted == outside["algorithm"].dotted


def signed_octets(info: SignerInfo) -> Iterator[bytes]:
    """Yield what may have been signed: the attributes as they stand, then in DER (RFC 5652 section 5.4)."""
    field = info["signed_attrs"]
    standing = bytes(field.dump())
    if standing[1] != 0x80:
        yield b"\x31" + standing[1:]
    # The library's way to write them anew doubles its work with every level, so it is for small ones.
    if len(standing) <= _MAX_REWRITTEN_BYTES:
        encoded = bytes(cms.CMSAttributes.load(b"\x31" + standing[1:]).dump(force=True))
    else:
        ordered = sorted(bytes(each.dump()) for each in field)
        encoded = bytes(core.SetOf(spec=core.Any, contents=b"".join(ordered)).dump())
    if encoded[1:] != standing[1:]:
        yield encoded
