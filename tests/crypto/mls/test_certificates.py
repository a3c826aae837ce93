"""X.509 credentials (RFC 9420 section 5.3): every rule of D03 broken once, everything else being sound."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeAlias

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, mldsa, rsa, x25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given
from hypothesis import strategies as st
from tests.crypto.mls.world import NOW, seeded_random

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls import CipherSuite, cipher_suite, generate_signature_key
from rogatory_crypto.mls.certificates import certificate_identity, verify_certificate_chain

RANDOM = seeded_random("certificates")
SUITE = cipher_suite(0xF04E)
URI = "im:case-officer@authority.example"
Key: TypeAlias = Any  # a private key of the library; its own union has no common methods


@dataclass(frozen=True)
class Wish:
    """What a certificate is to say; the defaults are those of a sound authority."""

    subject: str = "authority.example"
    key: Key = None
    authority: bool | None = True
    path_length: int | None = None
    usage: tuple[str, ...] = ("key_cert_sign", "crl_sign")
    purposes: tuple[x509.ObjectIdentifier, ...] = ()
    names: tuple[x509.GeneralName, ...] = ()
    more: tuple[tuple[x509.ExtensionType, bool], ...] = ()
    not_before: int = NOW - 1000
    not_after: int = NOW + 1000
    hash: hashes.SHA224 | None = None


@dataclass(frozen=True)
class Issued:
    """A certificate and the key it certifies."""

    name: str
    key: Key
    der: bytes


ALL_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _extensions(wish: Wish) -> list[tuple[x509.ExtensionType, bool]]:
    found = list(wish.more)
    if wish.authority is not None:
        length = wish.path_length if wish.authority else None
        found.append((x509.BasicConstraints(ca=wish.authority, path_length=length), True))
    if wish.usage:
        found.append((x509.KeyUsage(**{usage: usage in wish.usage for usage in ALL_USAGES}), True))
    if wish.purposes:
        found.append((x509.ExtendedKeyUsage(wish.purposes), True))
    if wish.names:
        found.append((x509.SubjectAlternativeName(wish.names), True))
    return found


def issue(wish: Wish, issuer: Issued | None = None) -> Issued:
    """Return a certificate by ``issuer``, or by itself."""
    key: Key = wish.key or ed25519.Ed25519PrivateKey.from_private_bytes(RANDOM(32))
    signer = key if issuer is None else issuer.key
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(wish.subject))
        .issuer_name(_name(wish.subject if issuer is None else issuer.name))
        .public_key(key.public_key())
        .serial_number(int.from_bytes(b"\x01" + RANDOM(15), "big"))
        .not_valid_before(datetime.fromtimestamp(wish.not_before, UTC))
        .not_valid_after(datetime.fromtimestamp(wish.not_after, UTC))
    )
    for extension, critical in _extensions(wish):
        builder = builder.add_extension(extension, critical)
    hashed = isinstance(signer, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
    certificate = builder.sign(signer, wish.hash or (hashes.SHA256() if hashed else None))
    return Issued(wish.subject, key, certificate.public_bytes(Encoding.DER))


ROOT = Wish("root.example")
MIDDLE = Wish("middle.example")
LEAF = Wish(
    "device.example",
    authority=None,
    usage=("digital_signature",),
    purposes=(x509.ObjectIdentifier("1.3.6.1.5.5.7.3.40"),),
    names=(x509.UniformResourceIdentifier(URI),),
)


def chain(*wishes: Wish) -> tuple[Issued, ...]:
    """Return the certificates of a chain, given from the root down to the end entity, in MLS's order."""
    issued: list[Issued] = []
    for wish in wishes:
        issued.insert(0, issue(wish, issued[0] if issued else None))
    return tuple(issued)


def ders(issued: Sequence[Issued]) -> tuple[bytes, ...]:
    return tuple(each.der for each in issued)


def public(issued: Issued) -> bytes:
    return bytes(issued.key.public_key().public_bytes_raw())


def verify(
    issued: Sequence[Issued],
    *,
    now: int = NOW,
    anchors: Sequence[bytes] | None = None,
    suite: CipherSuite = SUITE,
) -> None:
    verify_certificate_chain(ders(issued), public(issued[0]), suite, now=now, anchors=anchors)


def refused(issued: Sequence[Issued], why: str, **options: Any) -> None:
    with pytest.raises(PeerError, match=f"D03: .*{why}") as caught:
        verify(issued, **options)
    assert caught.value.code is Code.INVALID_CREDENTIAL


def test_a_sound_chain_of_any_length_is_accepted() -> None:
    # D03
    for length in range(5):
        issued = chain(*(replace(ROOT, subject=f"ca-{number}.example") for number in range(length)), LEAF)
        verify(issued)
        verify(issued, anchors=[issued[-1].der])
        assert certificate_identity(ders(issued)) == URI.encode()


def test_a_chain_without_its_root_ends_at_an_anchor() -> None:
    # D03
    *below, root = chain(ROOT, MIDDLE, LEAF)
    other = issue(ROOT)
    verify(below)
    verify(below, anchors=[b"no certificate", other.der, root.der])
    verify(below[:1], anchors=[below[1].der])


@pytest.mark.parametrize("code", [1, 2, 4, 5, 7, 0xF052])
def test_a_chain_speaks_for_a_key_of_every_scheme(code: int) -> None:
    # D03
    suite = cipher_suite(code)
    own = generate_signature_key(suite, RANDOM)
    issued = chain(ROOT, replace(LEAF, key=_loaded(code, own.private)))
    verify_certificate_chain(ders(issued), own.public, suite, now=NOW)
    other = generate_signature_key(suite, RANDOM)
    with pytest.raises(PeerError, match="another key"):
        verify_certificate_chain(ders(issued), other.public, suite, now=NOW)


def _loaded(code: int, private: bytes) -> Key:
    scalar = int.from_bytes(private, "big")
    match code:
        case 1:
            return ed25519.Ed25519PrivateKey.from_private_bytes(private)
        case 4:
            return ed448.Ed448PrivateKey.from_private_bytes(private)
        case 0xF052:
            return mldsa.MLDSA44PrivateKey.from_seed_bytes(private)
        case _:
            curves: dict[int, ec.EllipticCurve] = {2: ec.SECP256R1(), 5: ec.SECP521R1(), 7: ec.SECP384R1()}
            return ec.derive_private_key(scalar, curves[code])


AUTHORITY_KEYS: dict[str, Key] = {
    "rsa": rsa.generate_private_key(65537, 2048),
    "p256": ec.generate_private_key(ec.SECP256R1()),
    "ed448": ed448.Ed448PrivateKey.generate(),
    "mldsa65": mldsa.MLDSA65PrivateKey.generate(),
}


@pytest.mark.parametrize("kind", AUTHORITY_KEYS)
def test_an_authority_may_have_a_key_of_another_scheme(kind: str) -> None:
    # D03
    issued = chain(replace(ROOT, key=AUTHORITY_KEYS[kind]), LEAF)
    verify(issued, anchors=[issued[-1].der])


# What MLS itself demands.


@pytest.mark.parametrize("length", [0, 6])
def test_a_chain_has_one_to_five_certificates(length: int) -> None:
    # D03
    issued = chain(*(replace(ROOT, subject=f"ca-{number}.example") for number in range(5)), LEAF)
    assert len(issued) == 6
    with pytest.raises(PeerError, match="one to five"):
        verify_certificate_chain(ders(issued)[:length], public(issued[0]), SUITE, now=NOW)


def test_a_certificate_stands_once() -> None:
    # D03
    leaf, root = chain(ROOT, LEAF)
    refused((leaf, root, root), "twice")


def test_the_key_is_that_of_the_leaf_and_of_the_scheme_of_the_suite() -> None:
    # D03
    leaf, root = chain(ROOT, LEAF)
    with pytest.raises(PeerError, match="another key"):
        verify_certificate_chain(ders((leaf, root)), public(root), SUITE, now=NOW)
    with pytest.raises(PeerError, match="another key"):
        verify_certificate_chain(ders((leaf, root)), public(leaf), cipher_suite(2), now=NOW)
    exchange = x25519.X25519PrivateKey.generate()
    refused(chain(ROOT, replace(LEAF, key=exchange)), "another key")


def test_the_end_entity_comes_first_and_each_is_issued_by_the_next() -> None:
    # D03
    leaf, middle, root = chain(ROOT, MIDDLE, LEAF)
    refused((leaf, root, middle), "not issued by the next")
    refused((leaf, root), "not issued by the next")
    refused((middle, leaf, root), "authority in the place of the end entity")


def test_a_signature_that_is_another_key_s_is_refused() -> None:
    # D03
    leaf, root = chain(ROOT, LEAF)
    namesake = issue(ROOT)
    refused((leaf, namesake), "not issued by the next")
    forged = issue(replace(LEAF, key=leaf.key), replace(root, key=namesake.key))
    refused((forged, root), "not issued by the next")


def test_a_self_issued_end_of_the_chain_is_signed_by_itself() -> None:
    # D03
    leaf, root = chain(ROOT, LEAF)
    unsigned = issue(replace(ROOT, key=root.key), replace(root, key=leaf.key))
    refused((leaf, unsigned), "not issued by the next")


def test_a_changed_certificate_is_refused() -> None:
    # D03
    leaf, root = chain(ROOT, LEAF)
    renamed = leaf.der.replace(b"case-officer", b"case-handler")
    assert renamed != leaf.der
    refused((replace(leaf, der=renamed), root), "not issued by the next")


@pytest.mark.filterwarnings("default")
def test_a_serial_number_is_positive() -> None:
    # D03, RFC 5280 section 4.1.2.2: the library only warns
    leaf, root = chain(ROOT, LEAF)
    serial = b"\x02\x10\x01"  # INTEGER of 16 bytes, as ``issue`` makes them
    assert leaf.der.count(serial) == 1
    negative = leaf.der.replace(serial, b"\x02\x10\x81")
    with pytest.warns(CryptographyDeprecationWarning):
        refused((replace(leaf, der=negative), root), "can be read")


@pytest.mark.parametrize("usage", [(), ("crl_sign",), ("digital_signature",)])
def test_an_issuer_has_a_key_for_certificates(usage: tuple[str, ...]) -> None:
    # D03
    refused(chain(replace(ROOT, usage=usage), LEAF), "not for certificates")


@pytest.mark.parametrize("middle", [replace(MIDDLE, authority=None), replace(MIDDLE, authority=False)])
def test_an_issuer_is_an_authority(middle: Wish) -> None:
    # D03
    refused(chain(ROOT, middle, LEAF), "no authority")


def test_the_end_entity_is_no_authority_and_its_key_is_for_signatures() -> None:
    # D03
    refused(chain(ROOT, replace(LEAF, authority=True)), "authority in the place")
    refused(chain(ROOT, replace(LEAF, usage=("key_agreement",))), "not for signatures")
    verify(chain(ROOT, replace(LEAF, usage=(), authority=False)))


def test_a_path_is_as_long_as_its_issuers_allow() -> None:
    # D03
    verify(chain(replace(ROOT, path_length=1), MIDDLE, LEAF))
    refused(chain(replace(ROOT, path_length=0), MIDDLE, LEAF), "longer than its issuer allows")
    deep = (replace(ROOT, path_length=1), MIDDLE, replace(MIDDLE, subject="lower.example"), LEAF)
    refused(chain(*deep), "longer than its issuer allows")


def test_a_self_issued_authority_does_not_lengthen_a_path() -> None:
    # D03, RFC 5280 section 6.1.4 (l)
    verify(chain(replace(ROOT, path_length=0), replace(ROOT, path_length=0), LEAF))


@pytest.mark.parametrize("place", [0, 1, 2])
def test_every_certificate_is_within_its_validity(place: int) -> None:
    # D03
    wishes = [ROOT, MIDDLE, LEAF]
    wishes[place] = replace(wishes[place], not_before=NOW - 10, not_after=NOW + 10)
    issued = chain(*wishes)
    for now in (NOW - 10, NOW + 10):
        verify(issued, now=now)
    for now in (NOW - 11, NOW + 11):
        refused(issued, "outside of its validity", now=now)


@pytest.mark.parametrize("place", [0, 1])
def test_a_critical_extension_that_is_unknown_is_refused(place: int) -> None:
    # D03
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00")
    for critical in (True, False):
        wishes = [ROOT, LEAF]
        wishes[place] = replace(wishes[place], more=((unknown, critical),))
        if critical:
            refused(chain(*wishes), "critical extension")
        else:
            verify(chain(*wishes))


def test_name_constraints_are_refused_because_nothing_processes_them() -> None:
    # D03
    constraints = x509.NameConstraints([x509.UniformResourceIdentifier("other.example")], None)
    for critical in (True, False):
        refused(chain(replace(ROOT, more=((constraints, critical),)), LEAF), "name constraints")


@pytest.mark.parametrize("place", [0, 1])
def test_a_certificate_for_other_purposes_is_refused(place: int) -> None:
    # D03, RFC 9734: a certificate for the web does not speak for a client of messaging
    wishes = [ROOT, LEAF]
    wishes[place] = replace(wishes[place], purposes=(ExtendedKeyUsageOID.SERVER_AUTH,))
    refused(chain(*wishes), "other purposes")
    wishes[place] = replace(wishes[place], purposes=(ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,))
    verify(chain(*wishes))


def with_exponent(key: rsa.RSAPrivateKey, exponent: int) -> rsa.RSAPrivateKey:
    """Return a key of the same primes."""
    known = key.private_numbers()
    private = pow(exponent, -1, (known.p - 1) * (known.q - 1))
    return rsa.RSAPrivateNumbers(
        known.p,
        known.q,
        private,
        rsa.rsa_crt_dmp1(private, known.p),
        rsa.rsa_crt_dmq1(private, known.q),
        known.iqmp,
        rsa.RSAPublicNumbers(exponent, known.public_numbers.n),
    ).private_key()


def test_an_issuer_s_key_is_quickly_used() -> None:
    # D03 Q07: each leaf of a tree may bring four such issuers
    verify(chain(replace(ROOT, key=with_exponent(AUTHORITY_KEYS["rsa"], (1 << 31) - 1)), LEAF))
    slow = with_exponent(AUTHORITY_KEYS["rsa"], (1 << 1279) - 1)  # a prime, hence coprime to what matters
    refused(chain(replace(ROOT, key=slow), LEAF), "too slow")


def test_weak_keys_and_hashes_of_issuers_are_refused() -> None:
    # D03
    for weak in (
        rsa.generate_private_key(65537, 1024),  # noqa: S505 - it is there to be refused
        ec.generate_private_key(ec.SECP224R1()),
    ):
        refused(chain(replace(ROOT, key=weak), LEAF), "too weak")
    sha224 = replace(LEAF, hash=hashes.SHA224())
    refused(chain(replace(ROOT, key=AUTHORITY_KEYS["rsa"]), sha224), "hash that is too weak")


# With anchors.


def test_without_an_anchor_nobody_is_trusted() -> None:
    # D03
    issued = chain(ROOT, MIDDLE, LEAF)
    for anchors in ([], [issue(ROOT).der], [b""]):
        verify(issued)
        refused(issued, "no anchor", anchors=anchors)


def test_an_anchor_is_the_end_of_the_chain_and_not_its_middle() -> None:
    # D03
    issued = chain(ROOT, MIDDLE, LEAF)
    refused(issued, "no anchor", anchors=[issued[1].der])


@pytest.mark.parametrize(
    "anchor",
    [
        replace(ROOT, not_after=NOW - 1),
        replace(ROOT, authority=None),
        replace(ROOT, usage=("crl_sign",)),
        replace(ROOT, path_length=0),
    ],
)
def test_an_anchor_above_the_chain_keeps_the_rules_of_an_issuer(anchor: Wish) -> None:
    # D03
    *below, root = chain(anchor, MIDDLE, LEAF)
    refused(below, "no anchor", anchors=[root.der])


# Identity.


@pytest.mark.parametrize(
    "names",
    [
        (),
        (x509.DNSName("device.example"),),
        (x509.UniformResourceIdentifier(URI), x509.UniformResourceIdentifier("im:other@authority.example")),
        (x509.UniformResourceIdentifier("no scheme"),),
        (x509.UniformResourceIdentifier("im:"),),
        (x509.UniformResourceIdentifier("im:line\nbreak"),),
    ],
)
def test_an_identity_is_exactly_one_uri(names: tuple[x509.GeneralName, ...]) -> None:
    # D03
    with pytest.raises(PeerError, match="exactly one URI") as caught:
        certificate_identity(ders(chain(ROOT, replace(LEAF, names=names))))
    assert caught.value.code is Code.INVALID_CREDENTIAL


def test_an_identity_outlives_a_renewed_certificate() -> None:
    # D02
    root = issue(ROOT)
    names = (x509.DNSName("device.example"), *LEAF.names)
    old, new = issue(LEAF, root), issue(replace(LEAF, names=names, not_after=NOW + 9999), root)
    assert old.der != new.der
    assert certificate_identity([old.der]) == certificate_identity([new.der]) == URI.encode()


def test_no_certificate_has_no_identity() -> None:
    # D03
    for certificates in ([], [b""], [b"\x30\x00"]):
        with pytest.raises(PeerError, match="D03"):
            certificate_identity(certificates)


SOUND = chain(ROOT, MIDDLE, LEAF)


@given(place=st.integers(0, 2), at=st.integers(min_value=0), byte=st.integers(1, 255), cut=st.booleans())
def test_changed_bytes_are_refused_and_nothing_else_escapes(
    place: int, at: int, byte: int, *, cut: bool
) -> None:
    # D03
    changed = list(ders(SOUND))
    at %= len(changed[place])
    flipped = bytes([changed[place][at] ^ byte])
    changed[place] = changed[place][:at] + (b"" if cut else flipped + changed[place][at + 1 :])
    with pytest.raises(PeerError) as caught:
        verify_certificate_chain(changed, public(SOUND[0]), SUITE, now=NOW, anchors=[SOUND[-1].der])
    assert caught.value.code is Code.INVALID_CREDENTIAL


@given(st.binary(max_size=400))
def test_any_bytes_are_no_certificate(data: bytes) -> None:
    # D03
    with pytest.raises(PeerError):
        certificate_identity([data])
    with pytest.raises(PeerError):
        verify_certificate_chain([data], bytes(32), SUITE, now=NOW)
