"""What a reader is shown of a signature, and which changes to a document must never leave it passed."""

from collections.abc import Callable, Iterator

from rogatory_crypto.esign.report import Report
from rogatory_crypto.esign.verdict import Indication

MASKS = (0x01, 0x80, 0xFF, 0x20, 0x02, 0x40)
Check = Callable[[bytes], Report]


def shown(report: Report) -> list[object]:
    """What a reader sees of signatures that passed: who signed, what is covered, what the signer claims."""
    return [(each.signer, each.scope, each.claimed_time) for each in report.signatures]


def flipped(document: bytes, place: int, mask: int) -> bytes:
    changed = bytearray(document)
    changed[place] ^= mask
    return bytes(changed)


def region(document: bytes, part: bytes) -> range:
    """Where a part that is there once lies."""
    assert document.count(part) == 1
    start = document.index(part)
    return range(start, start + len(part))


def passing(document: bytes, places: range, check: Check) -> Iterator[int]:
    """Yield the places whose change the document survives, with a mask that differs from place to place."""
    for place in places:
        report = check(flipped(document, place, MASKS[place % len(MASKS)]))
        if report.indication is Indication.TOTAL_PASSED:
            yield place


def survives_wrongly(document: bytes, changed: bytes, check: Check) -> bool:
    """Tell whether a changed document passes and shows something else than before, or a time not proven."""
    report = check(changed)
    if report.indication is not Indication.TOTAL_PASSED:
        return False
    times = {each.best_signature_time for each in check(document).signatures} | {None}
    return shown(report) != shown(check(document)) or any(
        each.best_signature_time not in times for each in report.signatures
    )
