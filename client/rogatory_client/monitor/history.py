"""The history of a log in plain words: who did what, when, and whether it was theirs to do."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from rogatory_crypto.errors import PeerError
from rogatory_crypto.identity import (
    AuthorityEntry,
    DeviceEntry,
    HandOver,
    Invitation,
    KeySuccession,
    Renewal,
    Revocation,
    RevocationReason,
    SignedStatement,
)
from rogatory_crypto.identity.registry import Registry
from rogatory_crypto.identity.statement import Statement
from rogatory_crypto.log import entry_content as content
from rogatory_crypto.log.audit import Audit, Trust
from rogatory_crypto.log.entry import LogEntry
from rogatory_crypto.log.entry_body import Body, BodySignature, SignedContent, decode_body
from rogatory_crypto.log.replay import Replay
from rogatory_crypto.wire.identifier import DeviceId, EntryId

_ID_CHARACTERS = 12
_REASONS = {
    RevocationReason.LOST: "it was lost",
    RevocationReason.OFFICER_LEFT: "its officer left",
    RevocationReason.REPLACED: "it was replaced",
    RevocationReason.COMPROMISED: "somebody else may have its keys",
}
_CHANGES = {
    content.Change.ADDED: "listed",
    content.Change.CHANGED: "changed the record of",
    content.Change.WITHDRAWN: "took the record out of",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One entry of the log.

    Attributes:
        index: its number in the log, from 0.
        at: when the log took it in, unix seconds; None for one that cannot be read.
        who: whose word it is.
        what: what they did.
        concerns: the authorities that it is about.
        refused: why it is not believed; empty for what is.
    """

    index: int
    at: int | None
    who: str
    what: str
    concerns: tuple[EntryId, ...] = ()
    refused: str = ""


def tell(entries: Iterable[bytes], trust: Trust) -> Iterator[Told]:
    """Replay entries and tell each; what cannot be read or believed is told as such.

    Args:
        entries: encoded, from the first.
        trust: what they are measured against.
    """
    replayed = Replay(Audit(trust))
    for data in entries:
        index, before = replayed.tree.size, len(replayed.findings)
        accepted = replayed.feed(data)
        refused = "" if accepted else "; ".join(finding.detail for finding in replayed.findings[before:])
        try:
            entry = LogEntry.decode(data)
            body = decode_body(entry)
        except PeerError:
            yield Told(index, None, "", "an entry that cannot be read", refused=refused)
            continue
        who, what = _words(body, replayed.audit)
        yield Told(index, entry.appended_at, who, what, _concerns(body), refused)


def _words(body: Body, audit: Audit) -> tuple[str, str]:
    match body:
        case SignedStatement(statement=statement):
            return _statement(statement)
        case content.PostmarkBatch(size=size):
            return audit.trust.relay, f"signed a batch of {size} postmarks"
        case SignedContent():
            return _content(body, audit.registry)


def _statement(statement: Statement) -> tuple[str, str]:
    match statement:
        case Invitation():
            until = _day(statement.expires_at)
            return _host(statement), f"invited {statement.entry_id} to enrol until {until}"
        case AuthorityEntry():
            again = " again: its keys changed and its devices ended" if statement.sequence else ""
            return statement.entry_id, f"enrolled{again}; office key {_short(statement.keys.ed25519)}"
        case DeviceEntry():
            device, until = _short(statement.device_id), _day(statement.not_after)
            whose = f"{statement.officer} ({statement.role})"
            return statement.entry_id, f"added the device {device} of {whose}, until {until}"
        case Revocation():
            why = _REASONS[statement.reason]
            return statement.entry_id, f"took the device {_short(statement.device_id)} out of service: {why}"
        case KeySuccession():
            return statement.entry_id, f"replaced its keys; office key {_short(statement.keys.ed25519)}"
        case Renewal():
            device, until = _short(statement.device_id), _day(statement.not_after)
            return statement.entry_id, f"renewed the device {device} until {until}"
        case HandOver():
            leaver, successor = _short(statement.leaver), _short(statement.successor)
            return statement.entry_id, f"handed the device {leaver} over to {successor}: its officer left"


def _host(invitation: Invitation) -> str:
    return "directory operator" if invitation.network is None else f"secretariat of {invitation.network}"


def _content(body: SignedContent, registry: Registry) -> tuple[str, str]:
    match body.content:
        case content.DirectorySnapshot(number=number, sha256=digest):
            return "directory operator", f"published directory {number}, {_short(digest)}"
        case content.DirectoryChange(entry_id=entry_id, change=change):
            return "directory operator", f"{_CHANGES[change]} {entry_id}"
        case content.OfficeSeal() as seal:
            certificate, until = _short(seal.certificate_sha256), _day(seal.not_after)
            return seal.entry_id, f"seals with the certificate {certificate} until {until}"
        case content.Revocation() as revocation:
            return (
                revocation.entry_id,
                f"took back the seal {_short(revocation.revoked)}: {revocation.reason}",
            )
        case content.NetworkAdmission() as admission:
            did = "admitted {} to" if admission.admitted else "ended the membership of {} in"
            return _officers(
                body.signatures, registry
            ), f"{did.format(admission.entry_id)} {admission.network}"


def _officers(signatures: Iterable[BodySignature], registry: Registry) -> str:
    """Name who signed as what they are in the log, if they are there."""
    named = []
    for signature in signatures:
        device = registry.devices.get(DeviceId(signature.signer))
        unknown = f"the unknown device {_short(signature.signer)}"
        named.append(f"{device.entry.officer} of {device.entry.entry_id}" if device else unknown)
    return " and ".join(named)


def _concerns(body: Body) -> tuple[EntryId, ...]:
    match body:
        case SignedStatement(statement=statement):
            return (statement.entry_id,)
        case SignedContent(content=said) if not isinstance(said, content.DirectorySnapshot):
            return (said.entry_id,)
        case _:
            return ()


def _short(value: bytes) -> str:
    return value.hex()[:_ID_CHARACTERS]


def _day(at: int) -> str:
    try:
        return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"
    except (ValueError, OverflowError, OSError):
        return "a time beyond the calendar"
