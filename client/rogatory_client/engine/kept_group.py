"""A group that is at rest in the vault: what is often asked of it is at hand, its keys are read when needed.

Most cases of an office rest. To look through thousands of them, or to find the one that moves, needs no
key, so an ``Outline`` is kept beside the keys and written with them. It says nothing that the group itself
does not say, and nobody is added, removed or believed by it: who acts opens the group.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rogatory_crypto import mls
from rogatory_crypto.errors import PeerError
from rogatory_crypto.identity import DeviceCredential
from rogatory_crypto.wire.identifier import DeviceId

HELD: Final = "_group"
"""Under which name a room holds its group, at rest or not."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What is public of a group.

    Attributes:
        devices: who is in it, in the order of their seats.
        past_epochs: of how many former epochs keys are kept.
        leaf_since: since when this device's keys serve, Unix seconds.
        sent_messages: how many they have served for.
        has_pending_proposals: whether a commit is due.
    """

    epoch: int
    status: mls.Status
    devices: tuple[DeviceId, ...]
    past_epochs: int
    leaf_since: int
    sent_messages: int
    has_pending_proposals: bool

    @property
    def active(self) -> bool:
        """Whether this device may act in it."""
        return self.status is mls.Status.ACTIVE


class KeptGroup:
    """A group in the vault with its outline; opened once, when ``group`` is first asked for."""

    __slots__ = ("_group", "_open", "outline")

    def __init__(self, outline: Outline, opening: Callable[[], mls.Group]) -> None:
        self.outline = outline
        self._open = opening
        self._group: mls.Group | None = None

    @property
    def is_open(self) -> bool:
        """Whether its keys have been read; what was not read has not changed."""
        return self._group is not None

    @property
    def group(self) -> mls.Group:
        """The group itself.

        Raises:
            VaultError: its keys were written in another form, or are damaged.
        """
        if self._group is None:
            self._group = self._open()
        return self._group


class GroupField:
    """The field ``group`` of a room: takes a group or one at rest, and gives the group."""

    __slots__ = ()

    def __get__(self, room: object, _: type | None = None) -> mls.Group | None:
        """Return the group, opened if it rests; None of the class itself."""
        kept: mls.Group | KeptGroup | None = None if room is None else room.__dict__[HELD]
        return kept.group if isinstance(kept, KeptGroup) else kept

    def __set__(self, room: object, value: "mls.Group | KeptGroup | GroupField | None") -> None:
        """Take a group; the default of the field, which is the field itself, is none."""
        room.__dict__[HELD] = None if isinstance(value, GroupField) else value


def outline_of(group: mls.Group) -> Outline | None:
    """Return the outline of a group; None where a member is no device of an office."""
    try:
        devices = tuple(_device_of(member.identity) for member in group.members)
    except PeerError:
        return None
    return Outline(
        epoch=group.epoch,
        status=group.status,
        devices=devices,
        past_epochs=len(group.past),
        leaf_since=group.leaf_since,
        sent_messages=group.sent_messages,
        has_pending_proposals=group.has_pending_proposals,
    )


@lru_cache(maxsize=4096)
def _device_of(identity: bytes) -> DeviceId:
    return DeviceCredential.decode(identity).device_id
