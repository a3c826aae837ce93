"""The baseline level of a signature by its structure alone: B, T, LT, LTA.

EN 319 122-1, 319 132-1, 319 142-1 and 319 162-1, each clause 6.3: T adds a time stamp, LT what is needed to
check it later, LTA a time stamp over all that. It says what is there, not that any of it is good.
"""

from collections.abc import Sequence
from typing import Final

from rogatory_crypto.esign.found import FoundSignature, TimestampKind
from rogatory_crypto.esign.report import TimestampReport

_LASTING: Final = frozenset({TimestampKind.ARCHIVE, TimestampKind.DOCUMENT, TimestampKind.CONTAINER})


def level(found: FoundSignature, timestamps: Sequence[TimestampReport]) -> str:
    """Return the level of a signature, such as ``PAdES-BASELINE-LT``."""
    kinds = {report.kind for report in timestamps} - {TimestampKind.CONTENT}
    if not kinds:
        return f"{found.family}-B"
    if not found.evidence.crls and not found.evidence.ocsps:
        return f"{found.family}-T"
    return f"{found.family}-LTA" if kinds & _LASTING else f"{found.family}-LT"
