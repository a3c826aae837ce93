"""What every kind of vector is read with."""

from collections.abc import Callable
from typing import Any, TypeAlias

Case: TypeAlias = dict[str, Any]
hexed = bytes.fromhex


def counting_random() -> Callable[[int], bytes]:
    """A source of distinct bytes; what is made here is opened here again."""
    counter = iter(range(1 << 30))
    return lambda size: b"".join(next(counter).to_bytes(4, "big") for _ in range(size // 4 + 1))[:size]


def same(found: object, expected: object, what: str) -> None:
    """Fail with a name."""
    if found != expected:
        raise AssertionError(f"{what}: {found!r} is not {expected!r}")
