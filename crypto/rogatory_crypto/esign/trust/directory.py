"""Certificates that the directory of authorities names: for which state, for what, from when until when.

They stand in a record's ``x_platform.trusted_certificates``, a list of objects with ``certificate`` (base64
of DER), ``purpose`` (a word of ``Purpose``), ``since``, and where they have one ``until`` and ``withdrawn``:
RFC 3339 moments, each the first second it is or is no longer trusted. How a record got there, by two
officers' signatures, is the directory's concern. A pinned signer carries no revocation: its window ends it.
"""

from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from asn1crypto import x509  # type: ignore[import-untyped]

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.asn1_types import Certificate
from rogatory_crypto.esign.report import SignatureReport
from rogatory_crypto.esign.trust.anchor import (
    Anchor,
    Anchors,
    Purpose,
    Shortcoming,
    Source,
    SourceKind,
    Window,
)
from rogatory_crypto.esign.trust.windows import union

MEMBER: Final = "trusted_certificates"
MAX_CERTIFICATES: Final = 64
_MAX_BASE64: Final = 32 * 1024
_REQUIRED: Final = frozenset({"certificate", "purpose", "since"})
_OPTIONAL: Final = frozenset({"until", "withdrawn"})
_REFUSALS: Final = (ValueError, TypeError, KeyError, OverflowError)


@dataclass(frozen=True, slots=True)
class NamedCertificate:
    """One certificate that a record names."""

    certificate: Certificate
    purpose: Purpose
    window: Window


@dataclass(frozen=True, slots=True)
class ExpectedSigners:
    """Whom an office's entry names as signing for it.

    Attributes:
        record_id: of the entry.
        signers: SHA-256 (hexadecimal) of certificates that sign themselves.
        issuers: the same of certificates whose holders it lets sign.
    """

    record_id: str
    signers: frozenset[str]
    issuers: frozenset[str]

    def includes(self, signature: SignatureReport) -> bool | None:
        """Tell whether a signature is by one of them; absent where the entry names nobody."""
        if not self.signers and not self.issuers:
            return None
        if signature.signer is None:
            return False
        above = {each.sha256 for each in signature.chain[1:]}
        if signature.trust_anchor is not None:
            above.add(signature.trust_anchor.certificate.sha256)
        return signature.signer.sha256 in self.signers or bool(above & self.issuers)


def read_named(value: object) -> tuple[NamedCertificate, ...]:
    """The certificates in the value of ``trusted_certificates``.

    Raises:
        PeerError: MALFORMED where it is not exactly such a list; TOO_LARGE above 64 certificates.
    """
    if not isinstance(value, list):
        raise PeerError(Code.MALFORMED, f"{MEMBER} is a list")
    if len(value) > MAX_CERTIFICATES:
        raise PeerError(Code.TOO_LARGE, f"an entry names at most {MAX_CERTIFICATES} certificates")
    try:
        return tuple(_named(item) for item in value)
    except _REFUSALS as error:
        raise PeerError(Code.MALFORMED, f"{MEMBER}: {error}"[:200]) from error


def directory_anchors(records: Iterable[Mapping[str, object]]) -> Anchors:
    """The anchors that records of the directory name; a shortcoming for each record that cannot be read."""
    anchors: list[Anchor] = []
    shortcomings: list[Shortcoming] = []
    for record in records:
        platform = record.get("x_platform")
        value = platform.get(MEMBER) if isinstance(platform, Mapping) else None
        if value is None:
            continue
        source = _source(record)
        try:
            anchors += [_anchor(each, source) for each in _in_service(record, value)]
        except PeerError as error:
            shortcomings.append(Shortcoming(source.territory, f"{source.name}: {error.detail}"))
    return Anchors(tuple(anchors), tuple(shortcomings))


def expected_signers(record: Mapping[str, object], at: int) -> ExpectedSigners:
    """Whom an office's entry names as signing for it at a moment, unix seconds.

    Raises:
        PeerError: MALFORMED or TOO_LARGE where the entry's certificates cannot be read.
    """
    platform = record.get("x_platform")
    members = platform if isinstance(platform, Mapping) else {}
    valid = [each for each in read_named(members.get(MEMBER, [])) if each.window.covers(at)]
    hashes = {
        purpose: frozenset(each.certificate.sha256.hex() for each in valid if each.purpose is purpose)
        for purpose in (Purpose.SIGNER, Purpose.ISSUER)
    }
    pinned = members.get("signing_certificates_sha256")
    named = frozenset(str(each) for each in pinned) if isinstance(pinned, list) else frozenset()
    return ExpectedSigners(
        str(record.get("record_id", "")), hashes[Purpose.SIGNER] | named, hashes[Purpose.ISSUER]
    )


def _in_service(record: Mapping[str, object], value: object) -> tuple[NamedCertificate, ...]:
    if record.get("status") != "active":
        raise PeerError(Code.REVOKED, "the entry was withdrawn, so its certificates are not used")
    return read_named(value)


def _named(item: object) -> NamedCertificate:
    if not isinstance(item, Mapping) or not _REQUIRED <= set(item) <= _REQUIRED | _OPTIONAL:
        raise ValueError("an object with certificate, purpose, since, until, withdrawn expected")
    ends = [_moment(item[name]) for name in _OPTIONAL if item.get(name) is not None]
    window = Window(_moment(item["since"]), min(ends, default=None))
    return NamedCertificate(_certificate(item["certificate"]), Purpose(str(item["purpose"])), window)


def _certificate(encoded: object) -> Certificate:
    if not isinstance(encoded, str) or len(encoded) > _MAX_BASE64:
        raise ValueError("a certificate is base64 of DER")
    certificate = x509.Certificate.load(b64decode(encoded, validate=True), strict=True)
    # Reading lazily would let a defect appear in the middle of a check.
    _ = certificate.native
    return certificate


def _moment(value: object) -> int:
    if not isinstance(value, str) or (moment := datetime.fromisoformat(value)).tzinfo is None:
        raise ValueError("a moment with its time zone expected")
    return int(moment.timestamp())


def _anchor(named: NamedCertificate, source: Source) -> Anchor:
    return Anchor(named.certificate, frozenset({named.purpose}), source, union([named.window]))


def _source(record: Mapping[str, object]) -> Source:
    state, name = record.get("state"), record.get("name")
    territory = state.get("iso2") if isinstance(state, Mapping) else ""
    title = name.get("en") if isinstance(name, Mapping) else ""
    return Source(
        kind=SourceKind.DIRECTORY,
        name=f"entry {record.get('record_id', '')} of the directory",
        territory=str(territory or ""),
        provider=str(title or ""),
    )
