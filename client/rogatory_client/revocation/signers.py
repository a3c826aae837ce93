"""Who may sign what an issuer says on revocation: itself, whom the officer has named, and delegates."""

from typing import Any, Final

from asn1crypto import x509  # type: ignore[import-untyped]

from rogatory_client.revocation.sources import Source
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.asn1_types import Certificate
from rogatory_crypto.esign.names import comparable
from rogatory_crypto.esign.validation.algorithm_policy import DatedAlgorithmPolicy
from rogatory_crypto.esign.validation.pkix import moment
from rogatory_crypto.esign.validation.verification import signed_by

_ALGORITHMS: Final = DatedAlgorithmPolicy()


def named_signers(source: Source) -> tuple[Certificate, ...]:
    """Return the issuer and whom the officer has named beside it."""
    return (source.certificate, *(x509.Certificate.load(each) for each in source.signers))


def is_delegate(responder: Certificate, source: Source, at: int) -> bool:
    """Tell whether the issuer has certified a responder to answer for it (RFC 6960 section 4.2.2.2)."""
    usage = responder.extended_key_usage_value
    issuer = source.certificate
    return (
        usage is not None
        and "ocsp_signing" in usage.native
        and responder.not_valid_before.timestamp() <= at <= responder.not_valid_after.timestamp()
        and comparable(responder.issuer) == comparable(issuer.subject)
        and signed_by(responder, issuer)
    )


def refuse_weak(algorithm: Any, signer: Certificate, now: int) -> None:  # noqa: ANN401 - untyped library
    """Refuse a signature that anybody could have made by now.

    Raises:
        PeerError: its algorithm or key may not be relied on.
    """
    allowed = _ALGORITHMS.signature_algorithm_allowed(algorithm, moment(now), signer.public_key)
    if not allowed:
        raise PeerError(Code.UNSUPPORTED, f"its signature is too weak: {allowed.failure_reason}")
