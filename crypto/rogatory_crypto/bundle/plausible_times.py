"""Times and places of a bundle that contradict each other: not everybody's word can hold."""

from collections.abc import Iterator
from typing import Final

from rogatory_crypto.bundle.finding import About, Finding, unclear, wrong
from rogatory_crypto.bundle.laying_out import EXCERPT, MACHINE
from rogatory_crypto.bundle.manifest import BundledMessage, Manifest
from rogatory_crypto.identity.standing import CLOCK_TOLERANCE_S
from rogatory_crypto.log.witness_policy import DAY_S

# As old as a view of the log may be that an office acts on; an older one may hide what was revoked since.
MAX_AGE_S: Final = DAY_S


def check_times(manifest: Manifest, witnessed_at: int | None, now: int) -> Iterator[Finding]:
    """Compare when a bundle was made with the log, the reader's clock and its messages."""
    made_at = manifest.made_at
    if witnessed_at is not None and made_at + CLOCK_TOLERANCE_S < witnessed_at:
        yield wrong(About.CONTAINER, MACHINE, "it says it was made before the log was as it shows it")
    if witnessed_at is not None and made_at > witnessed_at + MAX_AGE_S:
        yield unclear(About.LOG, EXCERPT, "it shows the log as it was more than a day before it was made")
    if made_at > now + CLOCK_TOLERANCE_S:
        yield unclear(About.CONTAINER, MACHINE, "it says it was made later than now: check the clock")
    for each in manifest.messages:
        if each.at_ms // 1000 > made_at + CLOCK_TOLERANCE_S:
            yield wrong(About.MESSAGE, each.file, "it was said after the bundle was made")
    yield from _same_places(manifest.messages)


def _same_places(messages: tuple[BundledMessage, ...]) -> Iterator[Finding]:
    seen = set[int]()
    for each in messages:
        if each.sequence in seen:
            yield wrong(About.MESSAGE, each.file, "another message has its place in the room")
        if each.sequence is not None:
            seen.add(each.sequence)
