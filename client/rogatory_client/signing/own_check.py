"""Checks what was just signed as a receiver would, before anybody gets it.

A time-stamping authority may answer with a token over something else, a token may sign with another key than
its certificate says, and a signature more may break one that stood before: nothing of that is handed on.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Final

from rogatory_client.signing.check_process import Checker
from rogatory_client.signing.long_term import LongTerm
from rogatory_client.signing.refusal import SigningRefusedError, advised
from rogatory_crypto.esign import Indication, Report, SignatureReport, SubIndication, TimestampReport

# How far the clock of a time-stamping authority may be from ours, and how long it may take to answer.
ALLOWED_CLOCK_DIFFERENCE_S: Final = 300
_OTHER_TIME: Final = "its time stamp is not of now: compare the clock of this computer with the authority's"


def refuse_unverified(
    signed: bytes,
    identifier: str | None,
    *,
    now: int,
    long_term: LongTerm | None,
    contents: Sequence[bytes] = (),
    before: bytes | None = None,
    checker: Checker | None = None,
) -> None:
    """Refuse to hand on what a receiver could not rely on.

    Args:
        signed: the signed document, or the detached signature.
        identifier: of the new signature; None where it is the only one.
        now: the claimed signing time, unix seconds.
        long_term: what was embedded; a signature with it has to pass, one without has to be intact.
        contents: what a detached signature is about.
        before: the document as it was, where other signatures may be in it.
        checker: one that is running; without it, one is started for this.

    Raises:
        SigningRefusedError: the new signature does not verify, or one that stood before no longer does.
    """
    trust = () if long_term is None else long_term.trust
    at = now if long_term is None else now + ALLOWED_CLOCK_DIFFERENCE_S
    revocation = long_term is None or long_term.revocation
    with Checker() if checker is None else nullcontext(checker) as running:
        after = running.check(signed, trust=trust, contents=contents, at=at, revocation=revocation)
        _refuse_bad(after, identifier, now, long_term)
        broken = [each for each in _failed(after) if each != identifier]
        if before is not None and broken:
            known = _failed(running.check(before, trust=trust, at=at, revocation=revocation))
            _refuse_newly_broken([each for each in broken if each not in known])


def _refuse_bad(report: Report, identifier: str | None, now: int, long_term: LongTerm | None) -> None:
    ours = [each for each in report.signatures if identifier in {None, each.identifier}]
    if len(ours) != 1:
        raise SigningRefusedError(f"our own check does not find the new signature: {report.reason}")
    (signature,) = ours
    if long_term is None:
        why = "" if _intact(signature) else _said(signature)
    else:
        stamps = [*signature.timestamps, *(_over_everything(report, now) if long_term.archive else ())]
        why = _defect(signature, stamps, now)
        if not why and long_term.archive and len(stamps) == len(signature.timestamps):
            why = _OTHER_TIME
    if why:
        raise SigningRefusedError(
            f"the new signature does not pass our own check, so it is not given out: {why}"
        )


def _over_everything(report: Report, now: int) -> list[TimestampReport]:
    """Return the document time stamp of now; of two offices' at the same time, the one that passes."""
    made = [each for each in report.timestamps if abs(each.time - now) <= ALLOWED_CLOCK_DIFFERENCE_S]
    return [each for each in made if each.indication is Indication.TOTAL_PASSED][:1] or made[:1]


def _defect(signature: SignatureReport, stamps: Sequence[TimestampReport], now: int) -> str:
    """Return why a receiver could not rely on a signature that is to last; nothing where he can."""
    bad = next((each for each in stamps if each.indication is not Indication.TOTAL_PASSED), None)
    if bad is not None:
        # Where only the stamp is worth nothing, the signature may still pass today, and no longer tomorrow.
        return f"of its time stamp: {advised(bad.reason, bad.sub_indication, bad.missing)}"
    if signature.indication is not Indication.TOTAL_PASSED:
        return _said(signature)
    proven = signature.best_signature_time
    return "" if proven is not None and abs(proven - now) <= ALLOWED_CLOCK_DIFFERENCE_S else _OTHER_TIME


def _said(signature: SignatureReport) -> str:
    return (
        advised(signature.reason, signature.sub_indication, signature.missing) or signature.indication.value
    )


def _intact(signature: SignatureReport) -> bool:
    """Tell whether nothing but trust is missing: without anchors no chain is found."""
    return signature.sub_indication is SubIndication.NO_CERTIFICATE_CHAIN_FOUND


def _failed(report: Report) -> list[str]:
    return [each.identifier for each in report.signatures if each.indication is Indication.TOTAL_FAILED]


def _refuse_newly_broken(names: Sequence[str]) -> None:
    if names:
        raise SigningRefusedError(
            f"a signature more would break the signature {', '.join(names)}: it allows no such change"
        )
