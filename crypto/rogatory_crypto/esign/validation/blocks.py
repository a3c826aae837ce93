"""What each building block of EN 319 102-1 clause 5.2 said of a signature."""

from typing import Final

from rogatory_crypto.esign.report import Block, BlockReport
from rogatory_crypto.esign.verdict import PASSED, SubIndication, Verdict

# Which block answers with a sub-indication that the reader of the format has found.
_ANSWERED_BY: Final = {
    SubIndication.FORMAT_FAILURE: Block.FORMAT_CHECKING,
    SubIndication.GENERIC: Block.FORMAT_CHECKING,
    SubIndication.NO_SIGNING_CERTIFICATE_FOUND: Block.SIGNING_CERTIFICATE,
    SubIndication.HASH_FAILURE: Block.CRYPTOGRAPHIC_VERIFICATION,
    SubIndication.SIG_CRYPTO_FAILURE: Block.CRYPTOGRAPHIC_VERIFICATION,
    SubIndication.SIGNED_DATA_NOT_FOUND: Block.CRYPTOGRAPHIC_VERIFICATION,
}


def blocks(integrity: Verdict, certificate: Verdict, acceptance: Verdict) -> tuple[BlockReport, ...]:
    """Return the answers of the blocks, in the order in which they are asked."""
    answers = dict.fromkeys(Block, PASSED)
    answers[Block.CERTIFICATE_VALIDATION] = certificate
    answers[Block.SIGNATURE_ACCEPTANCE] = acceptance
    if integrity.sub_indication is not None:
        answers[_ANSWERED_BY.get(integrity.sub_indication, Block.SIGNATURE_ACCEPTANCE)] = integrity
    if certificate.sub_indication is SubIndication.NO_SIGNING_CERTIFICATE_FOUND:
        answers[Block.SIGNING_CERTIFICATE] = certificate
    return tuple(
        BlockReport(block, verdict.indication, verdict.sub_indication, verdict.reason)
        for block, verdict in answers.items()
    )
