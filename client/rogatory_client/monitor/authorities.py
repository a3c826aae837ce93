"""What each authority has according to the log: keys, devices, seals, networks."""

from collections import Counter
from dataclasses import dataclass, field

from rogatory_crypto.identity import AuthorityEntry, Device, KeySuccession, SignedStatement
from rogatory_crypto.log.audit import Audit
from rogatory_crypto.log.entry import EntryType, LogEntry
from rogatory_crypto.log.entry_body import decode_body
from rogatory_crypto.wire.identifier import EntryId


@dataclass(frozen=True, slots=True)
class AuthoritySummary:
    """One authority.

    Attributes:
        entry_id: who.
        is_listed: whether the directory has a record of it.
        office_keys: how many keys its office has had; 0 for one that never enrolled.
        in_service, revoked, expired: its devices.
        seals: how many live seals it has.
        networks: which it is a member of.
    """

    entry_id: EntryId
    is_listed: bool
    office_keys: int
    in_service: int
    revoked: int
    expired: int
    seals: int
    networks: tuple[str, ...]


@dataclass
class Roll:
    """Counts what the state of an audit does not keep."""

    office_keys: Counter[EntryId] = field(default_factory=Counter)

    def take(self, data: bytes) -> None:
        """Take in an accepted entry."""
        entry = LogEntry.decode(data)
        if entry.type is not EntryType.IDENTITY_STATEMENT:
            return
        body = decode_body(entry)
        if isinstance(body, SignedStatement) and isinstance(body.statement, AuthorityEntry | KeySuccession):
            self.office_keys[body.statement.entry_id] += 1

    def summaries(self, audit: Audit, now: int) -> tuple[AuthoritySummary, ...]:
        """Return every authority that the directory lists or that has enrolled, by entry id."""
        known = {*audit.records, *audit.registry.offices}
        devices: dict[EntryId, list[Device]] = {entry_id: [] for entry_id in sorted(known)}
        for device in audit.registry.devices.values():
            devices[device.entry.entry_id].append(device)
        return tuple(self._summary(audit, entry_id, own, now) for entry_id, own in devices.items())

    def _summary(self, audit: Audit, entry_id: EntryId, devices: list[Device], now: int) -> AuthoritySummary:
        in_service = sum(device.is_in_service(now) for device in devices)
        revoked = sum(device.revoked_at is not None for device in devices)
        return AuthoritySummary(
            entry_id,
            entry_id in audit.records,
            self.office_keys[entry_id],
            in_service,
            revoked,
            len(devices) - in_service - revoked,
            sum(each.seal.entry_id == entry_id and each.ended_at is None for each in audit.seals.values()),
            tuple(sorted(network for network, members in audit.members.items() if entry_id in members)),
        )
