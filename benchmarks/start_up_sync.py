"""The start of the day: what has come overnight is fetched, and where the receiver's processor time goes.

Real: two offices and their relay, over TLS. What opening, deciphering and verifying takes in the same run is
what all else is compared with; beside it stands the decryption of as many messages and no more.
``ROGATORY_BENCH_QUEUED`` (10000) messages lie in ``ROGATORY_BENCH_QUEUED_ROOMS`` (20) cases, in turns.
"""

import asyncio
import os
import tempfile
import time
from pathlib import Path
from typing import Final

from benchmarks.measure import report
from benchmarks.sampling import OTHER, Samples
from tests.crypto.mls.world import HYBRID, grown
from tests.integration.small_network import small_network

from rogatory_client.demo.world import REQUESTED, REQUESTING
from rogatory_client.office import Office
from rogatory_crypto import mls

QUEUED: Final = int(os.environ.get("ROGATORY_BENCH_QUEUED", "10000"))
ROOMS: Final = int(os.environ.get("ROGATORY_BENCH_QUEUED_ROOMS", "20"))
BUDGET: Final = 2.0
# An office looks at all that waits before each message; of no interest here.
AT_ONCE: Final = 100
TEXT: Final = "What we have found about the account. " * 8

DECRYPTION: Final = "decryption, verification"
INTERPRETATION: Final = "interpretation"
STATEMENTS: Final = "statements"
COMMIT: Final = "commit, erasing"
WORDS: Final = "word index"
DIGESTS: Final = "digests"
FRAMES: Final = "frames"
SENDING: Final = "answers"
# The innermost that fits counts, and of one file the first.
PARTS: Final = {
    ("mls/receiving.py", "process"): DECRYPTION,
    ("content/message.py", "verify_message"): DECRYPTION,
    ("identity/registry.py", "*"): DECRYPTION,
    ("engine/outbox.py", "*"): SENDING,
    ("engine/acknowledging.py", "*"): SENDING,
    ("engine/evidence.py", "report_status"): SENDING,
    ("engine/evidence.py", "issue_receipt"): SENDING,
    ("office/line/departures.py", "*"): SENDING,
    ("office/line/submitting.py", "*"): SENDING,
    ("office/line/visiting.py", "*"): SENDING,
    ("office/carrier/return_to_relay.py", "*"): SENDING,
    ("rogatory_client/vault/words.py", "*"): WORDS,
    ("vault/case_digests.py", "*"): DIGESTS,
    ("office/cases/digest.py", "*"): DIGESTS,
    ("office/cases/digesting.py", "*"): DIGESTS,
    ("vault/database.py", "writing"): COMMIT,
    ("vault/database.py", "_erase"): COMMIT,
    ("rogatory_client/vault/effects.py", "*"): STATEMENTS,
    ("office/cached_tables.py", "*"): STATEMENTS,
    ("office/desk.py", "carry_out"): STATEMENTS,
    ("engine/delivery.py", "*"): INTERPRETATION,
    ("office/line/arrivals.py", "*"): INTERPRETATION,
    ("transport/feed.py", "*"): FRAMES,
    ("websockets/asyncio/connection.py", "*"): FRAMES,
    ("asyncio/sslproto.py", "*"): FRAMES,
    ("asyncio/selector_events.py", "*"): FRAMES,
    ("wire/frame.py", "*"): FRAMES,
}
ORDER: Final = (*(DECRYPTION, INTERPRETATION, STATEMENTS, WORDS, DIGESTS, COMMIT, FRAMES, SENDING, OTHER),)


async def queued(folder: Path) -> None:
    """Report how long it takes to fetch what has come overnight, and on what."""
    scenario = f"start-up sync, {QUEUED} messages in {ROOMS} cases"
    async with small_network(folder) as world:
        sender, receiver = world.desks[REQUESTING], world.desks[REQUESTED]
        async with Office.open(sender.home, sender.passphrase) as office:
            await _sent(office)
        async with Office.open(receiver.home, receiver.passphrase) as office:
            samples, began = Samples(PARTS), time.perf_counter()
            with samples.taken():
                await office.sync()
            spent = time.perf_counter() - began
            found = sum(each.text == TEXT for each in office.messages())
    if found != QUEUED:
        raise RuntimeError(f"{found} messages of {QUEUED} have come")
    report(scenario, "wall", spent, "s")
    report(scenario, "processor", samples.total, "s")
    for part in ORDER:
        report(scenario, f"processor, {part}", samples.seconds[part], "s")
    report(scenario, "processor a message", samples.total / QUEUED * 1000, "ms")
    alone = decrypted_s(QUEUED)
    report(scenario, "decrypting as many alone", alone, "s")
    report(
        scenario,
        "all to decryption, verification",
        samples.total / samples.seconds[DECRYPTION],
        "times",
        BUDGET,
    )


async def _sent(office: Office) -> None:
    await office.sync()
    rooms = [
        office.start_consultation([REQUESTED], f"Case {number}", "May we ask?").room_id
        for number in range(ROOMS)
    ]
    await office.sync()
    for number in range(QUEUED):
        office.reply(rooms[number % ROOMS], TEXT)
        if number % AT_ONCE == 0:
            await office.sync()
    await office.sync()


def decrypted_s(count: int) -> float:
    """Return how long it takes to decrypt so many messages, seconds of processor time."""
    world = grown(2, HYBRID)
    payloads = []
    for _ in range(count):
        world.groups[0], payload = mls.protect(world.groups[0], TEXT.encode(), random=world.random)
        payloads.append(payload)
    began = time.process_time()
    for payload in payloads:
        world.receive(1, payload)
    return time.process_time() - began


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(queued(Path(folder)))


if __name__ == "__main__":
    main()
