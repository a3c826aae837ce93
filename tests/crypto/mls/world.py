"""A world of clients without any network, with randomness that repeats."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls import (
    BasicCredential,
    CipherSuite,
    CommitReceived,
    Credential,
    Group,
    GroupPolicy,
    KeyPackageSecrets,
    Lifetime,
    Received,
    SignatureKeyPair,
    StagedCommit,
    cipher_suite,
    create_group,
    generate_key_package,
    generate_signature_key,
    join_group,
    process,
    stage_commit,
)

NOW = 1_800_000_000
OPEN = GroupPolicy(public_handshakes=True, external_commits=True, resync=True, new_member_proposals=True)
LIFETIME = Lifetime(NOW - 3600, NOW + 86_400)
CLASSICAL, HYBRID = 0x0001, 0xF04E


def seeded_random(seed: str) -> Callable[[int], bytes]:
    """Return a source of bytes that gives the same ones again for the same seed."""
    counter = iter(range(1 << 40))
    return lambda size: hashlib.shake_256(f"{seed}/{next(counter)}".encode()).digest(size)


def trust(_credential: Credential, _signature_key: bytes) -> None:
    """Accept everybody."""


def distrust(refused: bytes) -> Callable[[Credential, bytes], None]:
    """Return an authenticator that refuses one identity."""

    def authenticate(credential: Credential, _signature_key: bytes) -> None:
        if credential.identity == refused:
            raise PeerError(Code.INVALID_CREDENTIAL, "D01: not known here")

    return authenticate


@dataclass
class Client:
    """One device with its signature key."""

    suite: CipherSuite
    identity: bytes
    random: Callable[[int], bytes]
    signer: SignatureKeyPair = field(init=False)

    def __post_init__(self) -> None:
        self.signer = generate_signature_key(self.suite, self.random)

    def key_package(self, lifetime: Lifetime = LIFETIME, *, last_resort: bool = False) -> KeyPackageSecrets:
        return generate_key_package(
            self.suite,
            self.signer,
            BasicCredential(self.identity),
            lifetime,
            self.random,
            last_resort=last_resort,
        )

    def create(self, group_id: bytes = b"group", policy: GroupPolicy = OPEN) -> Group:
        credential = BasicCredential(self.identity)
        return create_group(
            self.suite, group_id, self.signer, credential, LIFETIME, self.random, policy=policy
        )


class World:
    """A group and what each of its members holds, by seat."""

    def __init__(self, code: int = CLASSICAL, seed: str = "world") -> None:
        self.suite = cipher_suite(code)
        self.random = seeded_random(seed)
        self.groups: dict[int, Group] = {0: self.client(b"member-0").create()}

    def client(self, identity: bytes) -> Client:
        return Client(self.suite, identity, self.random)

    def stage(self, seat: int, **options: object) -> StagedCommit:
        settings = {"random": self.random, "now": NOW, "authenticate": trust, **options}
        return stage_commit(self.groups[seat], **settings)  # type: ignore[arg-type]  # the options are named by the tests

    def receive(self, seat: int, message: bytes) -> Received:
        received = process(self.groups[seat], message, now=NOW, authenticate=trust)
        self.groups[seat] = received.group
        return received

    def broadcast(self, message: bytes) -> dict[int, Received]:
        return {seat: self.receive(seat, message) for seat in list(self.groups)}

    def merge(self, seat: int, staged: StagedCommit) -> dict[int, CommitReceived]:
        """Let everybody process a staged commit and drop those whom it removes."""
        received = {}
        for other in [other for other in self.groups if other != seat]:
            event = self.receive(other, staged.message)
            assert isinstance(event, CommitReceived)
            received[other] = event
            if event.removed_us:
                del self.groups[other]
        self.groups[seat] = staged.group
        return received

    def grow(self, count: int, *, by: int = 0, path: bool | None = None) -> list[int]:
        """Add ``count`` clients in one commit and return their seats."""
        packages = [
            self.client(b"member-%d-%d" % (self.groups[by].epoch, number)).key_package()
            for number in range(count)
        ]
        staged = self.stage(by, add=[package.message for package in packages], path=path)
        self.merge(by, staged)
        assert staged.welcome is not None
        for member, package in zip(staged.added, packages, strict=True):
            self.groups[member.leaf_index] = join_group(
                staged.welcome, package, now=NOW, authenticate=trust, policy=OPEN
            )
        return [member.leaf_index for member in staged.added]

    def update(self, seat: int) -> None:
        self.merge(seat, self.stage(seat, path=True))

    def remove(self, by: int, seat: int) -> None:
        self.merge(by, self.stage(by, remove=[seat]))

    def agrees(self) -> bool:
        """Tell whether all members hold the same epoch."""
        views = {
            (group.epoch, group.epoch_authenticator, group.tree_hash, group.confirmed_transcript_hash)
            for group in self.groups.values()
        }
        return len(views) == 1


def grown(count: int, code: int = CLASSICAL, seed: str = "world") -> World:
    """Return a world of ``count`` members, in their first common epoch."""
    world = World(code, seed)
    if count > 1:
        world.grow(count - 1)
    return world
