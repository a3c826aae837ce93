"""The office's state in memory, always a copy of what the vault holds: written there first, then here.

Every step of the engine goes through ``carry_out``: its effects are one transaction, and only when that is on
disk do rooms, hashes and happenings change here.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from rogatory_client.engine import gossip, returning, seating
from rogatory_client.engine.carried_effect import Carried
from rogatory_client.engine.delivery_effect import ResendRequest, UnreadableRows
from rogatory_client.engine.effect import (
    Effect,
    Happening,
    Outcome,
    SaveRoom,
    SaveSplitView,
)
from rogatory_client.engine.held_row import HeldRoom
from rogatory_client.engine.partner_effect import NoteChangedPartner, Return, WaitingHistory
from rogatory_client.engine.partner_watch import watch_partners
from rogatory_client.engine.room import Context, Heard, Oneself, Room
from rogatory_client.engine.self_watch import watch
from rogatory_client.office.cached_tables import TABLES, TOUCHED, refreshed
from rogatory_client.office.line import resting
from rogatory_client.office.line.log_replica import StoredLog, judged_anew, load_replica, sentences_of
from rogatory_client.office.line.verification import all_hold
from rogatory_client.office.listing import NO_LISTING, Listing, read_listing
from rogatory_client.transport.line import DeviceKey
from rogatory_client.vault import (
    Vault,
    alarms,
    effects,
    keys,
    log,
    outgoing,
    rooms,
    word_index,
)
from rogatory_crypto import mls
from rogatory_crypto.casework.company import Word
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.errors import MisuseError, PeerError
from rogatory_crypto.identity import Registry
from rogatory_crypto.log.entry_content import DirectorySnapshot
from rogatory_crypto.log.follower import Follower
from rogatory_crypto.log.merkle import leaf_hash
from rogatory_crypto.log.pinned import PinnedTrust, pinned_trust
from rogatory_crypto.log.split_view import SplitView
from rogatory_crypto.log.tlog_policy import encode_policy
from rogatory_crypto.signing import PrivateKeys
from rogatory_crypto.wire.identifier import (
    EntryId,
    GroupId,
)
from rogatory_crypto.wire.log_request import TrustUpdate

_TWO_HISTORIES = (
    "the log {} has shown two histories (evidence {}): what it says of new devices is not believed any more"
)
_NOT_ENROLLED = "this device is not enrolled yet: run enrol with the code of the letter, or link it"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Time and randomness: ``clock`` in seconds since 1970, ``random`` for keys."""

    clock: Callable[[], float]
    random: Callable[[int], bytes]

    def now(self) -> int:
        """Return Unix seconds."""
        return int(self.clock())

    def now_ms(self) -> int:
        """Return Unix milliseconds."""
        return int(self.clock() * 1000)


class Desk:
    """State of one open office."""

    heard: tuple[Heard, ...]
    held_rooms: dict[GroupId, HeldRoom]
    key_packages: tuple[mls.KeyPackageSecrets, ...]
    spent_key_packages: frozenset[bytes]
    own_payloads: frozenset[bytes]
    waiting: list[outgoing.Waiting]
    transfers: list[outgoing.TransferState]
    reseals: dict[GroupId, int]
    split: SplitView | None
    unaccepted: frozenset[EntryId]
    changed: frozenset[EntryId]
    returns: tuple[Return, ...]
    companies: dict[GroupId, tuple[Word, ...]]
    handed_back_by: dict[GroupId, tuple[str, ...]]
    held_histories: dict[int, WaitingHistory]
    carried: dict[bytes, Carried]
    unreadable: UnreadableRows
    resend_requests: tuple[ResendRequest, ...]
    unanswered: frozenset[tuple[MessageId, GroupId]]

    def __init__(self, vault: Vault, surroundings: Surroundings) -> None:
        self.vault = vault
        self.surroundings = surroundings
        word_index.complete(vault)
        with vault.reading() as connection:
            self.identity = keys.load_identity(connection)
            self.pinned = pinned_trust(self.identity.profile)
            self.replica = load_replica(connection, self.pinned, surroundings.now())
            self.rooms = rooms.load_rooms(connection, vault.reading)
        self._load_directory()
        self.happenings: list[Happening] = []
        self._load_cached()
        self.carry_out(resting.outline(self.rooms.values()))
        self.forget_past_epochs()  # whether or not the relay can be reached

    def _load_directory(self) -> None:
        """Take up the directory that is kept, unless its signature counts no more under newer trust."""
        self.known_snapshot: bytes | None = None
        self.listing: Listing = NO_LISTING
        with self.vault.reading() as connection:
            kept = log.load_snapshot(connection)
        if kept is not None:
            with suppress(PeerError):
                self.listing, self.known_snapshot = self._listing(kept[1]), kept[0]

    @property
    def registry(self) -> Registry:
        """Offices and devices, as the log says."""
        return self.replica.registry

    @property
    def is_enrolled(self) -> bool:
        """Whether the directory's statements list this device."""
        return self.identity.device_id in self.registry.devices

    @property
    def device_key(self) -> DeviceKey:
        """With what this device proves who it is."""
        return DeviceKey(self.identity.device_id, self.identity.signer.private)

    @property
    def oneself(self) -> Oneself:
        """This device as the registry lists it.

        Raises:
            MisuseError: it does not yet.
        """
        device = self.registry.devices.get(self.identity.device_id)
        if device is None:
            raise MisuseError(_NOT_ENROLLED)
        return Oneself(
            entry_id=device.entry.entry_id,
            officer=device.entry.officer,
            device_id=self.identity.device_id,
            signer=self.identity.signer,
            holds_office_key=self.office_private is not None,
            credential=self.registry.credential_of(self.identity.device_id),
        )

    @property
    def office_private(self) -> PrivateKeys | None:
        """The office's keys, if this device holds those in force."""
        return self.identity.office_keys_in(self.registry)

    @property
    def office_room(self) -> Room | None:
        """The room of the office's own devices, if there is one."""
        candidates = (
            room for room in self.rooms.values() if room.kind is CaseKind.OFFICE and not room.was_left
        )
        return min(candidates, key=lambda room: room.group_id, default=None)

    def context(self) -> Context:
        """Return what the engine may look at now."""
        return Context(
            oneself=self.oneself,
            registry=self.registry,
            suite=self.identity.profile.suite,
            secretariats=self.listing.secretariats,
            key_packages=self.key_packages,
            own_payloads=self.own_payloads,
            now=self.surroundings.now(),
            random=self.surroundings.random,
            log=StoredLog(self.vault, self.replica),
            heard=self.heard,
            split=self.split,
            unaccepted=self.unaccepted,
            changed=self.changed,
            returning=seating.agreed(returning.awaited(self.returns), self.rooms, self.companies),
            companies=self.companies,
            states=self.listing.states,
            rooms=self.rooms,
            handed_back_by=self.handed_back_by,
            held_histories=tuple(self.held_histories.values()),
            carried=self.carried,
            unreadable=self.unreadable,
        )

    def carry_out(self, outcome: Outcome) -> None:
        """Write the effects of a step, then take its rooms over."""
        raised = _alarms_among(outcome.happenings)
        if outcome.effects or raised:
            erasing = effects.replaces_keys(outcome.effects)
            with self.vault.writing(erasing=erasing) as connection:
                known = _marks_known(connection, outcome.effects)
                raised = [text for text in raised if not any(mark in text for mark in known)]
                effects.apply(connection, outcome.effects)
                alarms.raise_alarms(connection, raised, self.surroundings.now())
        self.rooms.update((room.group_id, room) for room in outcome.rooms)
        self.happenings += outcome.happenings
        touched = {table for effect in outcome.effects for table in TOUCHED.get(type(effect), ())}
        self._load_cached(touched, outcome.effects)

    def forget_past_epochs(self) -> None:
        """Erase keys of former epochs whose time is over, traffic or not (checklist M03)."""
        self.carry_out(resting.retire(self.rooms.values(), self.surroundings.now()))

    def expect_no_epoch(self) -> None:
        """Forget which epochs a former connection named: a new one brings all before we speak.  # N07."""
        waiting = [room for room in self.rooms.values() if room.is_behind]
        changed = tuple(replace(room, needs_epoch=0) for room in waiting)
        self.carry_out(Outcome(changed, tuple(map(SaveRoom, changed))))

    def take_happenings(self) -> list[Happening]:
        """Return what has happened since the last call."""
        told, self.happenings = self.happenings, []
        return told

    def learn_trust(self, update: TrustUpdate) -> None:
        """Move the pin forward, if the operators have signed newer metadata."""
        followed = self.pinned.follow(update, now=self.surroundings.now())
        if followed == self.pinned:
            return
        held = self.replica
        with self.vault.reading() as connection:
            self.replica = judged_anew(held, connection, followed)
        try:
            self._keep_trust(followed, held.refused)
        except BaseException:
            self.replica = held
            raise
        self.pinned = followed
        self._load_directory()
        self.reload()

    def _keep_trust(self, followed: PinnedTrust, refused_before: frozenset[int]) -> None:
        again, size = refused_before - self.replica.refused, self.replica.size
        if again and self.is_enrolled:
            self._watch(0, size, frozenset(range(size)) - again)
        found = [each for each in self.replica.findings if each.index not in refused_before]
        with self.vault.writing() as connection:
            keys.save_profile(connection, followed.in_profile(self.identity.profile))
            log.believe_again(connection, again)
            log.note_refused(connection, [(each.index, each.detail) for each in found])
            alarms.raise_alarms(connection, sentences_of(found), self.surroundings.now())
        self.happenings += [Happening("alarm", None, None, text) for text in sentences_of(found)]

    def accuse(self, evidence: SplitView) -> None:
        """Keep evidence that the log has shown two histories, and tell the officer, once."""
        if self.split is not None:
            return
        text, now = (
            _TWO_HISTORIES.format(self.replica.origin, gossip.mark_of(evidence)),
            self.surroundings.now(),
        )
        with self.vault.writing() as connection:
            if alarms.holds_evidence(connection, evidence):
                return  # an officer has taken note of it
            alarms.save_split_view(connection, evidence, now)
            alarms.raise_alarms(connection, [text], now)
        self.happenings.append(Happening("alarm", None, None, text))
        self._load_cached({"split_views"})

    def split_views(self) -> tuple[SplitView, ...]:
        """Return the evidence of two histories that this device holds."""
        with self.vault.reading() as connection:
            return alarms.load_split_views(connection)

    def alarm(self, *texts: str) -> None:
        """Keep what accuses somebody until an officer takes note of it, and tell him."""
        self.carry_out(Outcome(happenings=tuple(Happening("alarm", None, None, text) for text in texts)))

    def keep_fetched(self, first: int, entries: Sequence[bytes]) -> None:
        """Keep entries of the log that are not believed yet, so that a cut does not cost them."""
        with self.vault.writing() as connection:
            log.append_entries(connection, first, entries)

    def forget_fetched(self) -> None:
        """Drop entries that were fetched and not believed."""
        with self.vault.writing() as connection:
            log.forget_entries(connection, self.replica.size)

    def count_fetched(self) -> int:
        """Return how many entries of the log are kept, believed or not."""
        with self.vault.reading() as connection:
            return log.count_entries(connection)

    def judge_fetched(self, signed: bytes, size: int) -> Follower:
        """Tell whether the log may grow to a checkpoint by what was fetched; errors as ``Replica.judge``."""
        with self.vault.reading() as connection:
            fetched = log.read_entries(connection, self.replica.size, size)
            return self.replica.judge(signed, map(leaf_hash, fetched), now=self.surroundings.now())

    def advance_log(self, judged: Follower, size: int) -> None:
        """Take in the entries up to a checkpoint that was judged; a forged one is told, not believed.

        Memory is never ahead of the disk: where a write fails, the replica is what it was.
        """
        held = self.replica
        self.replica = copy(held)
        try:
            self._take_in(judged, held.size, size)
        except BaseException:
            self.replica = held
            raise
        if self.is_enrolled:
            self.carry_out(gossip.review(self.context()))

    def _take_in(self, judged: Follower, first: int, size: int) -> None:
        with self.vault.reading() as connection:
            found = self.replica.take(judged, lambda: log.read_entries(connection, first, size), all_hold)
        if self.is_enrolled:
            # Before the view is kept, so that a cut cannot lose an alarm.
            self._watch(first, size, self.replica.refused)
        with self.vault.writing() as connection:
            log.save_view(connection, judged.signed, encode_policy(judged.policy))
            log.note_refused(connection, [(each.index, each.detail) for each in found])
            alarms.raise_alarms(connection, sentences_of(found), self.surroundings.now())
        self.happenings += [Happening("alarm", None, None, text) for text in sentences_of(found)]

    def _watch(self, first: int, size: int, passed_over: frozenset[int]) -> None:
        """Alarm on what is listed in this office's name unknown to this device; warn of partners' keys."""
        context = self.context()
        with self.vault.reading() as connection:
            ours = alarms.load_own(connection)
            entries = enumerate(log.read_entries(connection, first, size), first)
            raised = [
                each.happening for each in watch(entries, self.oneself, ours=ours, acknowledged=passed_over)
            ]
            believed = (
                entry
                for index, entry in enumerate(log.read_entries(connection, first, size), first)
                if index not in passed_over
            )
            changed = tuple(watch_partners(believed, self.rooms, context))
        anew = [each.entry_id for each in changed if each.anew]
        noted = (NoteChangedPartner(office, context.now) for office in anew)
        ended = returning.called_off(anew, self.rooms, (waiting.parcel for waiting in self.waiting))
        told = (*raised, *(each.happening for each in changed))
        self.carry_out(Outcome(ended.rooms, (*noted, *ended.effects), told))

    def learn_snapshot(self, named: DirectorySnapshot, snapshot: bytes) -> None:
        """Verify the directory that the log names, and keep it; the log says which one is newer."""
        listing = self._listing(snapshot)
        if listing.sequence != named.number:
            text = "the directory bears another number than its log gives it: it was not taken"
            self.happenings.append(Happening("warning", None, None, text))
            return
        with self.vault.writing() as connection:
            log.save_snapshot(connection, named.sha256, snapshot)
        self.listing, self.known_snapshot = listing, named.sha256

    def _listing(self, snapshot: bytes) -> Listing:
        return read_listing(snapshot, self.pinned)

    def reload(self) -> None:
        """Read again what was written past ``carry_out``."""
        with self.vault.reading() as connection:
            self.identity = keys.load_identity(connection)
        self._load_cached()

    def _load_cached(self, tables: Collection[str] = TABLES, changes: Sequence[Effect] | None = None) -> None:
        if tables:
            with self.vault.reading() as connection:
                for name, held in refreshed(connection, self, tables, changes):
                    setattr(self, name, held)


def _marks_known(connection: Connection, changes: Iterable[Effect]) -> list[str]:
    """Return the marks of what a step found out and an officer has seen before: other alarms of it stand."""
    found = (each.evidence for each in changes if isinstance(each, SaveSplitView))
    return [gossip.mark_of(each) for each in found if alarms.holds_evidence(connection, each)]


def _alarms_among(happenings: Iterable[Happening]) -> list[str]:
    return [each.text for each in happenings if each.kind == "alarm"]
