"""One device in a process of its own: a real group in a real vault, every derivation of a secret recorded.

Nothing but this device's own state is in the process, so whatever a search of it finds, the device has kept.
"""

from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from tests.crypto.mls.world import NOW, Client, seeded_random, trust
from tests.deletion.recorder import Alive, Deletion, Derived, Recorder, mask
from tests.deletion.references import References

from rogatory_client.engine.effect import Effect, ForgetKeyPackage, SaveRoom
from rogatory_client.engine.room import Room, StagedChange
from rogatory_client.vault import Cost, create_vault, effects, rooms
from rogatory_client.vault.keys import load_key_packages, save_key_packages
from rogatory_crypto import mls
from rogatory_crypto.wire.identifier import GroupId, SubmissionId

PASSPHRASE: Final = b"correct horse battery staple"
GROUP: Final = GroupId(b"group")
RETAINED: Final = 5  # Q04 J02
RETAINED_S: Final = 14 * 86_400  # Q04


@dataclass(frozen=True, slots=True)
class Ended:
    """A past epoch: its masked authenticator and when it ended."""

    authenticator: bytes
    at: int


class Member:
    """What a device does with its group; each step ends with one transaction of the vault."""

    def __init__(self, home: Path, code: int, seed: str) -> None:
        self.recorder = Recorder()
        self._random = self.recorder.drawing(seeded_random(seed))
        self._client = Client(mls.cipher_suite(code), b"under test", seeded_random(seed + "/signature"))
        self._client.random = self._random
        self._vault = create_vault(home, PASSPHRASE, cost=Cost(32, 1, 1), salt=bytes(16))
        self._room = Room(GROUP)
        self._ended: list[Ended] = []
        self._now = NOW
        self._packages: tuple[mls.KeyPackageSecrets, ...] = ()
        self._erasing = True
        self._skipped: frozenset[int] = frozenset()
        self._references = References()
        self._references.begin()
        self.recorder.install()

    @property
    def _group(self) -> mls.Group:
        assert self._room.group is not None
        return self._room.group

    def key_package(self) -> bytes:
        package = self._client.key_package()
        with self._vault.writing() as connection:
            save_key_packages(connection, (package,), NOW)
        self._packages = self._key_packages()
        return package.message

    def drop_key_package(self, number: int) -> None:
        """One has expired."""
        self._save(self._room, ForgetKeyPackage(self._packages[number].reference))

    def create(self) -> None:
        self._save(Room(GROUP, group=self._client.create(GROUP)))

    def join(self, welcome: bytes) -> None:
        (package,) = (each for each in self._packages if each.reference in welcome)
        group = mls.join_group(welcome, package, now=NOW, authenticate=trust)
        self._save(replace(self._room, group=group), ForgetKeyPackage(package.reference))

    def receive(self, message: bytes, now: int = NOW) -> str:
        received = mls.process(self._group, message, now=now, authenticate=trust)
        self._save(replace(self._room, group=received.group), now=now)
        return type(received).__name__

    def receive_all(self, messages: list[bytes]) -> None:
        """Take many in, as after a time offline: one transaction."""
        group = self._group
        for message in messages:
            group = mls.process(group, message, now=NOW, authenticate=trust).group
        self._save(replace(self._room, group=group))

    def expect_skipped(self, *generations: int) -> None:
        self._skipped = frozenset(generations)

    def protect(self, content: bytes) -> bytes:
        group, message = mls.protect(self._group, content, random=self._random)
        self._save(replace(self._room, group=group))
        return message

    def propose_update(self) -> bytes:
        group, message = mls.propose_update(self._group, random=self._random)
        self._save(replace(self._room, group=group))
        return message

    def stage(self, add: list[bytes], remove: list[int], now: int = NOW) -> tuple[bytes, bytes | None]:
        """Stage a commit with a path."""
        staged = mls.stage_commit(
            self._group, add=add, remove=remove, random=self._random, now=now, authenticate=trust, path=True
        )
        change = StagedChange(
            SubmissionId(bytes(16)), self._group.epoch, staged.message, staged.welcome, (), (), staged.group
        )
        self._save(replace(self._room, group=staged.current, staged=change))
        return staged.message, staged.welcome

    def merge(self) -> None:
        assert self._room.staged is not None
        self._save(replace(self._room, group=self._room.staged.group, staged=None))

    def discard(self) -> None:
        self._save(replace(self._room, staged=None))

    def forget(self, now: int) -> None:
        """What the timer does."""
        self._save(replace(self._room, group=mls.forget_past_epochs(self._group, now=now)), now=now)

    def restart(self) -> None:
        """Read the room again from what is on disk."""
        with self._vault.reading() as connection:
            self._room = rooms.load_rooms(connection)[GROUP]

    def keep_former_pages(self) -> None:
        """Give the checkpoint up, to show that the search of the disk notices."""
        self._erasing = False

    def erase_again(self) -> None:
        self._erasing = True

    def keep_free_space(self) -> None:
        """Give ``secure_delete`` up, to show the same."""
        with self._vault.reading() as connection:
            connection.exec_driver_sql("PRAGMA secure_delete = OFF")

    def hoard(self) -> None:
        """Keep what should be let go, somewhere out of the way."""
        self._hoard = {"an old group": (self._group,)}

    def gone(self) -> list[Derived]:
        """Return what must be gone by now."""
        return Deletion(self.recorder, self._alive()).gone()

    def kept(self) -> list[Derived]:
        """Return what may still be there."""
        return Deletion(self.recorder, self._alive()).kept()

    def reachable(self) -> bytes:
        """Return, masked, everything that code of this process could still get at."""
        return self._references.snapshot()

    def _alive(self) -> Alive:
        groups = [self._group] if self._room.group is not None else []
        if self._room.staged is not None:
            groups.append(self._room.staged.group)
        return Alive(
            frozenset(mask(group.epoch_authenticator) for group in groups if group.active),
            frozenset(each.authenticator for each in self._ended if self._now - each.at <= RETAINED_S),
            frozenset(each.authenticator for each in self._ended if groups and self._group.active),
            frozenset(mask(group.epoch_authenticator) for group in groups if not group.active),
            b"".join(group.ratchet_tree + _updates(group) for group in groups if group.active)
            + b"".join(package.message for package in self._packages),
            self._skipped,
        )

    def _key_packages(self) -> tuple[mls.KeyPackageSecrets, ...]:
        with self._vault.reading() as connection:
            return load_key_packages(connection)

    def _save(self, room: Room, *more: ForgetKeyPackage, now: int = NOW) -> None:
        """Write, then take over, as the desk does."""
        former = self._room.group
        if former is not None and room.group is not None and _has_ended(former, room.group):
            self._ended = [*self._ended, Ended(mask(former.epoch_authenticator), now)][-RETAINED:]
        self._now = max(now, self._now)
        wanted: tuple[Effect, ...] = (SaveRoom(room), *more)
        with self._vault.writing(erasing=self._erasing and effects.replaces_keys(wanted)) as connection:
            effects.apply(connection, wanted)
        self._room, self._packages = room, self._key_packages()


def _has_ended(former: mls.Group, group: mls.Group) -> bool:
    return group.epoch != former.epoch or (former.active and not group.active)


def _updates(group: mls.Group) -> bytes:
    leaves = (getattr(entry.proposal, "leaf_node", None) for entry in group.proposals.values())
    return b"".join(leaf.encryption_key for leaf in leaves if leaf is not None)


def serve(pipe: Connection, home: Path, code: int, seed: str) -> None:
    """Do what is asked for until the other end is closed."""
    member = Member(home, code, seed)
    while True:
        try:
            name, arguments = pipe.recv()
        except EOFError:
            return
        pipe.send(getattr(member, name)(*arguments))
        del name, arguments
