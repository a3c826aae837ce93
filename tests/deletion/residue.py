"""How much of what was deleted still lies about in a device's memory, unreachable, until it is overwritten.

Python cannot overwrite bytes it gives up, and its allocator hands freed memory out again when it pleases.
What code can get at is asserted in ``test_schedule``; this only counts the rest, and proves nothing.
Run: ``python -m tests.deletion.residue``
"""

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.deletion.recorder import Derived, mask
from tests.deletion.under_test import UnderTest, under_test


def writable_memory(process_id: int) -> Iterator[bytes]:
    """Yield every mapping of a process that can be written to."""
    folder = Path("/proc") / str(process_id)
    mappings = re.findall(r"^(\w+)-(\w+) rw", (folder / "maps").read_text(), re.MULTILINE)
    with (folder / "mem").open("rb", buffering=0) as memory:
        for begin, end in ((int(low, 16), int(high, 16)) for low, high in mappings):
            memory.seek(begin)
            yield memory.read(end - begin)


def count(member: UnderTest, notes: list[Derived]) -> Counter[str]:
    """Return how many of these secrets are somewhere in the memory of a member's process, by label."""
    assert member.process.pid is not None
    places = [mask(data) for data in writable_memory(member.process.pid)]
    return Counter(note.label for note in notes if any(note.secret in place for place in places))


def report(member: UnderTest, step: str) -> None:
    gone, kept = member.gone(), member.kept()
    left, there = count(member, gone), count(member, kept)
    sys.stdout.write(
        f"{step:24s} {left.total():4d} of {len(gone):4d} deleted, {there.total()} of {len(kept)} live\n"
    )
    if left:
        sys.stdout.write(f"{'':24s} {dict(left.most_common(8))}\n")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, under_test(Path(folder) / "home") as member:
        report(member.joined(), "joined")
        member.ask("receive", member.said(1, b"said"))
        report(member, "received one")
        for _ in range(20):
            member.ask("receive", member.said(1, b"said"))
        report(member, "received twenty more")
        member.ask("receive", member.committed(1))
        report(member, "followed a commit")
        for seat in (0, 1, 2, 0, 1, 2):
            member.ask("receive", member.committed(seat))
        report(member, "followed six more")


if __name__ == "__main__":
    main()
