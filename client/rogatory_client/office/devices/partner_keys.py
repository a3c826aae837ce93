"""Offices that have enrolled anew: nobody here adds their devices before an officer has called them.

The officer reads the caller's words and enters what the office reads, as after an enrolment; words of other
keys are an alarm and accept nothing. After that he may let it back into its old cases (``letting_back``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from rogatory_client.engine.effect import Effect, Outcome
from rogatory_client.engine.outgoing_effect import Enqueue, Parcel
from rogatory_client.engine.partner_effect import AcceptPartner
from rogatory_client.engine.writing import write_event
from rogatory_client.office.admission.candidate_view import telephones
from rogatory_client.office.desk import Desk
from rogatory_client.office.devices import letting_back
from rogatory_client.office.devices.letting_back import ReturnView
from rogatory_client.vault import partners
from rogatory_client.vault.partners import ChangedPartner
from rogatory_crypto.content.history import KeysAccepted
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity.call_back import CallBack, call_back, verify_heard
from rogatory_crypto.identity.role import MAY_ACCEPT_PARTNER
from rogatory_crypto.wire.identifier import EntryId

_OTHER_KEYS: Final = (
    "the words of {} are those of other keys: somebody else may hold its place; send it nothing and tell its "
    "secretariat"
)


@dataclass(frozen=True, slots=True)
class ChangedPartnerView:
    """An office whose keys have changed, and what the officer who calls it reads aloud.

    Attributes:
        changed_at: when this device noticed it, unix seconds.
        accepted_at, accepted_by: when and by whom the new keys were accepted; None before.
        words, numbers: two forms of the caller's part; one of them is read.
        telephones: of the office, from the directory.
    """

    entry_id: str
    name: str
    changed_at: int
    accepted_at: int | None
    accepted_by: str | None
    words: tuple[str, ...]
    numbers: tuple[str, ...]
    telephones: tuple[str, ...]


class Partners:
    """Part of an open office; see ``Office.partners``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def changed(self) -> tuple[ChangedPartnerView, ...]:
        """Return the offices in rooms of ours that have enrolled anew, accepted or not."""
        with self._desk.vault.reading() as connection:
            return tuple(self._view(each) for each in partners.load_changed(connection))

    def named(self, entry_id: str) -> ChangedPartnerView:
        """Return one of them.

        Raises:
            MisuseError: this office has not enrolled anew.
        """
        wanted = entry_id.strip().upper()
        found = next((each for each in self.changed() if each.entry_id == wanted), None)
        if found is None:
            raise MisuseError(f"{wanted} has not enrolled anew since it was in a case with you")
        return found

    def accept(self, entry_id: str, heard: str) -> ChangedPartnerView:
        """Accept an office's new keys, if it has read the words that belong to them.

        Args:
            entry_id: the office.
            heard: what it has read, words or digits.

        Raises:
            MisuseError: this office has not enrolled anew, or this officer only looks on.
            PeerError: MALFORMED for what is no such part, HASH_MISMATCH, with an alarm, for other keys.
        """
        desk, view = self._desk, self.named(entry_id)
        office, own = EntryId(view.entry_id), desk.registry.devices[desk.oneself.device_id].entry
        if own.role not in MAY_ACCEPT_PARTNER:
            raise MisuseError(f"the role {own.role} may not accept another office's keys")
        try:
            verify_heard(heard, self._spoken(office).called)
        except PeerError as error:
            if error.code is Code.HASH_MISMATCH:
                desk.alarm(_OTHER_KEYS.format(office))
            raise
        accepted = AcceptPartner(office, desk.surroundings.now(), own.officer)
        desk.carry_out(Outcome((), (accepted, *self._told_at_home(office))))
        return self.named(office)

    def cases(self, entry_id: str) -> tuple[ReturnView, ...]:
        """Return the cases in which an office was before it enrolled anew, and into which it is back.

        Raises:
            MisuseError: this office has not enrolled anew.
        """
        return letting_back.cases_of(self._desk, self._changed(entry_id))

    def let_back(
        self, entry_id: str, cases: Sequence[str] | None = None, *, with_history: bool = True
    ) -> tuple[ReturnView, ...]:
        """Let an office that has enrolled anew back into old cases; to repeat it changes nothing.

        Args:
            entry_id: the office.
            cases: ids, beginnings of ids or references; None for all in which it was.
            with_history: whether it is handed what was said since it came into the case, also while it was
                away.

        Raises:
            MisuseError: this office has not enrolled anew, nobody has accepted its keys, this officer's role
                may not, or it was in no such case.
        """
        changed = self._changed(entry_id)
        return letting_back.let_back(self._desk, changed, cases, with_history=with_history)

    def _changed(self, entry_id: str) -> ChangedPartner:
        office = self.named(entry_id).entry_id
        with self._desk.vault.reading() as connection:
            return next(each for each in partners.load_changed(connection) if each.entry_id == office)

    def _told_at_home(self, office: EntryId) -> tuple[Effect, ...]:
        """One call counts for all devices of the office."""
        room, context = self._desk.office_room, self._desk.context()
        if room is None:
            return ()
        keys = context.registry.offices[office].keys
        event = KeysAccepted(office, sha256(keys.encode()).digest())
        written = write_event(event, room.group_id, context)
        return (Enqueue(Parcel(0, room.group_id, written.message_id, written.encoded)),)

    def _spoken(self, office: EntryId) -> CallBack:
        keys = self._desk.registry.offices[office].keys
        return call_back(keys, office, self._desk.identity.profile.origin)

    def _view(self, changed: ChangedPartner) -> ChangedPartnerView:
        record = self._desk.listing.records.get(changed.entry_id)
        read_aloud = self._spoken(changed.entry_id).caller
        return ChangedPartnerView(
            entry_id=changed.entry_id,
            name="" if record is None else record.name_en,
            changed_at=changed.changed_at,
            accepted_at=changed.accepted_at,
            accepted_by=changed.accepted_by,
            words=read_aloud.words,
            numbers=read_aloud.numbers,
            telephones=() if record is None else telephones(record),
        )
