"""Commands by which members commit, send and receive."""

from dataclasses import replace

from tests.conformance.peer.description import content_kind, state_of
from tests.conformance.peer.holdings import Holdings, Seat, accept, now, random
from tests.conformance.peer.proposing import NOTHING, Changes, Proposer, source_of
from tests.conformance.peer.request import Reply, Request, RequestError

from rogatory_crypto.mls import (
    ApplicationReceived,
    CommitReceived,
    EchoReceived,
    Group,
    Member,
    ProposalReceived,
    StagedCommit,
    process,
    protect,
    stage_commit,
)
from rogatory_crypto.mls.framing import PrivateMessage
from rogatory_crypto.mls.welcome import decode_message


def commit(holdings: Holdings, request: Request) -> Reply:
    """Commit what waits and what is asked for; keep it staged or live by it at once."""
    seat, changes = holdings.seat(request.text("group")), Changes.of(request)
    if request.flag("proposals_by_ref"):
        group, messages = Proposer.of(request).all(seat.group, changes)
        staged = _stage(holdings, request, group, NOTHING, path=None if changes else True)
    else:
        messages = []
        staged = _stage(holdings, request, seat.group, changes, path=None if changes else True)
    _verify_carried_out(holdings, changes, staged)
    reply = {
        "proposals": [seat.remember(message) for message in messages],
        "commit": seat.remember(staged.message),
        "welcome": None if staged.welcome is None else staged.welcome.hex(),
        "ratchet_tree": staged.group.ratchet_tree.hex(),
        "epoch_after": staged.group.epoch,
    }
    seat.group = staged.current
    seat.staged = staged
    if request.flag("stage"):
        return {**reply, "staged": True}
    return {**reply, **_merge(seat, staged)}


def _stage(
    holdings: Holdings, request: Request, group: Group, changes: Changes, *, path: bool | None
) -> StagedCommit:
    return stage_commit(
        group,
        add=changes.add,
        remove=changes.remove,
        psk=changes.psk,
        random=random,
        now=now(),
        authenticate=accept,
        authenticated_data=request.optional_octets("aad") or b"",
        include_tree=request.flag("tree_ext", default=True),
        path=path,
        public=request.flag("public"),
        psks=holdings.psks(),
    )


def _verify_carried_out(holdings: Holdings, changes: Changes, staged: StagedCommit) -> None:
    """Refuse a commit that leaves out what was asked for: what only waits, it may leave waiting."""
    removed = {member.leaf_index for member in staged.removed}
    held = all(holdings.psks().secret(source_of(psk)) is not None for psk in changes.psk)
    if len(staged.added) < len(changes.add) or not removed >= set(changes.remove) or not held:
        raise RequestError("commit: what is asked for cannot be committed together")


def _merge(seat: Seat, staged: StagedCommit) -> Reply:
    # What was read and said since it was staged stays used up (C06).
    seat.group = replace(staged.group, past=seat.group.retired(now()))
    seat.staged = None
    return state_of(seat.group)


def merge(holdings: Holdings, request: Request) -> Reply:
    """Live by the staged commit."""
    seat = holdings.seat(request.text("group"))
    if seat.staged is None:
        raise RequestError("group: nothing is staged")
    return _merge(seat, seat.staged)


def discard(holdings: Holdings, request: Request) -> Reply:
    """Drop the staged commit with all its secrets."""
    seat = holdings.seat(request.text("group"))
    if seat.staged is None:
        raise RequestError("group: nothing is staged")
    seat.staged = None
    return state_of(seat.group)


def send(holdings: Holdings, request: Request) -> Reply:
    """Encrypt application data."""
    seat = holdings.seat(request.text("group"))
    aad = request.optional_octets("aad") or b""
    seat.group, message = protect(seat.group, request.octets("data"), authenticated_data=aad, random=random)
    return {"message": seat.remember(message)}


def receive(holdings: Holdings, request: Request) -> Reply:
    """Process a message of the group; another's commit drops the one we staged."""
    seat, message = holdings.seat(request.text("group")), request.octets("message")
    if seat.has_sent(message):
        return _echo(seat, message)
    received = process(seat.group, message, now=now(), authenticate=accept, psks=holdings.psks())
    seat.group = received.group
    match received:
        case ApplicationReceived():
            return {
                "kind": "application",
                "data": received.content.hex(),
                "sender": received.sender.leaf_index,
                "aad": received.authenticated_data.hex(),
                "epoch": received.epoch,
            }
        case CommitReceived():
            seat.staged = None
            return {"kind": "commit", "sender": _leaf(received), **state_of(seat.group)}
        case ProposalReceived():
            return {"kind": "proposal", "sender": _leaf(received), **state_of(seat.group)}
        case EchoReceived():
            return _echo(seat, message)


def _leaf(received: CommitReceived | ProposalReceived) -> int | None:
    """Return the sender's leaf; who proposes from outside of the group has none."""
    return received.sender.leaf_index if isinstance(received.sender, Member) else None


def _echo(seat: Seat, data: bytes) -> Reply:
    """Answer a message of our own: nothing changes, also when it was our staged commit (B14)."""
    message = decode_message(data)
    kind = content_kind(message)
    reply: Reply = {"kind": kind, "sender": seat.group.own_leaf, "echo": True}
    if kind != "application" or not isinstance(message, PrivateMessage):
        return {**reply, **state_of(seat.group)}
    return {**reply, "data": None, "aad": message.authenticated_data.hex(), "epoch": message.epoch}
