"""What one process holds: key packages, groups and pre-shared keys, by small handles."""

import secrets
import time
from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final

from tests.conformance.peer.request import RequestError

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls import Credential, Group, GroupPolicy, KeyPackageSecrets, PskStore, StagedCommit

DAY_S: Final = 86_400
KEY_PACKAGE_LIFETIME_S: Final = 28 * DAY_S
_SENT_REMEMBERED: Final = 4096

POLICY: Final = GroupPolicy(
    public_handshakes=True,
    external_commits=True,
    resync=True,
    new_member_proposals=True,
    past_epochs=64,
    resumption_psks=64,
)


def accept(_credential: Credential, _signature_key: bytes) -> None:
    """Take everybody for who he says he is: whoever drives the peers is their authentication service."""


def now() -> int:
    """Unix seconds."""
    return int(time.time())


random = secrets.token_bytes


@dataclass(slots=True)
class HeldPackage:
    """A KeyPackage of ours; spent once a Welcome has used it, and then only its signature key is left."""

    secrets: KeyPackageSecrets = field(repr=False)
    spent: bool = False

    def for_welcome(self) -> KeyPackageSecrets:
        """Return it with its private keys.

        Raises:
            PeerError: ALREADY_USED.
        """
        if self.spent:
            raise PeerError(Code.ALREADY_USED, "E07: this KeyPackage has joined a group")
        return self.secrets

    def spend(self) -> None:
        """Delete the private keys that a Welcome was sealed to.  # E07 L06."""
        if not self.secrets.last_resort:
            self.spent = True
            self.secrets = replace(self.secrets, init_private=b"", encryption_private=b"")


@dataclass(slots=True)
class Seat:
    """One client's place in one group, with the commit it may have staged and what it has sent."""

    group: Group = field(repr=False)
    staged: StagedCommit | None = field(default=None, repr=False)
    _sent: "OrderedDict[bytes, None]" = field(default_factory=OrderedDict, repr=False)

    def remember(self, message: bytes) -> str:
        """Keep a message's hash so that its echo is known again, and return its hex."""
        self._sent[sha256(message).digest()] = None
        if len(self._sent) > _SENT_REMEMBERED:
            self._sent.popitem(last=False)
        return message.hex()

    def has_sent(self, message: bytes) -> bool:
        """Tell whether a message is one of ours."""
        return sha256(message).digest() in self._sent


@dataclass(slots=True)
class Holdings:
    """Everything that outlives a request."""

    packages: dict[str, HeldPackage] = field(default_factory=dict, repr=False)
    seats: dict[str, Seat] = field(default_factory=dict, repr=False)
    external_psks: dict[bytes, bytes] = field(default_factory=dict, repr=False)
    _made: Counter[str] = field(default_factory=Counter)

    def _handle(self, letter: str) -> str:
        self._made[letter] += 1
        return f"{letter}{self._made[letter]}"

    def hold_package(self, package: KeyPackageSecrets) -> str:
        """Keep a KeyPackage and return its handle."""
        handle = self._handle("k")
        self.packages[handle] = HeldPackage(package)
        return handle

    def hold_group(self, group: Group) -> str:
        """Keep a group and return its handle."""
        handle = self._handle("g")
        self.seats[handle] = Seat(group)
        return handle

    def package(self, handle: str) -> HeldPackage:
        """Return what a handle stands for.

        Raises:
            RequestError: if it stands for nothing.
        """
        if handle not in self.packages:
            raise RequestError("kp: no such handle")
        return self.packages[handle]

    def seat(self, handle: str) -> Seat:
        """Return what a handle stands for.

        Raises:
            RequestError: if it stands for nothing.
        """
        if handle not in self.seats:
            raise RequestError("group: no such handle")
        return self.seats[handle]

    def psks(self, more: Mapping[bytes, bytes] | None = None) -> PskStore:
        """Return the external pre-shared keys of this process, and ``more`` for one request."""
        return PskStore({**self.external_psks, **(more or {})})
