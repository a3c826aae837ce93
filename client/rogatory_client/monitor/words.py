"""What an entry of the log says, in plain words: whose word it is, and what they did."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from rogatory_crypto.identity import (
    AuthorityEntry,
    DeviceEntry,
    HandOver,
    Invitation,
    KeySuccession,
    Registry,
    Renewal,
    Revocation,
    RevocationReason,
    SignedStatement,
    Statement,
)
from rogatory_crypto.log import entry_content as content
from rogatory_crypto.log.audit import Audit
from rogatory_crypto.log.entry_body import Body, SignedContent
from rogatory_crypto.signing import PublicKeys
from rogatory_crypto.wire.identifier import DeviceId

OPERATOR: Final = "directory operator"
_ID_CHARACTERS: Final = 12
_REASONS: Final = {
    RevocationReason.LOST: "it was lost",
    RevocationReason.OFFICER_LEFT: "its officer left",
    RevocationReason.REPLACED: "it was replaced",
    RevocationReason.COMPROMISED: "somebody else may have its keys",
}
_CHANGES: Final = {
    content.Change.ADDED: "listed",
    content.Change.CHANGED: "changed the record of",
    content.Change.WITHDRAWN: "took the record out of",
}


def who_and_what(body: Body, audit: Audit) -> tuple[str, str]:
    """Return whose word a body is and what it says; officers are named as the log has them so far."""
    match body:
        case SignedStatement(statement=statement):
            return _statement(statement, audit.registry)
        case content.PostmarkBatch(size=size):
            return audit.trust.relay, f"signed a batch of {size} postmarks"
        case SignedContent():
            return _content(body, audit.registry)


def _statement(statement: Statement, registry: Registry) -> tuple[str, str]:
    match statement:
        case Invitation():
            by = [device for device in (statement.proposer, statement.confirmer) if device is not None]
            what = f"invited {statement.entry_id} to enrol until {_day(statement.expires_at)}"
            return (_officers(by, registry) if by else OPERATOR), what
        case AuthorityEntry():
            again = " again: its keys changed and its devices ended" if statement.sequence else ""
            return statement.entry_id, f"enrolled{again}; office key {_key(statement.keys)}"
        case KeySuccession():
            return statement.entry_id, f"replaced its office key by {_key(statement.keys)}; its devices stay"
        case _:
            return statement.entry_id, _of_device(statement, registry)


def _of_device(statement: DeviceEntry | Revocation | Renewal | HandOver, registry: Registry) -> str:
    match statement:
        case DeviceEntry():
            whose = f"of {statement.officer} ({statement.role})"
            return f"added the device {short(statement.device_id)} {whose}, until {_day(statement.not_after)}"
        case Revocation():
            return (
                f"took the device {short(statement.device_id)} out of service: {_REASONS[statement.reason]}"
            )
        case Renewal():
            return f"prolonged the device {short(statement.device_id)} until {_day(statement.not_after)}"
        case HandOver():
            by = _officers((statement.proposer, statement.confirmer), registry)
            moved = f"from the device {short(statement.leaver)} to {short(statement.successor)}"
            return f"handed over {moved}, as {by} agreed"


def _content(body: SignedContent, registry: Registry) -> tuple[str, str]:
    match body.content:
        case content.DirectorySnapshot(number=number, sha256=digest):
            return OPERATOR, f"published directory {number}, {short(digest)}"
        case content.DirectoryChange(entry_id=entry_id, change=change):
            return OPERATOR, f"{_CHANGES[change]} {entry_id}"
        case content.OfficeSeal() as seal:
            certificate, until = short(seal.certificate_sha256), _day(seal.not_after)
            return seal.entry_id, f"seals with the certificate {certificate} until {until}"
        case content.Revocation() as revocation:
            return revocation.entry_id, f"took back the seal {short(revocation.revoked)}: {revocation.reason}"
        case content.NetworkAdmission() as admission:
            did = "admitted {} to" if admission.admitted else "ended the membership of {} in"
            by = _officers((DeviceId(each.signer) for each in body.signatures), registry)
            return by, f"{did.format(admission.entry_id)} {admission.network}"


def _officers(devices: Iterable[DeviceId], registry: Registry) -> str:
    """Name whose devices these are, if the log says so."""
    named = []
    for device_id in devices:
        device = registry.devices.get(device_id)
        unknown = f"the unknown device {short(device_id)}"
        named.append(f"{device.entry.officer} of {device.entry.entry_id}" if device else unknown)
    return " and ".join(named)


def short(value: bytes) -> str:
    """Return the beginning of an id or a hash, enough to compare it by eye."""
    return value.hex()[:_ID_CHARACTERS]


def _key(keys: PublicKeys) -> str:
    return short(keys.ed25519)


def _day(at: int) -> str:
    try:
        return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"
    except (ValueError, OverflowError, OSError):
        return "a time beyond the calendar"
