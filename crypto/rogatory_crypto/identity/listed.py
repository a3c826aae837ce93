"""One statement as it was listed, and the rules that hold for all kinds of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity.role import Role
from rogatory_crypto.identity.signed_statement import Public, SignedStatement, Signer, verify_signatures
from rogatory_crypto.identity.standing import CLOCK_TOLERANCE_S, Device, Office, Standing
from rogatory_crypto.identity.statement import OfficeStatement
from rogatory_crypto.signing import PublicKeys, Verify
from rogatory_crypto.wire.identifier import DeviceId, EntryId

MAX_DEVICE_LIFETIME_S: Final = 2 * 366 * 86_400


@dataclass(frozen=True, slots=True)
class Listed:
    """A statement, when it was listed (unix seconds), and at which index of the log."""

    signed: SignedStatement
    at: int
    index: int
    verify: Verify

    def require_signatures(self, public_keys: Mapping[Signer, Public]) -> None:
        """Return only if every signer's signature holds; raise BAD_SIGNATURE."""
        verify_signatures(self.signed, public_keys, self.verify)

    def require_term(self, begin: int, end: int, longest: int) -> None:
        """Return only if what is valid from ``begin`` to ``end`` is so today, and not for longer than may be.

        Raises:
            PeerError: MALFORMED or EXPIRED.
        """
        # Counted from today as well: nothing is put aside for years to come.
        if not 0 < end - begin <= longest or end > self.at + longest + CLOCK_TOLERANCE_S:
            raise PeerError(Code.MALFORMED, f"a term ends within {longest // 86_400} days of its begin")
        if end <= self.at:
            raise PeerError(Code.EXPIRED, "the statement had expired before it was listed")


def require_successor(statement: OfficeStatement, office: Office | None) -> None:
    """Return only if a statement continues its office's chain; raise CONFLICT."""
    expected = (0, None) if office is None else (office.sequence + 1, office.head)
    if (statement.sequence, statement.previous) != expected:
        raise PeerError(Code.CONFLICT, "the statement does not continue the office's chain")


def require_new_keys(standing: Standing, keys: PublicKeys) -> None:
    """Return only if nobody has or had this signature key; raise CONFLICT."""
    if keys.ed25519 in standing.signature_keys:
        raise PeerError(Code.CONFLICT, "an office or a device with this signature key exists")


def require_two_officers(
    standing: Standing,
    entry_id: EntryId,
    device_ids: Collection[DeviceId],
    roles: Collection[Role],
    at: int,
) -> tuple[Device, ...]:
    """Return the devices, if they are of at least two officers of an office who may do this (four eyes).

    Raises:
        PeerError: NOT_FOUND for a device of another office, REVOKED, EXPIRED, FORBIDDEN for a role that may
            not, or for one officer alone.
    """
    devices = tuple(standing.device_in_service(entry_id, device_id, at) for device_id in device_ids)
    for device in devices:
        if device.entry.role not in roles:
            raise PeerError(Code.FORBIDDEN, f"the role {device.entry.role} may not decide this")
    if len({device.entry.who for device in devices}) < 2:
        raise PeerError(Code.FORBIDDEN, f"this needs two officers of {entry_id}")
    return devices


def advance(standing: Standing, office: Office, listed: Listed, statement: OfficeStatement) -> None:
    """Make a statement the head of its office's chain."""
    head = listed.signed.hash
    standing.offices[office.entry_id] = replace(office, sequence=statement.sequence, head=head)
