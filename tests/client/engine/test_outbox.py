"""What goes out next: first the room as it should be, then attachments, then words in the newest epoch."""

from dataclasses import replace
from hashlib import sha256

import pytest
from tests.client.engine.case_room import (
    GROUP,
    LATER,
    A,
    B,
    Device,
    Offices,
    Talk,
    committed,
    followed,
    kinds,
)

from rogatory_client.engine.effect import MarkRelayed, RememberPayload
from rogatory_client.engine.membership import Change
from rogatory_client.engine.outbox import (
    MAX_EPOCHS_BEHIND,
    Commit,
    Rest,
    Send,
    Step,
    SubmitStaged,
    Upload,
    next_step,
    seal,
    settle,
    submission_of,
    unseal,
)
from rogatory_client.engine.outgoing_effect import DropParcel, Parcel, SaveSealed
from rogatory_client.engine.room import Room
from rogatory_crypto import mls
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.errors import MisuseError, PeerError
from rogatory_crypto.signing import public_key
from rogatory_crypto.wire.frame import Acceptance
from rogatory_crypto.wire.identifier import EntryId, RowKind, Sequence, SubmissionId
from rogatory_crypto.wire.postmark import Consignment, sign_postmarks

POSTMARK = bytes(range(32))


def parcel(device: Device, number: int = 1) -> Parcel:
    message = device.text(f"Text {number}")
    return Parcel(number, GROUP, message.message_id, message.encoded)


def step(
    room: Room, device: Device, *parcels: Parcel, uploading: tuple[Parcel, ...] = (), caught_up: bool = True
) -> Step:
    waiting = frozenset(bytes(each.message_id) for each in uploading)
    return next_step(room, parcels, waiting, device.context, in_office_room=False, caught_up=caught_up)


def test_a_staged_change_goes_first(world: Offices, talk: Talk, first: Device) -> None:
    more = world.device(A, "second")
    staged, _ = committed(first, talk.of(first), Change((more.id,)), {more.id: more.key_package()})
    assert step(staged, first, parcel(first), caught_up=False) == SubmitStaged()


def test_nothing_is_said_before_all_that_is_stored_was_read(talk: Talk, first: Device) -> None:
    """RFC 9420 section 15.2: application data in the newest known epoch (N07)."""
    waiting = parcel(first)
    assert step(talk.of(first), first, waiting, caught_up=False) == Rest()
    assert step(talk.of(first).waiting_for(2), first, waiting) == Rest()
    assert step(talk.of(first).waiting_for(None), first, waiting) == Send((waiting,))


def test_a_revoked_device_is_removed_before_anything_more_is_said(
    world: Offices, talk: Talk, first: Device, second: Device
) -> None:
    world.revoke(second)
    found = step(talk.of(first), first, parcel(first))
    assert isinstance(found, Commit)
    assert [device for _, device in found.change.remove] == [second.id]


def test_a_pending_proposal_is_committed_first(talk: Talk, first: Device, second: Device) -> None:
    """N04: RFC 9420 section 12.4."""
    room = talk.of(second)
    assert room.group is not None
    _, proposal = mls.propose_update(room.group, random=second.world.random)
    talk.take(first, talk.row(RowKind.PROPOSAL, proposal))
    assert step(talk.of(first), first, parcel(first)) == Commit(Change())


def test_attachments_are_uploaded_before_what_names_them(talk: Talk, first: Device) -> None:
    one, two = parcel(first, 1), parcel(first, 2)
    assert step(talk.of(first), first, one, two, uploading=(two,)) == Send((one,))
    assert step(talk.of(first), first, two, uploading=(two,)) == Upload(two)


def test_where_nothing_waits_nothing_is_done(talk: Talk, first: Device) -> None:
    assert step(talk.of(first), first) == Rest()
    assert step(Room(GROUP), first, parcel(first)) == Rest()
    room = talk.of(first)
    assert room.group is not None
    left = replace(room, group=replace(room.group, status=mls.Status.REMOVED))
    assert step(left, first, parcel(first)) == Rest()


def test_a_planned_room_is_made_first(first: Device, second: Device) -> None:
    plan = Room(GROUP, CaseKind.CONSULTATION, "x", offices=(EntryId(B),))
    assert step(plan, first, parcel(first)) == Commit(Change((second.id,)))


def test_ratchet_and_ciphertext_are_written_together(talk: Talk, first: Device, second: Device) -> None:
    """L07: persisted before the ciphertext is sent, and no generation is used twice."""
    outcome, sealed = seal(talk.of(first), [parcel(first, 1), parcel(first, 2)], first.context)
    each_of = ["SaveSealed", "RememberPayload", "SaveAddressees"]
    assert kinds(outcome) == ["SaveRoom", *each_of, *each_of]
    assert len({each.payload for each in sealed}) == 2
    for each in sealed:
        row = talk.row(RowKind.APPLICATION, each.payload or b"")
        assert talk.take(second, row).refused is None


def test_what_is_sealed_is_submitted_again_as_it_is(talk: Talk, first: Device) -> None:
    """A lost answer makes neither a gap nor a duplicate."""
    _, sealed = seal(talk.of(first), [parcel(first)], first.context)
    outcome, again = seal(talk.of(first), sealed, first.context)
    assert (outcome.rooms, outcome.effects, again) == ((), (), sealed)
    assert submission_of(again[0]) == submission_of(sealed[0])


def test_what_was_sealed_too_many_epochs_ago_is_sealed_anew(
    world: Offices, talk: Talk, first: Device
) -> None:
    # N07
    _, (sealed,) = seal(talk.of(first), [parcel(first)], first.context)
    for number in range(MAX_EPOCHS_BEHIND + 1):
        more = world.device(A, f"device {number}")
        followed(talk, first, Change((more.id,)), {more.id: more.key_package()})
    outcome, (fresh,) = seal(talk.of(first), [sealed], first.context)
    assert fresh.payload != sealed.payload
    assert fresh.epoch == MAX_EPOCHS_BEHIND + 2
    assert SaveSealed(fresh) in outcome.effects
    assert any(isinstance(effect, RememberPayload) for effect in outcome.effects)


def test_a_ciphertext_the_relay_will_not_have_is_taken_away(talk: Talk, first: Device) -> None:
    waiting = parcel(first)
    _, (sealed,) = seal(talk.of(first), [waiting], first.context)
    assert unseal(sealed) == waiting
    with pytest.raises(MisuseError, match="only a sealed parcel"):
        submission_of(waiting)


def test_nothing_is_sealed_without_a_group(first: Device) -> None:
    with pytest.raises(MisuseError, match="without a group"):
        seal(Room(GROUP), [parcel(first)], first.context)


def test_an_acceptance_empties_the_outbox_only_with_a_true_postmark(talk: Talk, first: Device) -> None:
    _, (sealed,) = seal(talk.of(first), [parcel(first)], first.context)
    assert sealed.submission_id is not None
    true = accepted(sealed, sealed.submission_id)
    key = public_key(POSTMARK)
    outcome = settle(sealed, true, origin="relay.example", postmark_key=key)
    marked, dropped = outcome.effects
    assert isinstance(marked, MarkRelayed)
    assert (marked.sequence, marked.at_ms, dropped) == (4, LATER * 1000, DropParcel(1))
    other = replace(sealed, payload=b"other")
    for lie in (other, replace(sealed, payload=(sealed.payload or b"") + b"\x00")):
        with pytest.raises(PeerError):
            settle(lie, true, origin="relay.example", postmark_key=key)
    with pytest.raises(MisuseError):
        settle(unseal(sealed), true, origin="relay.example", postmark_key=key)


def accepted(sealed: Parcel, submission: SubmissionId) -> Acceptance:
    consignment = Consignment(GROUP, Sequence(4), submission, sha256(sealed.payload or b"").digest())
    (mark,) = sign_postmarks(
        [consignment], origin="relay.example", accepted_at_ms=LATER * 1000, private_key=POSTMARK
    )
    return Acceptance(submission, GROUP, Sequence(4), mark)


def test_no_content_shows_when_a_parcel_is_printed(talk: Talk, first: Device) -> None:
    """L08."""
    _, (sealed,) = seal(talk.of(first), [parcel(first)], first.context)
    assert "Text 1" not in repr(sealed)
