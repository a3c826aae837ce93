"""Offices whose devices follow the log: replicas of what was entered, cosigned when a test says so."""

from tests.client.engine.case_room import Device, Offices
from tests.client.engine.log_replica import Replica

from rogatory_client.engine.effect import ForgetHeard, Outcome, RememberHeard, SaveSplitView
from rogatory_client.engine.gossip import Hearing
from rogatory_client.engine.outgoing_effect import Enqueue
from rogatory_client.engine.room import Heard
from rogatory_crypto.log.note_key import SigningKey
from rogatory_crypto.log.split_view import SplitView, compare


def replica(world: Offices, *, at: int | None = None, size: int | None = None) -> Replica:
    """What has been entered so far, cosigned now or at another time."""
    return Replica(tuple(world.written.entries[:size]), world.now if at is None else at)


def forked(world: Offices, since: int, *, more: int = 0) -> Replica:
    """The other history: from an entry on, everything is different."""
    entries = world.written.entries
    others = [b"made up %d" % number for number in range(since, len(entries) + more)]
    return Replica((*entries[:since], *others), world.now)


def two_histories(world: Offices) -> SplitView:
    """Evidence that the log has two."""
    honest, other = replica(world), forked(world, 2)
    evidence = compare(honest.newest.log_checkpoint, other.newest.log_checkpoint)
    assert evidence is not None
    return evidence


def follow_the_log(*devices: Device) -> Replica:
    """Give all of them the newest view."""
    view = replica(devices[0].world)
    for device in devices:
        device.log = view
    return view


def carried_out(device: Device, outcome: Outcome | Hearing) -> None:
    """Keep what a step asks to be kept, as the vault does."""
    for effect in outcome.effects:
        match effect:
            case RememberHeard(heard):
                if all(each.entry_id != heard.entry_id for each in device.heard):
                    device.heard = (*device.heard, heard)
            case ForgetHeard(entry_id):
                device.heard = tuple(each for each in device.heard if each.entry_id != entry_id)
            case SaveSplitView(evidence) if device.split is None:
                device.split = evidence


def splits(outcome: Outcome | Hearing) -> list[SplitView]:
    """The evidence that is kept."""
    return [effect.evidence for effect in outcome.effects if isinstance(effect, SaveSplitView)]


def reports(outcome: Outcome) -> list[bytes]:
    """What is put into the outbox."""
    return [effect.parcel.content for effect in outcome.effects if isinstance(effect, Enqueue)]


def texts(outcome: Outcome | Hearing) -> str:
    """What the officer is told."""
    return "\n".join(each.text for each in outcome.happenings)


def remembered(outcome: Outcome | Hearing) -> list[Heard]:
    """What waits for the view to grow."""
    return [effect.heard for effect in outcome.effects if isinstance(effect, RememberHeard)]


def other_key(key: SigningKey) -> SigningKey:
    """A key of the same name that nobody trusts."""
    return SigningKey(key.name, key.type, bytes(32))
