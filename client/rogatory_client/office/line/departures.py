"""What goes out over one connection: steps of the engine, each on disk before its frame is sent."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from rogatory_client.engine import membership, outbox, staging
from rogatory_client.engine.delivery import merge_outcomes
from rogatory_client.engine.effect import Happening, Outcome, PlanReseal, SaveRoom
from rogatory_client.engine.large_tree import tree_to_store
from rogatory_client.engine.membership import Change
from rogatory_client.engine.outgoing_effect import Enqueue, FailParcel, Parcel, SaveSealed
from rogatory_client.engine.room import Context, Room
from rogatory_client.engine.writing import write_event
from rogatory_client.office.deliveries import duties as delivery_duties
from rogatory_client.office.desk import Desk
from rogatory_client.office.devices import returning
from rogatory_client.office.line.resealing import owed_histories, reseal_histories
from rogatory_client.office.line.submitting import Ready, Submitting
from rogatory_client.office.line.transfer import upload
from rogatory_client.office.line.tree_transfer import store_tree
from rogatory_client.office.line.visiting import Visiting
from rogatory_client.office.releases import putting_up
from rogatory_client.office.view import Progress
from rogatory_client.transport.sentence import is_passing, sentence_for
from rogatory_client.vault import outgoing
from rogatory_crypto.attachments import stored_size
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.events import CaseOpened
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.wire.api import Feed, Session
from rogatory_crypto.wire.frame import Acceptance, Refused, SubmitCommit
from rogatory_crypto.wire.identifier import DeviceId, GroupId, SubmissionId
from rogatory_crypto.wire.request import KeyPackageClaim

GROUP_ID_BYTES = 32
MAX_STEPS_PER_ROOM = 16
MAX_REFUSALS = 8


class Departures:
    """The sending half of one connection."""

    def __init__(
        self,
        desk: Desk,
        session: Session,
        feed: Feed,
        has_come: Callable[[GroupId, bytes], bool],
        progress: Progress | None,
        *,
        headers_only: bool = False,
    ) -> None:
        self._desk = desk
        self._session = session
        self._feed = feed
        self._has_come = has_come
        self._progress = progress
        self._visiting = Visiting(desk)
        self._in_flight: set[SubmissionId] = set()
        self._submitting = Submitting(desk, feed, self._in_flight)
        # Devices without KeyPackages are not asked for again over this connection.
        self._unavailable: set[DeviceId] = set()
        # Rooms where somebody else's bytes had the address of a tree.
        self._contested: set[GroupId] = set()
        # A relay that refuses a room again and again is left alone until the next connection.
        self._refusals: Counter[GroupId] = Counter()
        self._judged_at: int | None = None
        self._headers_only = headers_only
        # Rooms whose next message has attachments that are not up.
        self._uploads_due: set[GroupId] = set()

    async def push(self, *, caught_up: bool) -> bool:
        """Do all that can be done now; tell whether nothing is under way and nothing is owed."""
        if caught_up:  # another device with the office key may have made the room already
            self._plan_office_room()
        returning.take_back(self._desk)  # what has come back is owed to the own office's other devices
        reseal_histories(self._desk)
        if caught_up:  # what holds a request back may be on its way still
            putting_up.send_released(self._desk)
        if not self._in_flight:  # all that can be added now is
            returning.hand_back(self._desk)
        if caught_up:
            self._see_to_deliveries()
        due = list(self._visiting.due(self._in_flight, self._unavailable, caught_up=caught_up))
        sent = await self._send_together(due) if caught_up else set()
        for group_id in due:
            if group_id not in sent:
                await self._see_off(group_id, caught_up=caught_up, may_upload=False)
            self._visiting.saw(group_id)
        if not self._headers_only:
            await self._upload_what_is_due(caught_up=caught_up)
        behind = any(room.is_behind for room in self._desk.rooms.values())
        waits = behind or self._visiting.is_undecided
        return not (self._in_flight or owed_histories(self._desk) or waits)

    def _see_to_deliveries(self) -> None:
        """State what did not arrive, and heal what did not open; the former is looked at now and then."""
        delivery_duties.tell_and_answer(self._desk)
        now = self._desk.surroundings.now()
        if self._judged_at is None or now - self._judged_at >= delivery_duties.JUDGE_EVERY_S:
            self._judged_at = now
            delivery_duties.state_what_is_due(self._desk)

    async def _upload_what_is_due(self, *, caught_up: bool) -> None:
        """Attachments go up when nothing else is on its way: none keeps the text of another room waiting."""
        while self._uploads_due and not self._in_flight:
            await self._see_off(self._uploads_due.pop(), caught_up=caught_up, may_upload=True)

    async def _send_together(self, due: Iterable[GroupId]) -> set[GroupId]:
        """Send what only has to be sealed, that of several rooms at once; return where nothing else waits."""
        sent = set[GroupId]()
        await self._submitting.send(self._ready(due, sent))
        return sent

    def _ready(self, due: Iterable[GroupId], found: set[GroupId]) -> Iterator[Ready]:
        """Yield what can go out at once, each room as it is when it is asked for."""
        for group_id in due:
            room, parcels = self._desk.rooms[group_id], self._visiting.parcels_of(group_id)
            if not parcels or self._refusals[group_id] >= MAX_REFUSALS:
                continue
            context = self._desk.context()
            match self._next_step(room, parcels, context, caught_up=True):
                case outbox.Send(some) if len(some) == len(parcels):
                    found.add(group_id)
                    yield room, some, context
                case _:
                    pass

    async def _see_off(self, group_id: GroupId, *, caught_up: bool, may_upload: bool) -> None:
        """Do all that can be done now in a room."""
        for _ in range(MAX_STEPS_PER_ROOM):
            refused_too_often = self._refusals[group_id] >= MAX_REFUSALS
            if refused_too_often or not await self._advance(
                group_id, caught_up=caught_up, may_upload=may_upload
            ):
                return

    def accepted(self, acceptances: Iterable[Acceptance]) -> None:
        """The relay has submissions: merge a commit, and empty the outbox of the others in one transaction.

        Raises:
            PeerError: a postmark does not verify; what came before it is settled.
        """
        settled: dict[SubmissionId, tuple[Parcel, Acceptance, Outcome]] = {}
        try:
            for acceptance in acceptances:
                self._in_flight.discard(acceptance.submission_id)
                if self._refusals.pop(acceptance.group_id, 0):
                    self._visiting.forget(acceptance.group_id)
                name, room = acceptance.submission_id, self._desk.rooms.get(acceptance.group_id)
                if room is not None and room.staged is not None and room.staged.submission_id == name:
                    self._settle(settled)
                    self._merge(room, acceptance)
                elif name not in settled and (parcel := self._parcel(name)) is not None:
                    origin, key = self._desk.pinned.origin, self._postmark_key(acceptance)
                    done = outbox.settle(parcel, acceptance, origin=origin, postmark_key=key)
                    settled[name] = (parcel, acceptance, done)
        finally:
            self._settle(settled)

    def _postmark_key(self, acceptance: Acceptance) -> bytes:
        return self._desk.pinned.trust.postmark_at(acceptance.postmark.accepted_at_ms // 1000)

    def _merge(self, room: Room, acceptance: Acceptance) -> None:
        desk, key = self._desk, self._postmark_key(acceptance)
        staging.verify_acceptance(room, acceptance, origin=desk.pinned.origin, postmark_key=key)
        at_ms = acceptance.postmark.accepted_at_ms
        desk.carry_out(staging.merge(room, acceptance.sequence, desk.context(), at_ms=at_ms))

    def _settle(self, settled: dict[SubmissionId, tuple[Parcel, Acceptance, Outcome]]) -> None:
        every = tuple(settled.values())
        owed = tuple(effect for parcel, acceptance, _ in every for effect in self._owed(parcel, acceptance))
        self._desk.carry_out(merge_outcomes((*(done for _, _, done in every), Outcome((), owed))))
        settled.clear()

    def _owed(self, parcel: Parcel, acceptance: Acceptance) -> tuple[PlanReseal, ...]:
        """A parcel of a former epoch, accepted after a device was added, is one that device cannot open."""
        room = self._desk.rooms[parcel.group_id]
        if room.stand is None or parcel.epoch is None or parcel.epoch >= room.stand.epoch:
            return ()
        return membership.reseal_owed(room, acceptance.sequence, self._desk.context())

    def refused(self, refusal: Refused) -> None:
        """The relay did not store a submission: discard, seal anew, or give up with a reason.

        Raises:
            PeerError: it is for the moment; the connection is made again later.
        """
        if is_passing(refusal.code):
            raise PeerError(refusal.code)
        self._in_flight.discard(refusal.submission_id)
        self._note_refusal(refusal.submission_id)
        for room in self._desk.rooms.values():
            if room.staged is not None and room.staged.submission_id == refusal.submission_id:
                # A lost device waits for a Welcome, not for an epoch.
                is_lost = self._desk.oneself.device_id in room.lost
                self._desk.carry_out(staging.discard(room, room.staged.epoch if is_lost else refusal.epoch))
                return
        parcel = self._parcel(refusal.submission_id)
        if parcel is None:
            return
        if refusal.code in {Code.WRONG_EPOCH, Code.EPOCH_TAKEN}:
            self._seal_anew(parcel, refusal.epoch)
        else:
            self._fail(parcel, sentence_for(PeerError(refusal.code)))

    def _note_refusal(self, submission_id: SubmissionId) -> None:
        for room in self._desk.rooms.values():
            if room.staged is not None and room.staged.submission_id == submission_id:
                self._refusals[room.group_id] += 1
        parcel = self._parcel(submission_id)
        if parcel is not None:
            self._refusals[parcel.group_id] += 1

    def _seal_anew(self, parcel: Parcel, epoch: int | None) -> None:
        room = self._desk.rooms[parcel.group_id]
        behind = room.waiting_for(epoch)
        saved = SaveSealed(outbox.unseal(parcel))
        self._desk.carry_out(Outcome((behind,), (SaveRoom(behind), saved)))

    def _fail(self, parcel: Parcel, failure: str) -> None:
        told = Happening("warning", parcel.group_id, parcel.message_id, failure)
        self._desk.carry_out(Outcome((), (FailParcel(parcel.number, failure),), (told,)))

    def _parcel(self, submission_id: SubmissionId) -> Parcel | None:
        return self._visiting.submitted(submission_id)

    async def _advance(self, group_id: GroupId, *, caught_up: bool, may_upload: bool) -> bool:
        """Take one step in a room; tell whether another may follow."""
        room, context = self._desk.rooms[group_id], self._desk.context()
        parcels = self._visiting.parcels_of(group_id)
        match self._next_step(room, parcels, context, caught_up=caught_up):
            case outbox.Rest():
                return False
            case outbox.SubmitStaged() if self._is_too_late(room, context):
                return caught_up and self._stage_anew(room)
            case outbox.SubmitStaged():
                return not await self._submit_staged(room)
            case outbox.Commit(change):
                return await self._commit(room, change, context)
            case outbox.Upload() if not may_upload:
                self._uploads_due.add(group_id)
                return False
            case outbox.Upload(parcel):
                await self._upload(parcel)
                return True
            case outbox.Send(ready):
                await self._submitting.send([(room, ready, context)])
                return len(ready) < len(parcels) and not self._in_flight.intersection(
                    {each.submission_id for each in parcels if each.submission_id}
                )

    def _next_step(
        self, room: Room, parcels: Sequence[Parcel], context: Context, *, caught_up: bool
    ) -> outbox.Step:
        desk = self._desk
        return outbox.next_step(
            room,
            parcels,
            frozenset(each.transfer.message_id for each in desk.transfers if not each.complete),
            context,
            in_office_room=desk.office_room is not None,
            caught_up=caught_up,
            unavailable=self._unavailable,
            forestalled=self._refusals[room.group_id] > 0,
        )

    def _is_too_late(self, room: Room, context: Context) -> bool:
        """Tell whether a staged addition has become stale and the log does not show it."""
        staged = room.staged
        if staged is None or staged.submission_id in self._in_flight:
            return False
        return staging.is_too_late(room, context) and not self._has_come(room.group_id, staged.message)

    def _stage_anew(self, room: Room) -> bool:
        """Drop a staged change that the relay has not got, as it has shown all rows and that was none."""
        if room.staged is not None:
            self._desk.carry_out(staging.discard(room, room.staged.epoch))
        return True

    async def _submit_staged(self, room: Room) -> bool:
        """Submit the staged commit, its tree first; tell whether it is on its way."""
        submission = staging.submission_of(room)
        if submission.submission_id in self._in_flight:
            return True
        tree = tree_to_store(room)
        if tree is not None:
            try:
                await store_tree(self._session, room.group_id, tree)
            except PeerError as error:
                self._discard_without_tree(room, submission, error)
                return False
        self._in_flight.add(submission.submission_id)
        await self._feed.send(submission)
        return True

    def _discard_without_tree(self, room: Room, submission: SubmitCommit, error: PeerError) -> None:
        """Without its tree nobody could join by the commit: another one is made, at an address nobody knows.

        Raises:
            PeerError: it is for the moment.
        """
        is_taken = error.code is Code.CONFLICT
        if is_taken:
            self._contested.add(room.group_id)
        self.refused(Refused(submission.submission_id, error.code, submission.epoch if is_taken else None))

    async def _commit(self, room: Room, change: Change, context: Context) -> bool:
        wanted = tuple(device for device in change.add if device not in self._unavailable)
        claimed = await self._claim(wanted)
        try:
            # Fresh keys also lead to a tree whose address nobody can foresee.
            refresh = change.refresh or room.group_id in self._contested
            outcome = staging.stage_change(
                room, Change(wanted, change.remove, refresh=refresh), claimed, context
            )
        except PeerError as error:
            # Whatever is wrong with what the relay handed out must not keep a removal from being made.
            self._unavailable.update(wanted)
            self._warn_once(room, f"a device could not be added: {error}")
            return bool(wanted)
        if outcome.refused is not None:
            self._warn_once(room, outcome.refused)
        staged = outcome.rooms[0].staged if outcome.rooms else None
        left_out = set(wanted) - set(staged.added if staged is not None else ())
        self._unavailable.update(left_out)
        self._desk.carry_out(outcome)
        # A device without keys keeps nobody who is in the room waiting: the next step goes on without it.
        return bool(outcome.rooms) or (room.group is not None and bool(left_out))

    async def _claim(self, devices: tuple[DeviceId, ...]) -> Mapping[DeviceId, bytes]:
        if not devices:
            return {}
        claim = KeyPackageClaim(self._desk.identity.profile.suite, devices)
        answered = await self._session.claim_key_packages(claim)
        return {
            each.device_id: each.key_package for each in answered.key_packages if each.key_package is not None
        }

    async def _upload(self, parcel: Parcel) -> None:
        for each in self._desk.transfers:
            if each.transfer.message_id != parcel.message_id:
                continue
            try:
                await upload(self._session, each.transfer, self._progress)
            except MisuseError as error:
                self._fail(parcel, str(error))
                return
            except PeerError as error:
                if is_passing(error.code):
                    raise
                self._fail(parcel, sentence_for(error))
                return
            with self._desk.vault.writing() as connection:
                done = stored_size(each.transfer.size)
                outgoing.note_progress(connection, each.transfer.blob_id, done, complete=True)
        self._desk.reload()

    def _warn_once(self, room: Room, text: str) -> None:
        told = Happening("warning", room.group_id, None, text)
        if told not in self._desk.happenings:
            self._desk.happenings.append(told)

    def _plan_office_room(self) -> None:
        """The device that holds the office key makes a room for the office's own devices."""
        desk, context = self._desk, self._desk.context()
        own = desk.registry.devices_of(context.oneself.entry_id, context.now)
        if not context.oneself.holds_office_key or len(own) < 2 or desk.office_room is not None:
            return
        group_id = GroupId(context.random(GROUP_ID_BYTES))
        room = Room(group_id, CaseKind.OFFICE, "office", offices=(context.oneself.entry_id,))
        opened = write_event(CaseOpened(CaseKind.OFFICE, "office", None, None), group_id, context)
        parcel = Parcel(0, group_id, opened.message_id, opened.encoded)
        desk.carry_out(Outcome((room,), (SaveRoom(room), Enqueue(parcel))))
