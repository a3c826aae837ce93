"""Signs a file of any kind beside it: a detached CAdES signature, B-B or B-LT (EN 319 122-1 section 6).

The signature is a file of its own (``.p7s``); the signed file stays as it is.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from rogatory_client.signing.certificate_check import certificates_beside, refuse_unusable
from rogatory_client.signing.long_term import LongTerm, carried, embedded_evidence
from rogatory_client.signing.own_check import refuse_unverified
from rogatory_client.signing.refusal import SigningRefusedError
from rogatory_client.signing.signing_key import SigningKey, opened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyhanko.sign.signers import Signer

    from rogatory_client.signing.check_process import Checker
    from rogatory_crypto.esign.asn1_types import Certificate, OcspResponse, SignedData
    from rogatory_crypto.esign.evidence import Evidence


def sign_file(
    document: bytes,
    key: SigningKey,
    *,
    now: int,
    long_term: LongTerm | None = None,
    checker: Checker | None = None,
) -> bytes:
    """Return the signature on a file, DER.

    Args:
        document: the file's content.
        key: who signs.
        now: the claimed signing time, unix seconds.
        long_term: makes level B-T or B-LT; without it, B-B.
        checker: for our own check; without one, one is started.

    Raises:
        MisuseError: the key cannot be opened or used.
        SigningRefusedError: level LTA was asked for, which a detached signature of ours does not have;
            or the result fails our own check.
        TransportError: the time-stamping authority cannot be reached.
    """
    if long_term is not None and long_term.archive:
        raise SigningRefusedError(
            "a detached signature is made at level LT at most: leave out the archive stamp"
        )
    with opened(key) as signer:
        refuse_unusable(signer, now, long_term)
        content: Any = asyncio.run(_signed(document, signer, now, long_term))
        beside = certificates_beside(signer)
    encoded: bytes = content.dump()
    if long_term is not None and long_term.revocation:
        encoded = _made_lasting(encoded, long_term, beside)
    refuse_unverified(encoded, None, now=now, long_term=long_term, contents=[document], checker=checker)
    return encoded


async def _signed(document: bytes, signer: Signer, now: int, long_term: LongTerm | None) -> Any:  # noqa: ANN401 - untyped library
    from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

    attributes = PdfCMSSignedAttributes(signing_time=datetime.fromtimestamp(now, UTC))
    return await signer.async_sign_general_data(
        BytesIO(document),
        "sha256",
        use_cades=True,
        signed_attr_settings=attributes,
        timestamper=None if long_term is None else long_term.time_stamper,
    )


def _made_lasting(encoded: bytes, long_term: LongTerm, beside: Sequence[Certificate]) -> bytes:
    from asn1crypto import cms  # type: ignore[import-untyped]

    # Read anew: to encode values that were made and then changed takes the library minutes.
    content = cms.ContentInfo.load(encoded)
    signed_data = content["content"]
    _embed(signed_data, embedded_evidence(long_term, [*carried(signed_data), *beside]))
    lasting: bytes = content.dump()
    return lasting


def _embed(signed_data: SignedData, evidence: Evidence) -> None:
    """Put certificates and revocation data beside the signature, where RFC 5652 section 5.1 has them."""
    from asn1crypto import cms

    held = {each.chosen.dump() for each in signed_data["certificates"]}
    for certificate in evidence.certificates:
        if certificate.dump() not in held:
            signed_data["certificates"].append(cms.CertificateChoices("certificate", certificate))
    answers = [cms.RevocationInfoChoice("crl", each) for each in evidence.crls]
    answers += [_ocsp(each) for each in evidence.ocsps]
    if answers:
        signed_data["crls"] = cms.RevocationInfoChoices(answers)
    if evidence.ocsps:
        # RFC 5652 section 5.1: where other revocation information stands, the version is 5.
        signed_data["version"] = "v5"


def _ocsp(answer: OcspResponse) -> Any:  # noqa: ANN401 - untyped library
    """Return an OCSP answer as other revocation information (RFC 5940 section 2)."""
    from asn1crypto import cms

    other = cms.OtherRevocationInfoFormat(
        {"other_rev_info_format": "ocsp_response", "other_rev_info": answer}
    )
    return cms.RevocationInfoChoice("other", other)
