"""A secretariat that exists on paper only: two officers' devices made of their keys, to invite at once.

Worlds enrol their offices through it, as two officers would and without a vault for either.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from rogatory_crypto.identity import (
    AuthorityEntry,
    DeviceEntry,
    EnrolmentCode,
    Invitation,
    Role,
    SignedStatement,
    Signer,
    generate_code,
    sign_statement,
)
from rogatory_crypto.identity.listed import MAX_DEVICE_LIFETIME_S
from rogatory_crypto.signing import PrivateKeys, generate_private_keys
from rogatory_crypto.wire.identifier import DeviceId, EntryId

NETWORK, ENTRY = "PAPER", EntryId("NET-PAPER")
DAY = 86_400


@dataclass
class PaperSecretariat:
    """Runs a network of a trust whose directory operator invites it.

    Attributes:
        origin: the relay's name.
        random: where keys come from.
        devices: of its two officers, with their keys.
    """

    origin: str
    random: Callable[[int], bytes]
    devices: list[tuple[DeviceId, PrivateKeys]] = field(default_factory=list)

    def found(self, operator: PrivateKeys, now: int) -> list[bytes]:
        """What the log must say before it can invite anybody."""
        code, keys = generate_code(self.random), generate_private_keys(self.random)
        invited = sign_statement(
            Invitation(self.origin, ENTRY, code.public_key(), now, now + DAY), {Signer.OPERATOR: operator}
        )
        entry = AuthorityEntry(ENTRY, keys.public, invited.hash, 0, None, now)
        first = sign_statement(entry, {Signer.CODE: code.private_key(), Signer.NEW_OFFICE: keys.ed25519})
        second = self._device("first secretary", keys, first, 1, now)
        third = self._device("second secretary", keys, second, 2, now)
        return [each.encoded for each in (invited, first, second, third)]

    def invitation(self, entry_id: str, code: EnrolmentCode, now: int) -> bytes:
        """An invitation of an authority, signed by both officers."""
        (proposer, first), (confirmer, second) = self.devices
        invitation = Invitation(
            self.origin,
            EntryId(entry_id),
            code.public_key(),
            now,
            now + DAY,
            NETWORK,
            proposer,
            confirmer,
        )
        return sign_statement(invitation, {Signer.PROPOSER: first, Signer.CONFIRMER: second}).encoded

    def _device(
        self, officer: str, office: PrivateKeys, before: SignedStatement, sequence: int, now: int
    ) -> SignedStatement:
        device_id, keys = DeviceId(self.random(16)), generate_private_keys(self.random)
        self.devices.append((device_id, keys))
        entry = DeviceEntry(
            ENTRY,
            officer,
            Role.SECRETARIAT_OFFICER,
            device_id,
            keys.public,
            now,
            now + MAX_DEVICE_LIFETIME_S,
            sequence,
            before.hash,
        )
        return sign_statement(entry, {Signer.OFFICE: office, Signer.DEVICE: keys.ed25519})
