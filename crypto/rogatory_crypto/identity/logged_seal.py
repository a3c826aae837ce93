"""Whether a signing certificate is the seal of an office: the log says so, and nothing else does.

A certificate proves who signed with it only through its issuer, and anybody can be an issuer of that name. So
the office enters the certificate's hash in the log under its own key, and takes it back there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from asn1crypto import x509  # type: ignore[import-untyped]

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.log.entry_content import OfficeSeal
from rogatory_crypto.wire.identifier import EntryId


@dataclass(frozen=True, slots=True)
class VerifiedSeal:
    """A seal that was live in the log; only ``verify_logged_seal`` makes one.

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
    certificate_sha256: bytes, entry_id: EntryId, seals: Mapping[bytes, OfficeSeal], at: int
) -> VerifiedSeal:
    """Return the logged seal of an office that this signing certificate is.

    Args:
        certificate_sha256: of the certificate's DER, as a report on a signature names it.
        entry_id: whose seal it should be.
        seals: ``Audit.seals``, live where the replay stands; to judge what was sealed before a revocation,
            the log is replayed as far as it went then.
        at: the time of the signature, as far as it is proven, unix seconds.

    Raises:
        PeerError: NOT_FOUND where no live seal is this certificate, FORBIDDEN where it is another office's,
            EXPIRED where it does not count at that time.
    """
    found = [(leaf, seal) for leaf, seal in seals.items() if seal.certificate_sha256 == certificate_sha256]
    if not found:
        raise PeerError(Code.NOT_FOUND, "the log knows no live seal with this certificate")
    own = [(leaf, seal) for leaf, seal in found if seal.entry_id == entry_id]
    if not own:
        raise PeerError(Code.FORBIDDEN, f"the seal of {found[0][1].entry_id}, not of {entry_id}")
    for leaf, seal in own:
        if seal.not_before <= at <= seal.not_after:
            return VerifiedSeal(seal, leaf)
    raise PeerError(Code.EXPIRED, "the seal does not count at that time")
