"""Until when a proof holds, so that a reader knows by when it must be extended.

What proves a signature is its newest time stamp that passed; that proves its time until a certificate of its
authority expires, or an algorithm it rests on may no longer be relied on. A signature that has none lasts as
its own certificates do. Extending is to put a new time stamp over it (EN 319 102-1 clause 5.6, which calls
what such a time stamp gives a proof of existence).
"""

from collections.abc import Iterable, Sequence

from rogatory_crypto.esign.asn1_types import UNREADABLE, Certificate
from rogatory_crypto.esign.report import TimestampReport
from rogatory_crypto.esign.trust.anchor import SourceKind
from rogatory_crypto.esign.validation.algorithm_policy import ALWAYS, NEVER
from rogatory_crypto.esign.validation.algorithms import limits
from rogatory_crypto.esign.validation.path import Judgement
from rogatory_crypto.esign.verdict import PASSED, Indication


def holds_until(judged: Judgement, digests: Iterable[str], certificate: Certificate | None) -> int | None:
    """Return the last instant at which a key's work is proven by its own certificates; None if it is not."""
    if judged.verdict != PASSED or certificate is None:
        return None
    ends = [each.not_after for each in judged.chain]
    anchor = judged.trust_anchor
    # A trusted list goes on vouching for what it names (TS 119 612 clause 5.5.1.1).
    if anchor is not None and anchor.source.kind is not SourceKind.TRUSTED_LIST:
        ends.append(anchor.certificate.not_after)
    try:
        found = limits(digests, certificate).values()
    except UNREADABLE:
        return None
    ends += [int(limit.timestamp()) - 1 for limit in found if limit not in {ALWAYS, NEVER}]
    return min(ends, default=None)


def extend_before(own: int | None, timestamps: Sequence[TimestampReport], at: int) -> int | None:
    """Return until when a signature that passed can be extended.

    Args:
        own: until when its own certificates and algorithms hold.
        timestamps: on it or over it; not those on its content, which prove nothing of it.
        at: the instant of the check; what ended before was given another reason to count.
    """
    passed = [each for each in timestamps if each.indication is Indication.TOTAL_PASSED]
    newest = max(passed, key=lambda each: each.time, default=None)
    end = own if newest is None else newest.holds_until
    return end if end is not None and end >= at else None
