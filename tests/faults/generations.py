"""Which key each ciphertext used that ever left an office: none may have been used for two (checklist L07).

The sender's data inside of a ciphertext name seat and generation; a member of the epoch can read them. Keys
of epochs are collected from the offices' vaults as the story goes on, before they are erased there.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from tests.faults.killed_office import PASSPHRASE

from rogatory_client.vault import open_vault, rooms
from rogatory_crypto import mls
from rogatory_crypto.mls import private_message
from rogatory_crypto.mls.framing import PrivateMessage
from rogatory_crypto.mls.welcome import decode_message
from rogatory_crypto.primitives import CipherSuite


class UsedKey(NamedTuple):
    """A message key by its place."""

    group_id: bytes
    epoch: int
    content_type: int
    seat: int
    generation: int


@dataclass
class Generations:
    """All ciphertexts by the key that made them."""

    epochs: dict[tuple[bytes, int], tuple[CipherSuite, bytes]] = field(default_factory=dict)
    used: dict[UsedKey, set[bytes]] = field(default_factory=dict)

    def learn(self, group: mls.Group) -> None:
        """Take down how the senders of an epoch, and of those before it, are read."""
        self.epochs[group.group_id, group.epoch] = group.suite, group.secrets.sender_data_secret
        for past in group.past:
            self.epochs[group.group_id, past.epoch] = group.suite, past.sender_data_secret

    def learn_from(self, home: Path) -> None:
        """Do that with every room of a vault, staged epochs included."""
        vault = open_vault(home, PASSPHRASE)
        with vault.reading() as connection:
            for room in rooms.load_rooms(connection).values():
                if room.group is not None:
                    self.learn(room.group)
        vault.close()

    def take_journal(self, journal: Path) -> None:
        """Take in everything that left an office."""
        for line in journal.read_text().split():
            self.take(bytes.fromhex(line))

    def take(self, ciphertext: bytes) -> None:
        """Take one ciphertext in; of an epoch nobody entered there is nothing to be read."""
        message = decode_message(ciphertext)
        assert isinstance(message, PrivateMessage)
        suite, secret = self.epochs[message.group_id, message.epoch]
        sender = private_message.open_sender_data(suite, message, secret)
        place = (message.group_id, message.epoch, message.content_type, sender.leaf_index, sender.generation)
        self.used.setdefault(UsedKey(*place), set()).add(ciphertext)

    @property
    def used_twice(self) -> list[UsedKey]:
        """Return the keys that made more than one ciphertext."""
        return [place for place, ciphertexts in self.used.items() if len(ciphertexts) > 1]
