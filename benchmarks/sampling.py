"""Where processor time goes, by looking at the stack now and then: what runs is neither changed nor slowed.

A sample counts as long as the processor time since the one before, so that a long call into the database
weighs what it takes. It belongs to the part of the innermost function that has one.
"""

import signal
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Final

INTERVAL_S: Final = 0.001
OTHER: Final = "other"


class Samples:
    """Seconds of processor time of each part.

    Args:
        parts: by the end of a file's path and the name of a function in it, or ``*`` for all of the file.
    """

    def __init__(self, parts: Mapping[tuple[str, str], str]) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._parts = parts
        self._known: dict[object, str | None] = {}
        self._last = 0.0

    @property
    def total(self) -> float:
        """All of it, seconds."""
        return sum(self.seconds.values())

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Look while this lasts; in the main thread, and not within itself."""
        former = signal.signal(signal.SIGPROF, self._look)
        self._last = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, INTERVAL_S, INTERVAL_S)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, former)
            self._count(OTHER)

    def _look(self, _: int, frame: FrameType | None) -> None:
        while frame is not None:
            part = self._part_of(frame)
            if part is not None:
                self._count(part)
                return
            frame = frame.f_back
        self._count(OTHER)

    def _count(self, part: str) -> None:
        now = time.process_time()
        self.seconds[part] += now - self._last
        self._last = now

    def _part_of(self, frame: FrameType) -> str | None:
        code = frame.f_code
        if code not in self._known:
            found = (
                part
                for (file, name), part in self._parts.items()
                if code.co_filename.endswith(file) and name in {code.co_name, "*"}
            )
            self._known[code] = next(found, None)
        return self._known[code]
