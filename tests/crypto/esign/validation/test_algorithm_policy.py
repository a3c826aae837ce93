from datetime import UTC, datetime

import pytest
from asn1crypto import algos, keys  # type: ignore[import-untyped]
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from rogatory_crypto.esign.validation.algorithm_policy import (
    ALWAYS,
    NEVER,
    DatedAlgorithmPolicy,
    digest_limit,
    key_bits,
    key_limit,
)


def at(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "year", "allowed"),
    [
        ("sha1", 2012, True),
        ("sha1", 2013, False),
        ("md5", 2004, True),
        ("md5", 2005, False),
        ("sha256", 2099, True),
        ("md2", 1990, False),
    ],
)
def test_digests_are_judged_as_of_their_time(name: str, year: int, *, allowed: bool) -> None:
    # ETSI TS 119 312, as dated by the reference validation software.
    policy = DatedAlgorithmPolicy()
    assert (
        bool(policy.digest_algorithm_allowed(algos.DigestAlgorithm({"algorithm": name}), at(year))) is allowed
    )


def test_without_a_time_only_what_never_ends_is_allowed() -> None:
    policy = DatedAlgorithmPolicy()
    assert policy.digest_algorithm_allowed(algos.DigestAlgorithm({"algorithm": "sha256"}), None)
    assert not policy.digest_algorithm_allowed(algos.DigestAlgorithm({"algorithm": "sha1"}), None)


@pytest.mark.parametrize(
    ("algorithm", "bits", "limit"),
    [
        ("rsa", 512, NEVER),
        ("rsa", 1024, datetime(2019, 10, 1, tzinfo=UTC)),
        ("rsa", 2048, datetime(2029, 1, 1, tzinfo=UTC)),
        ("rsa", 3072, ALWAYS),
        ("ec", 192, NEVER),
        ("ec", 224, NEVER),
        ("ec", 256, ALWAYS),
        ("ed25519", 0, ALWAYS),
        ("dsa", 3072, NEVER),
    ],
)
def test_keys_last_as_long_as_their_length(algorithm: str, bits: int, limit: datetime) -> None:
    assert key_limit(algorithm, bits) == limit


def test_unknown_digest_is_never_allowed() -> None:
    assert digest_limit("whirlpool") == NEVER


def public(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey) -> object:
    der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    loaded: object = keys.PublicKeyInfo.load(der)
    return loaded


def test_issuers_may_be_believed_longer_than_signers_where_they_signed_with_sha1() -> None:
    """CA/Browser Forum Baseline Requirements clause 7.1.3: none after 2016; TS 119 312 for signers."""
    policy = DatedAlgorithmPolicy()
    signed = algos.SignedDigestAlgorithm({"algorithm": "sha1_ecdsa"})
    curve = public(ec.generate_private_key(ec.SECP256R1()))
    assert policy.signature_algorithm_allowed(signed, at(2016), curve)
    assert not policy.signature_algorithm_allowed(signed, at(2017), curve)
    assert not policy.signature_algorithm_allowed(signed, None, curve)
    assert digest_limit("sha1") == datetime(2012, 8, 1, tzinfo=UTC)


def test_length_of_an_rsa_key_is_not_rounded_up() -> None:
    """TS 119 312 clause 6.2.2: a modulus one bit too short is too short, though it fills as many octets."""
    modulus = (1 << 1022) | 1
    short = keys.PublicKeyInfo.wrap(keys.RSAPublicKey({"modulus": modulus, "public_exponent": 65537}), "rsa")
    assert key_bits(short) == 1023
    assert not DatedAlgorithmPolicy().signature_algorithm_allowed(
        algos.SignedDigestAlgorithm({"algorithm": "sha256_rsa"}), at(2010), short
    )
    assert key_bits(public(rsa.generate_private_key(65537, 2048))) == 2048
    assert key_bits(public(ed25519.Ed25519PrivateKey.generate())) == 0


def test_signature_needs_a_strong_digest_and_a_strong_key() -> None:
    policy = DatedAlgorithmPolicy()
    strong = algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"})
    weak = algos.SignedDigestAlgorithm({"algorithm": "sha1_ecdsa"})
    curve = public(ec.generate_private_key(ec.SECP256R1()))
    small = public(ec.generate_private_key(ec.SECP224R1()))
    edwards = public(ed25519.Ed25519PrivateKey.generate())
    assert policy.signature_algorithm_allowed(strong, at(2030), curve)
    assert not policy.signature_algorithm_allowed(strong, at(2030), small)
    assert not policy.signature_algorithm_allowed(strong, at(2020), small)
    assert not policy.signature_algorithm_allowed(weak, at(2030), curve)
    assert policy.signature_algorithm_allowed(
        algos.SignedDigestAlgorithm({"algorithm": "ed25519"}), at(2030), edwards
    )
    assert policy.signature_algorithm_allowed(strong, at(2030), None)
