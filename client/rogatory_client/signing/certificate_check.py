"""Looks at a signer's certificate before anything is signed with it: as a receiver would, as of now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rogatory_client.signing.long_term import LongTerm, given_evidence
from rogatory_client.signing.refusal import SigningRefusedError, advised
from rogatory_crypto.esign.verdict import PASSED, Role

if TYPE_CHECKING:
    from datetime import datetime

    from pyhanko.sign.signers import Signer

    from rogatory_crypto.esign.asn1_types import Certificate


def refuse_unusable(signer: Signer, now: int, long_term: LongTerm | None) -> None:
    """Return only if a receiver could rely on the signer's certificate.

    Args:
        signer: an open key with its certificates.
        now: the claimed signing time, unix seconds.
        long_term: whom receivers trust and what will be embedded; without it, only its time is looked at.

    Raises:
        SigningRefusedError: it is not valid now, leads to nobody trusted, or was revoked; or nothing proves
            that it was not. The sentence says what to do.
        MisuseError: a file of trust or evidence is none.
    """
    certificate = signer.signing_cert
    if certificate is None:
        raise SigningRefusedError("the key has no certificate: nobody could tell whose signature it is")
    _refuse_out_of_time(certificate, now)
    if long_term is not None:
        _refuse_unproven(certificate, certificates_beside(signer), now, long_term)


def _refuse_out_of_time(certificate: Certificate, now: int) -> None:
    begins, ends = certificate.not_valid_before, certificate.not_valid_after
    if now < begins.timestamp():
        raise SigningRefusedError(f"the signer's certificate is valid only from {_day(begins)}: sign then")
    if now > ends.timestamp():
        raise SigningRefusedError(
            f"the signer's certificate ran out on {_day(ends)}: ask its issuer for a new one"
        )


def _refuse_unproven(
    certificate: Certificate, beside: list[Certificate], now: int, long_term: LongTerm
) -> None:
    from rogatory_crypto.esign.terms import Terms
    from rogatory_crypto.esign.trust.given import read_anchors
    from rogatory_crypto.esign.validation.known import known
    from rogatory_crypto.esign.validation.path import judge_path
    from rogatory_crypto.esign.validation.use import Use

    terms = Terms(read_anchors(long_term.trust, now), now, long_term.revocation)
    use = Use(Role.SIGNER, at=now, existed_by=now, evidence_by=now)
    verdict = judge_path(certificate, use, known(terms, given_evidence(long_term), beside=beside)).verdict
    if verdict != PASSED:
        why = advised(verdict.reason, verdict.sub_indication, verdict.missing)
        raise SigningRefusedError(f"the signer's certificate would not pass a receiver's check: {why}")


def certificates_beside(signer: Signer) -> list[Certificate]:
    """Return the certificates that came with a key."""
    return list(signer.cert_registry)


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"
