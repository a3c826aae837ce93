from datetime import UTC, datetime

import pytest
from asn1crypto import algos  # type: ignore[import-untyped]
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from rogatory_crypto.esign.validation.algorithm_policy import (
    ALWAYS,
    NEVER,
    DatedAlgorithmPolicy,
    digest_limit,
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
        ("ec", 224, datetime(2021, 10, 1, tzinfo=UTC)),
        ("ec", 256, ALWAYS),
        ("ed25519", 0, ALWAYS),
        ("dsa", 3072, NEVER),
    ],
)
def test_keys_last_as_long_as_their_length(algorithm: str, bits: int, limit: datetime) -> None:
    assert key_limit(algorithm, bits) == limit


def test_unknown_digest_is_never_allowed() -> None:
    assert digest_limit("whirlpool") == NEVER


def test_signature_needs_a_strong_digest_and_a_strong_key() -> None:
    from asn1crypto import keys

    def public(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> object:
        der = key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        loaded: object = keys.PublicKeyInfo.load(der)
        return loaded

    policy = DatedAlgorithmPolicy()
    strong = algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"})
    weak = algos.SignedDigestAlgorithm({"algorithm": "sha1_ecdsa"})
    curve = public(ec.generate_private_key(ec.SECP256R1()))
    small = public(ec.generate_private_key(ec.SECP224R1()))
    edwards = public(ed25519.Ed25519PrivateKey.generate())
    assert policy.signature_algorithm_allowed(strong, at(2030), curve)
    assert not policy.signature_algorithm_allowed(strong, at(2030), small)
    assert policy.signature_algorithm_allowed(strong, at(2020), small)
    assert not policy.signature_algorithm_allowed(weak, at(2030), curve)
    assert policy.signature_algorithm_allowed(
        algos.SignedDigestAlgorithm({"algorithm": "ed25519"}), at(2030), edwards
    )
    assert policy.signature_algorithm_allowed(strong, at(2030), None)
