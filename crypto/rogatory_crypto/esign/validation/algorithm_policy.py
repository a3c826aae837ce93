"""Which algorithms may be relied on until when.

The dates are those of ETSI TS 119 312 as the EU's reference validation software applies them: an algorithm is
judged as of the time at which the signature is proven to have existed, not as of today. What is not listed
is refused.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from pyhanko.sign.validation.utils import CMSAlgorithmUsagePolicy
from pyhanko_certvalidator.policy_decl import AlgorithmUsageConstraint

NEVER: Final = datetime.min.replace(tzinfo=UTC)
ALWAYS: Final = datetime.max.replace(tzinfo=UTC)

DIGESTS: Final[Mapping[str, datetime]] = MappingProxyType(
    {
        "md5": datetime(2004, 8, 1, tzinfo=UTC),
        "sha1": datetime(2012, 8, 1, tzinfo=UTC),
        "sha224": datetime(2029, 1, 1, tzinfo=UTC),
        "sha256": ALWAYS,
        "sha384": ALWAYS,
        "sha512": ALWAYS,
        "sha3_256": ALWAYS,
        "sha3_384": ALWAYS,
        "sha3_512": ALWAYS,
        "shake256": ALWAYS,
    }
)
# What an issuer signed with SHA-1 lasts longer than what a signer did: a forger needs a collision that the
# issuer itself is led to sign. It ends as in the CA/Browser Forum's Baseline Requirements, clause 7.1.3.
ISSUED_WITH_SHA1: Final = datetime(2017, 1, 1, tzinfo=UTC)
# (least key length in bits, last day of use), longest first.
_RSA: Final = (
    (3000, ALWAYS),
    (1900, datetime(2029, 1, 1, tzinfo=UTC)),
    (1024, datetime(2019, 10, 1, tzinfo=UTC)),
)
_ELLIPTIC: Final = ((256, ALWAYS),)
KEY_LENGTHS: Final[Mapping[str, tuple[tuple[int, datetime], ...]]] = MappingProxyType(
    {"rsa": _RSA, "rsassa_pss": _RSA, "ec": _ELLIPTIC, "ed25519": ((0, ALWAYS),), "ed448": ((0, ALWAYS),)}
)


def _until(limit: datetime, moment: datetime | None, what: str) -> AlgorithmUsageConstraint:
    if limit == ALWAYS or (moment is not None and limit != NEVER and moment < limit):
        return AlgorithmUsageConstraint(allowed=True)
    if limit == NEVER:
        return AlgorithmUsageConstraint(allowed=False, failure_reason=f"{what} may not be relied on")
    return AlgorithmUsageConstraint(
        allowed=False,
        not_allowed_after=limit,
        failure_reason=f"{what} may not be relied on after {limit:%Y-%m-%d}",
    )


def digest_limit(name: str) -> datetime:
    """Until when a digest algorithm may be relied on."""
    return DIGESTS.get(name.lower(), NEVER)


def key_limit(algorithm: str, bits: int) -> datetime:
    """Until when a key of an algorithm and length may be relied on."""
    for least, limit in KEY_LENGTHS.get(algorithm, ()):
        if bits >= least:
            return limit
    return NEVER


def key_bits(public_key: Any) -> int:  # noqa: ANN401 - untyped library
    """Return the length of a key, 0 where its algorithm has but one; the library rounds RSA's up."""
    match str(public_key.algorithm):
        case "rsa" | "rsassa_pss":
            return int.from_bytes(public_key["public_key"].parsed["modulus"].contents, "big").bit_length()
        case "ec":
            return int(public_key.bit_size)
        case _:
            return 0


class DatedAlgorithmPolicy(CMSAlgorithmUsagePolicy):
    """The tables above, in the shape that the validation library asks for."""

    def digest_algorithm_allowed(self, algo: Any, moment: datetime | None) -> AlgorithmUsageConstraint:  # noqa: ANN401 - untyped library
        """Whether a digest may be relied on at a moment."""
        name = str(algo["algorithm"].native)
        return _until(digest_limit(name), moment, name.upper())

    def signature_algorithm_allowed(
        self,
        algo: Any,  # noqa: ANN401 - untyped library
        moment: datetime | None,
        public_key: Any,  # noqa: ANN401 - untyped library
    ) -> AlgorithmUsageConstraint:
        """Whether a signature algorithm with this key may be relied on at a moment."""
        digest = _until(*_digest_of(algo, moment))
        if not digest or public_key is None:
            return digest
        name, bits = str(public_key.algorithm), key_bits(public_key)
        return _until(key_limit(name, bits), moment, f"a key of {name.upper()} with {bits} bits")


def _digest_of(algo: Any, moment: datetime | None) -> tuple[datetime, datetime | None, str]:  # noqa: ANN401 - untyped library
    try:
        name = str(algo.hash_algo)
    except ValueError:
        # The digest is then given, and judged, beside the signature algorithm (RFC 5652 section 5.3).
        return ALWAYS, moment, "the digest"
    limit = ISSUED_WITH_SHA1 if name == "sha1" else digest_limit(name)
    return limit, moment, name.upper()
