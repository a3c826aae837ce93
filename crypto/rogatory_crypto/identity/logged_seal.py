"""Whether a signing certificate is the seal of an office: the log says so, and nothing else does.

A certificate proves who signed with it only through its issuer, and anybody can be an issuer of that name. So
the office enters the certificate's hash in the log under its own key, and takes it back there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from asn1crypto import x509  # type: ignore[import-untyped]

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.log.audit import LoggedSeal
from rogatory_crypto.log.entry_content import OfficeSeal
from rogatory_crypto.wire.identifier import EntryId


@dataclass(frozen=True, slots=True)
class VerifiedSeal:
    """A seal that counted at the time asked for; only ``verify_logged_seal`` makes one.

    Attributes:
        seal: what the office logged.
        leaf: leaf hash of the entry, which names the seal in a revocation.
    """

    seal: OfficeSeal
    leaf: bytes


def seal_content(entry_id: EntryId, certificate: bytes) -> OfficeSeal:
    """What the office enters in the log about its seal's certificate (DER).

    Raises:
        MisuseError: this is no certificate, or one that is never valid.
    """
    try:
        read = x509.Certificate.load(certificate, strict=True)
        begins, ends = int(read.not_valid_before.timestamp()), int(read.not_valid_after.timestamp())
    except (ValueError, TypeError, KeyError) as error:
        raise MisuseError("a seal is an X.509 certificate in DER") from error
    if not 0 <= begins < ends:
        raise MisuseError("this certificate is never valid")
    return OfficeSeal(entry_id, sha256(certificate).digest(), begins, ends)


def verify_logged_seal(
    certificate_sha256: bytes, entry_id: EntryId, seals: Mapping[bytes, LoggedSeal], at: int
) -> VerifiedSeal:
    """Return the logged seal of an office that this signing certificate is.

    Args:
        certificate_sha256: of the certificate's DER, as a report on a signature names it.
        entry_id: whose seal it should be.
        seals: ``Audit.seals``.
        at: the time of the signature, as far as it is proven, unix seconds.

    Raises:
        PeerError: NOT_FOUND where no seal is this certificate, FORBIDDEN where it is another office's,
            EXPIRED where it does not count at that time, REVOKED where it was taken back by then.
    """
    found = [
        (leaf, each) for leaf, each in seals.items() if each.seal.certificate_sha256 == certificate_sha256
    ]
    if not found:
        raise PeerError(Code.NOT_FOUND, "the log knows no seal with this certificate")
    own = [(leaf, each) for leaf, each in found if each.seal.entry_id == entry_id]
    if not own:
        raise PeerError(Code.FORBIDDEN, f"the seal of {found[0][1].seal.entry_id}, not of {entry_id}")
    timely = [(leaf, each) for leaf, each in own if each.seal.not_before <= at <= each.seal.not_after]
    if not timely:
        raise PeerError(Code.EXPIRED, "the seal does not count at that time")
    for leaf, each in timely:
        if each.ended_at is None or at < each.ended_at:
            return VerifiedSeal(each.seal, leaf)
    raise PeerError(Code.REVOKED, "the office had taken the seal back by then")
