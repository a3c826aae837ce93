"""Keeping up with what the relay lists: the root of trust, the log, the directory."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from rogatory_client.engine import gossip
from rogatory_client.engine.effect import Happening
from rogatory_client.fault import StandingFailureError
from rogatory_client.office.desk import Desk
from rogatory_client.office.devices.next_keys import settle_next_keys
from rogatory_client.office.networks.foreign_networks import watch_networks
from rogatory_client.office.view import LOG_ENTRIES, Progress
from rogatory_client.transport.sentence import is_passing
from rogatory_client.vault import alarms, keys, log
from rogatory_crypto.errors import Code, PeerError, TransportError
from rogatory_crypto.identity import Invitation, decode_statement
from rogatory_crypto.log.entry import EntryType, LogEntry
from rogatory_crypto.log.follower import require_followable
from rogatory_crypto.log.merkle import leaf_hash
from rogatory_crypto.log.signed_checkpoint import SignedCheckpoint, parse_signed_checkpoint, verify_log
from rogatory_crypto.log.split_view import Prefix, SplitView, compare
from rogatory_crypto.log.witness_policy import CLOCK_TOLERANCE_S as WITNESS_TOLERANCE_S
from rogatory_crypto.log.witness_policy import Policy, WitnessedCheckpoint, verify_checkpoint
from rogatory_crypto.wire.api import Relay
from rogatory_crypto.wire.log_request import EntryPublication, ProposedEntry

FUTURE_TOLERANCE_S: Final = 86_400
_UNCONFIRMED: Final = (
    "the relay has taken it, but the witnesses of its log have not confirmed it yet: run sync again later"
)
_SILENT: Final = (
    "the witnesses have confirmed nothing of the relay's log for a day: what it says now is not believed, "
    "and nobody is added to a room"
)
_GIVEN_UP: Final = (
    "what this device signed was not published and is given up ({}): do it again if it is still wanted"
)
_END_OF_TIME: Final = 1 << 62
_TWO_HISTORIES: Final = (
    "the log of the relay has shown two histories, and nothing it lists now is believed: "
    "read `rogatory alarm list`, and call the other offices on their known numbers"
)
_CLOCK: Final = (
    "this computer's clock is {} min or more behind the log's witnesses: set the clock and try again; "
    "nothing was lost"
)
_EXPIRED: Final = "{}: until the operators renew it, new devices and offices are not believed"


class UnconfirmedError(TransportError):
    """What was published is not in the log that the witnesses have confirmed."""


class TwoHistoriesError(StandingFailureError):
    """The log cannot be followed, as it has shown another history before; the evidence is kept."""

    def __init__(self) -> None:
        super().__init__(_TWO_HISTORIES)


async def learn(desk: Desk, relay: Relay, progress: Progress | None = None) -> None:
    """Follow the root of trust, the log, and the directory that the log names.

    Where the root of trust has run out, everything already believed stays in force and nothing is added.
    """
    try:
        await learn_trust(desk, relay)
        desk.pinned.current(desk.surroundings.now())
    except PeerError as error:
        if error.code is not Code.EXPIRED:
            raise
        desk.happenings.append(Happening("warning", None, None, _EXPIRED.format(error.detail)))
        return
    await follow_log(desk, relay, progress)
    await _learn_directory(desk, relay)
    if desk.is_enrolled:
        watch_networks(desk)


async def learn_trust(desk: Desk, relay: Relay) -> None:
    """Take over newer root metadata, if the operators have signed any.

    Raises:
        PeerError: what the relay hands out does not follow from the pinned root.
    """
    update = await relay.trust(desk.pinned.root.version)
    desk.learn_trust(update)


async def follow_log(desk: Desk, relay: Relay, progress: Progress | None = None) -> None:
    """Follow the log as far as its witnesses vouch for it today.

    Where they have fallen silent, the root of trust has run out, or the log has shown two histories, nothing
    is believed anew, and all that needs no new keys goes on.

    Raises:
        PeerError: as ``learn_log``, but for a stale checkpoint.
        StandingFailureError: this computer's clock is wrong.
    """
    try:
        await learn_log(desk, relay, progress)
    except TwoHistoriesError as error:
        _go_on_without(desk, str(error))
    except PeerError as error:
        if error.code is not Code.EXPIRED:
            raise
        has_run_out = desk.surroundings.now() >= desk.pinned.expires_at
        _go_on_without(desk, _EXPIRED.format(error.detail) if has_run_out else _SILENT)


def _go_on_without(desk: Desk, text: str) -> None:
    desk.happenings.append(Happening("warning", None, None, text))
    if desk.is_enrolled:
        desk.carry_out(gossip.review(desk.context()))


async def learn_log(desk: Desk, relay: Relay, progress: Progress | None = None) -> None:
    """Fetch the entries up to the newest checkpoint and believe them all at once, or none.

    Raises:
        PeerError: the checkpoint is not signed as the policy wants, is older than the one accepted, or the
            entries are not those that the log has signed; EXPIRED where the root of trust has run out, too.
        TwoHistoriesError: the log has shown two histories.
        StandingFailureError: this computer's clock is wrong.
    """
    now = desk.surroundings.now()
    desk.pinned.current(now)
    _require_clock(desk.replica.accepted, now)
    signed = await relay.checkpoint()
    parsed = parse_signed_checkpoint(signed)
    _require_vouched_for(parsed, desk.replica.policy, now)  # before any of what it promises is kept
    require_followable(parsed.checkpoint)
    size = parsed.checkpoint.size
    try:
        fetched = desk.count_fetched()
        while fetched < size:
            fetched += await _fetch_page(desk, relay, fetched, size)
            if progress is not None:
                progress(LOG_ENTRIES, fetched, size)
        judged = desk.judge_fetched(signed, size)
    except PeerError as error:
        desk.forget_fetched()
        if error.code is Code.HASH_MISMATCH or size < desk.replica.size:
            await _stop_at_two_histories(desk, relay, signed, error)
        raise
    desk.advance_log(judged, size)
    settle_next_keys(desk)


async def _stop_at_two_histories(desk: Desk, relay: Relay, signed: bytes, error: PeerError) -> None:
    """Say so in place of the error that led there, which would only send the officer in circles."""
    if await expose_split_view(desk, relay, signed) or desk.split is not None:
        raise TwoHistoriesError from error


def _require_vouched_for(signed: SignedCheckpoint, policy: Policy, now: int) -> None:
    try:
        verify_checkpoint(signed, policy, now=now)
    except PeerError as error:
        if error.code is Code.FORBIDDEN:  # what is signed tomorrow does not count today
            _require_clock(verify_checkpoint(signed, policy, now=_END_OF_TIME, max_age_s=None), now)
        raise


def _require_clock(accepted: WitnessedCheckpoint | None, now: int) -> None:
    """What was witnessed before today cannot be of tomorrow."""
    ahead_s = 0 if accepted is None or accepted.witnessed_at is None else accepted.witnessed_at - now
    if ahead_s > WITNESS_TOLERANCE_S:
        raise StandingFailureError(_CLOCK.format(ahead_s // 60))


async def _fetch_page(desk: Desk, relay: Relay, first: int, size: int) -> int:
    page = await relay.log_entries(first)
    entries = page.entries[: size - first]
    if not entries or page.first_index != first:
        raise PeerError(Code.MALFORMED, "the relay listed other entries of its log than were asked for")
    _require_past(entries, desk.surroundings.now())
    desk.keep_fetched(first, entries)
    return len(entries)


def _require_past(entries: Sequence[bytes], now: int) -> None:
    """A log whose time has run ahead would refuse everything that is said until then."""
    for encoded in entries:
        try:
            entry = LogEntry.decode(encoded)
        except PeerError:
            continue  # it is in the log, and nobody will believe it
        if entry.appended_at > now + FUTURE_TOLERANCE_S:
            raise PeerError(Code.CONFLICT, "the log lists an entry as appended in the future")


async def expose_split_view(desk: Desk, relay: Relay, signed: bytes) -> bool:
    """Find out whether the log that cannot be followed has two histories; if so, keep the evidence."""
    parsed = parse_signed_checkpoint(signed)
    size = parsed.checkpoint.size
    if size <= desk.replica.size:
        evidence = _compare_within(desk, parsed)
    else:
        evidence = desk.replica.contradicts(signed, await _leaves_shown(relay, size))
    if evidence is not None:
        desk.accuse(evidence)
    return evidence is not None


async def _leaves_shown(relay: Relay, size: int) -> list[bytes]:
    leaves: list[bytes] = []
    while len(leaves) < size:
        page = await relay.log_entries(len(leaves))
        if not page.entries or page.first_index != len(leaves):
            break
        leaves += map(leaf_hash, page.entries[: size - len(leaves)])
    return leaves


def _compare_within(desk: Desk, signed: SignedCheckpoint) -> SplitView | None:
    """Compare a checkpoint with the history held, which is at least as long."""
    replica, size = desk.replica, signed.checkpoint.size
    root = replica.root(size)
    if replica.accepted is None or root is None or size == 0:
        return None
    other = verify_log(signed, replica.policy.log_keys(replica.origin))
    return compare(replica.accepted.log_checkpoint, other, Prefix(root, replica.prove_prefix(size)))


async def _learn_directory(desk: Desk, relay: Relay) -> None:
    """Fetch the directory if the log names another than the one held."""
    named = desk.replica.audit.snapshot
    if named is None or named.sha256 == desk.known_snapshot:
        return
    snapshot = await relay.directory(desk.known_snapshot)
    if snapshot is None or sha256(snapshot).digest() != named.sha256:
        text = "the relay has another directory than its log names: the one held stays in force"
        desk.happenings.append(Happening("warning", None, None, text))
        return
    desk.learn_snapshot(named, snapshot)


async def know_newest(desk: Desk, relay: Relay) -> None:
    """Publish what was signed before and read the log to its end, so that what is signed next continues it.

    Raises:
        PeerError: as ``learn_trust`` and ``learn_log``.
        TransportError: as ``publish_waiting``.
    """
    await learn_trust(desk, relay)
    await publish_waiting(desk, relay)
    await learn_log(desk, relay)


async def publish_first(desk: Desk, relay: Relay) -> None:
    """As ``publish_waiting``, but what waits on keeps an enrolled device from nothing else: it is told.

    Raises:
        PeerError, TransportError: the device is not enrolled; the line is broken.
    """
    try:
        await publish_waiting(desk, relay)
    except (PeerError, UnconfirmedError, TwoHistoriesError) as error:
        if not desk.is_enrolled:
            raise
        text = _GIVEN_UP.format(error) if desk.identity.publication is None else str(error)
        desk.happenings.append(Happening("warning", None, None, text))


async def publish_waiting(desk: Desk, relay: Relay) -> None:
    """Publish the statements that were signed before; after a cut, find out whether they arrived.

    What the relay refuses for good is given up: it must not stand in the way of the next one.

    Raises:
        PeerError: what the relay says against them, or as ``learn_trust`` and ``learn_log``.
        UnconfirmedError: the log's witnesses have not confirmed them yet; they are asked after again.
    """
    waiting = desk.identity.publication
    if waiting is None:
        return
    publication = EntryPublication.decode(waiting)
    with desk.vault.writing() as connection:
        alarms.remember_own(connection, publication)
    await learn_trust(desk, relay)
    await learn_log(desk, relay)
    if not is_published(desk, publication):
        refusal = await _publish(relay, publication)
        await learn_log(desk, relay)
        # What the relay has already is refused too; the log says which.
        if not is_published(desk, publication):
            if refusal is None or not _is_final(desk, publication, refusal):
                raise UnconfirmedError(_UNCONFIRMED)
            forget_publication(desk)
            raise refusal
    forget_publication(desk)


def forget_publication(desk: Desk) -> None:
    """Drop what was signed to be published."""
    with desk.vault.writing() as connection:
        keys.set_publication(connection, None)
    desk.reload()


async def _publish(relay: Relay, publication: EntryPublication) -> PeerError | None:
    try:
        await relay.publish_entries(publication)
    except PeerError as error:
        if is_passing(error.code):
            raise
        return error
    return None


def _is_final(desk: Desk, publication: EntryPublication, refusal: PeerError) -> bool:
    """Tell whether the log can never list it; it may conflict with itself, where no witness has seen it."""
    return refusal.code is not Code.CONFLICT or any(
        _has_lost_its_place(desk, item) for item in publication.entries
    )


def _has_lost_its_place(desk: Desk, item: ProposedEntry) -> bool:
    if item.type != EntryType.IDENTITY_STATEMENT:
        return True  # it is made anew for the place that is free now
    statement = decode_statement(item.body).statement
    if isinstance(statement, Invitation):
        return desk.surroundings.now() >= statement.expires_at
    office = desk.registry.offices.get(statement.entry_id)
    return office is not None and office.sequence >= statement.sequence


def is_published(desk: Desk, publication: EntryPublication) -> bool:
    """Tell whether the log has a publication, under a checkpoint that this device has accepted."""
    bodies = [entry.body for entry in publication.entries]
    with desk.vault.reading() as connection:
        return log.holds_bodies(connection, bodies, desk.replica.size)
