"""Whatever Python code could still get at: every object the collector knows, and all they refer to."""

import gc
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import CodeType, FrameType

from tests.deletion.recorder import mask

_OPAQUE = (CodeType, str, int, float)


def buffers() -> list[bytes | bytearray]:
    """Return every string of bytes that some object of this process refers to."""
    gc.collect()
    own = {id(frame) for frame in _frames()}
    waiting: list[object] = gc.get_objects()
    seen = {id(waiting)} | own
    found: list[bytes | bytearray] = []
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, bytes | bytearray):
            found.append(each)
        elif not isinstance(each, _OPAQUE):
            waiting.extend(gc.get_referents(each))
    return found


def _frames() -> Iterable[FrameType]:
    """The frames of this very search, which refer to what it has found."""
    import sys

    frame: FrameType | None = sys._getframe(1)
    for _ in range(2):
        if frame is not None:
            yield frame
            frame = frame.f_back


@dataclass
class References:
    """A search that passes over what was there before any secret was."""

    before: list[bytes | bytearray] = field(default_factory=list)

    def begin(self) -> None:
        """Remember what is there now; holding it keeps its identity from being used again."""
        self.before = [each for each in buffers() if isinstance(each, bytes)]

    def snapshot(self) -> bytes:
        """Return, masked, all bytes that are within reach and were not there before."""
        known = {id(each) for each in self.before}
        return mask(b"|".join(each for each in buffers() if id(each) not in known))
