"""X.509 credentials: chains of certificates and the identity they give (RFC 9420 section 5.3, D03).

A chain is judged at two levels. What MLS itself demands needs no anchors: it says that the chain hangs
together and speaks for the leaf's key, and nothing about who stands behind it. With anchors, the chain also
ends at an authority that the caller trusts; only that is authentication (D01). Revocation is the caller's.

The library's own verifier speaks of web servers and refuses authorities with Ed25519 keys, so the path is
walked here by RFC 5280 section 6.1, without policies and name constraints: a chain that has any is refused.
"""

from collections.abc import Sequence
from re import compile as pattern
from typing import Final

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.primitives import CipherSuite
from rogatory_crypto.primitives.certificate import ParsedCertificate

CHAIN_LIMIT: Final = 5  # Q02

_IM_URI: Final = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.40")  # RFC 9734 section 3: id-kp-imUri
_PURPOSES: Final = frozenset({_IM_URI, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE})
_PROCESSED: Final = frozenset(
    {
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
    }
)
_URI: Final = pattern(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+")  # RFC 3986 section 3: a scheme and something in it


def verify_certificate_chain(
    certificates: Sequence[bytes],
    signature_key: bytes,
    suite: CipherSuite,
    *,
    now: int,
    anchors: Sequence[bytes] | None = None,
) -> None:
    """Return only if a chain speaks for the signature key of a leaf.  # D03.

    Args:
        certificates: one to five in DER, the end entity's first, each issued by the next.
        signature_key: of the leaf, in the form of the suite's scheme.
        suite: of the group.
        now: unix seconds.
        anchors: certificates in DER that the caller trusts. The last of the chain must be one of them or be
            issued by one; what cannot be read is no anchor. None asks for what MLS demands only, which
            authenticates nobody; an empty sequence trusts nobody and refuses every chain.

    Raises:
        PeerError: INVALID_CREDENTIAL.
    """
    if not 1 <= len(certificates) <= CHAIN_LIMIT:
        raise _refused("a chain has one to five certificates")
    if len(set(certificates)) != len(certificates):
        raise _refused("a certificate that stands twice in the chain")
    chain = tuple(ParsedCertificate.decode(der) for der in certificates)
    _verify_end_entity(chain[0], signature_key, suite)
    _verify_path(chain, now)
    if anchors is not None:
        _verify_anchored(chain, anchors, now)
    elif chain[-1].self_issued:
        chain[-1].verify_issued_by(chain[-1])


def certificate_identity(certificates: Sequence[bytes]) -> bytes:
    """Return the identity of an X.509 credential: the one URI in the end entity's subjectAltName.

    The URI outlives a renewed certificate, so that a seat keeps its identity (D02), and it is what RFC 9734
    certifies. It is compared byte by byte. It begins with a letter, so it is never the identity of one of our
    basic credentials, which is an array in CBOR. The chain is not verified here.

    Raises:
        PeerError: INVALID_CREDENTIAL if there is no such URI or more than one.
    """
    if not certificates:
        raise _refused("a chain has one to five certificates")
    names = ParsedCertificate.decode(certificates[0]).extension(x509.SubjectAlternativeName)
    uris = [] if names is None else names.get_values_for_type(x509.UniformResourceIdentifier)
    if len(uris) != 1 or not _URI.fullmatch(uris[0]):
        raise _refused("an identity is exactly one URI among the subject's names")
    return uris[0].encode()


def _verify_end_entity(certificate: ParsedCertificate, signature_key: bytes, suite: CipherSuite) -> None:
    if suite.signature.from_certified(certificate.key) != signature_key:
        raise _refused("the end entity has another key than the leaf")
    constraints = certificate.extension(x509.BasicConstraints)
    if constraints is not None and constraints.ca:
        raise _refused("an authority in the place of the end entity")
    usage = certificate.extension(x509.KeyUsage)
    if usage is not None and not usage.digital_signature:
        raise _refused("a key that is not for signatures")


def _verify_path(chain: Sequence[ParsedCertificate], now: int) -> None:
    _verify_each(chain[0], now)
    for number in range(1, len(chain)):
        _verify_issuer(chain[number], chain[:number], now)


def _verify_issuer(issuer: ParsedCertificate, below: Sequence[ParsedCertificate], now: int) -> None:
    """Refuse a certificate that may not issue the last of those below it, end entity first."""
    _verify_each(issuer, now)
    constraints, usage = issuer.extension(x509.BasicConstraints), issuer.extension(x509.KeyUsage)
    if constraints is None or not constraints.ca:
        raise _refused("an issuer that is no authority")
    if usage is None or not usage.key_cert_sign:
        raise _refused("an issuer whose key is not for certificates")
    length = sum(not certificate.self_issued for certificate in below[1:])
    if constraints.path_length is not None and length > constraints.path_length:
        raise _refused("a path longer than its issuer allows")
    below[-1].verify_issued_by(issuer)


def _verify_each(certificate: ParsedCertificate, now: int) -> None:
    if not certificate.not_before <= now <= certificate.not_after:
        raise _refused("a certificate outside of its validity")
    for extension in certificate.extensions:
        if extension.oid == ExtensionOID.NAME_CONSTRAINTS:
            raise _refused("name constraints, which are not processed here")
        if extension.critical and extension.oid not in _PROCESSED:
            raise _refused("a critical extension that is not known here")
    purposes = certificate.extension(x509.ExtendedKeyUsage)
    if purposes is not None and _PURPOSES.isdisjoint(purposes):
        raise _refused("a certificate for other purposes than messages")


def _verify_anchored(chain: Sequence[ParsedCertificate], anchors: Sequence[bytes], now: int) -> None:
    if not any(chain[-1].der == anchor or _issued(chain, anchor, now) for anchor in anchors):
        raise _refused("no anchor at the end of the chain")


def _issued(chain: Sequence[ParsedCertificate], anchor: bytes, now: int) -> bool:
    try:
        _verify_issuer(ParsedCertificate.decode(anchor), chain, now)
    except PeerError:
        return False
    return True


def _refused(reason: str) -> PeerError:
    return PeerError(Code.INVALID_CREDENTIAL, f"D03: {reason}")
