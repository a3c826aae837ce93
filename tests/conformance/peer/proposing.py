"""Proposals, and what a commit is asked to do."""

from dataclasses import dataclass
from typing import TypeAlias

from tests.conformance.peer.holdings import Holdings, accept, now, random
from tests.conformance.peer.request import Reply, Request, RequestError

from rogatory_crypto.mls import (
    ExternalPsk,
    Group,
    PreSharedKeyId,
    PskSource,
    propose_add,
    propose_psk,
    propose_remove,
    propose_update,
)

NamedPsk: TypeAlias = PskSource | PreSharedKeyId


def psk_of(request: Request, name: str = "id") -> NamedPsk:
    """Read a pre-shared key whose id stands in the field ``name``, with its nonce if it has one."""
    source, nonce = ExternalPsk(request.octets(name)), request.optional_octets("nonce")
    return source if nonce is None else PreSharedKeyId(source, nonce)


def source_of(psk: NamedPsk) -> PskSource:
    """Return where the key itself is found."""
    return psk.source if isinstance(psk, PreSharedKeyId) else psk


@dataclass(frozen=True, slots=True)
class Changes:
    """What a commit is asked to do."""

    add: list[bytes]
    remove: list[int]
    psk: list[NamedPsk]

    @classmethod
    def of(cls, request: Request) -> "Changes":
        """Read them."""
        psk = [psk_of(item) for item in request.requests("psk")]
        return cls(request.octets_list("add"), request.numbers("remove"), psk)

    def __bool__(self) -> bool:
        """Tell whether anything is asked for."""
        return bool(self.add or self.remove or self.psk)


NOTHING = Changes([], [], [])


@dataclass(frozen=True, slots=True)
class Proposer:
    """Sends proposals one after the other, each on the group the one before left."""

    aad: bytes
    public: bool

    @classmethod
    def of(cls, request: Request) -> "Proposer":
        """Read how the proposals of a request are framed."""
        return cls(request.optional_octets("aad") or b"", request.flag("public"))

    def add(self, group: Group, key_package: bytes) -> tuple[Group, bytes]:
        """Propose an Add."""
        return propose_add(
            group,
            key_package,
            now=now(),
            authenticate=accept,
            random=random,
            authenticated_data=self.aad,
            public=self.public,
        )

    def remove(self, group: Group, leaf: int) -> tuple[Group, bytes]:
        """Propose a Remove."""
        return propose_remove(group, leaf, random=random, authenticated_data=self.aad, public=self.public)

    def psk(self, group: Group, psk: NamedPsk) -> tuple[Group, bytes]:
        """Propose a pre-shared key."""
        return propose_psk(group, psk, random=random, authenticated_data=self.aad, public=self.public)

    def update(self, group: Group) -> tuple[Group, bytes]:
        """Propose a fresh leaf."""
        return propose_update(group, random=random, authenticated_data=self.aad, public=self.public)

    def all(self, group: Group, changes: Changes) -> tuple[Group, list[bytes]]:
        """Propose all changes, each in a message of its own."""
        messages = []
        for key_package in changes.add:
            group, message = self.add(group, key_package)
            messages.append(message)
        for leaf in changes.remove:
            group, message = self.remove(group, leaf)
            messages.append(message)
        for psk in changes.psk:
            group, message = self.psk(group, psk)
            messages.append(message)
        return group, messages


def propose(holdings: Holdings, request: Request) -> Reply:
    """Send one proposal."""
    seat, proposer = holdings.seat(request.text("group")), Proposer.of(request)
    match request.text("type"):
        case "add":
            group, message = proposer.add(seat.group, request.octets("key_package"))
        case "remove":
            group, message = proposer.remove(seat.group, request.number("leaf"))
        case "psk":  # "id" is the request's own as well: "psk_id" keeps the two apart
            group, message = proposer.psk(
                seat.group, psk_of(request, "psk_id" if request.has("psk_id") else "id")
            )
        case "update":
            group, message = proposer.update(seat.group)
        case other:
            raise RequestError(f"type: no proposal is called {other[:40]!r}")
    seat.group = group
    return {"message": seat.remember(message)}
