"""An office watches its own name: what the log lists for it that this device neither made nor confirmed.

Whoever holds the office's key, or has tricked who answers for it, cannot use it unseen: the log shows every
device, key, renewal, revocation and seal to the office itself. What colleagues did at another device is told
too, once; an officer who knows of it takes note.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from rogatory_client.engine.effect import Happening
from rogatory_client.engine.room import Oneself
from rogatory_crypto.errors import PeerError
from rogatory_crypto.identity import (
    AuthorityEntry,
    DeviceEntry,
    Invitation,
    Revocation,
    SignedStatement,
)
from rogatory_crypto.log.entry import LogEntry
from rogatory_crypto.log.entry_body import Body, SignedContent, decode_body
from rogatory_crypto.log.entry_content import OfficeSeal
from rogatory_crypto.log.entry_content import Revocation as SealRevocation
from rogatory_crypto.wire.identifier import EntryId

_WHAT_TO_DO: Final = (
    "If no colleague did that, revoke what must not be, and call the secretariat on its known number"
)


@dataclass(frozen=True, slots=True)
class Alarm:
    """An entry of the log in the office's own name that this device knows nothing of; ``what`` says what."""

    index: int
    what: str

    @property
    def happening(self) -> Happening:
        """What the officer is told."""
        text = f"{self.what} (entry {self.index} of the log), and not by this device. {_WHAT_TO_DO}"
        return Happening("alarm", None, None, text)


def watch(
    entries: Iterable[tuple[int, bytes]],
    oneself: Oneself,
    *,
    ours: Collection[bytes],
    acknowledged: Collection[int] = (),
) -> Iterator[Alarm]:
    """Yield what this device knows nothing of; nothing from before it was entered.

    Args:
        entries: index and bytes of the log's entries, such as those that are new.
        oneself: this device, whose own entry it has confirmed by being the one with the key.
        ours: SHA-256 of each body that this device has made or confirmed.
        acknowledged: indexes that an officer has taken note of.
    """
    for index, data in entries:
        if index <= oneself.credential.index or index in acknowledged:
            continue
        what = _in_our_name(data, oneself.entry_id, ours)
        if what is not None:
            yield Alarm(index, what)


def _in_our_name(data: bytes, office: EntryId, ours: Collection[bytes]) -> str | None:
    try:
        entry = LogEntry.decode(data)
        body = decode_body(entry)
    except PeerError:
        return None  # what nobody can read nobody believes
    if sha256(entry.body).digest() in ours:
        return None
    return _what(body, office)


def _what(body: Body, office: EntryId) -> str | None:
    match body:
        case SignedStatement(statement=statement) if statement.entry_id == office:
            return _said(statement)
        case SignedContent(content=OfficeSeal(entry_id=of)) if of == office:
            return "a seal was introduced in this office's name"
        case SignedContent(content=SealRevocation(entry_id=of, reason=reason)) if of == office:
            return f"a seal of this office was revoked ({reason})"
        case _:
            return None


def _said(statement: Invitation | AuthorityEntry | DeviceEntry | Revocation) -> str:
    match statement:
        case Invitation():
            return "somebody was invited to enrol as this office"
        case AuthorityEntry():
            return "a new key was enrolled as this office's"
        case DeviceEntry(officer=officer):
            return f"a device of {officer!r} was entered in this office's name"
        case Revocation(device_id=device_id, reason=reason):
            return f"the device {device_id.hex()[:8]} of this office was revoked ({reason.value})"
