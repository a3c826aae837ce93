"""Groups that lived a little, and what their members held meanwhile."""

from collections.abc import Sequence
from typing import Any, Final

from tests.conformance.generator.seeded import LIFETIME, NOW, key_package
from tests.crypto.mls.world import trust

from rogatory_crypto.mls import (
    BasicCredential,
    CipherSuite,
    Group,
    GroupPolicy,
    KeyPackageSecrets,
    PskStore,
    Random,
    StagedCommit,
    create_group,
    generate_signature_key,
    join_group,
    process,
    stage_commit,
)

POLICY: Final = GroupPolicy(public_handshakes=True, external_commits=True, new_member_proposals=True)
NO_PSKS: Final = PskStore()


def founded(suite: CipherSuite, random: Random, members: int) -> Group:
    """Return the founder's view of a group; he has added the others one by one and updated his path."""
    signer = generate_signature_key(suite, random)
    credential = BasicCredential(b"member-0")
    group = create_group(suite, random(16), signer, credential, LIFETIME, random, policy=POLICY)
    for member in range(1, members):
        newcomer = key_package(suite, f"member-{member}", random)
        group = commit(group, random, add=[newcomer.message], path=True).group
    return group


def commit(group: Group, random: Random, psks: PskStore = NO_PSKS, **changes: Any) -> StagedCommit:
    """Return a commit in the open, which its maker lives by at once."""
    framed = {"public": True, **changes}
    return stage_commit(group, random=random, now=NOW, authenticate=trust, psks=psks, **framed)


class Company:
    """All members of a group, of whom each lives through everything."""

    def __init__(self, suite: CipherSuite, random: Random, psks: PskStore = NO_PSKS) -> None:
        self.suite, self.random, self.psks = suite, random, psks
        self.groups: dict[int, Group] = {0: founded(suite, random, 1)}
        self._clients = 1

    def newcomer(self) -> KeyPackageSecrets:
        """Return the KeyPackage of somebody new."""
        self._clients += 1
        return key_package(self.suite, f"client-{self._clients}", self.random)

    def commit(self, by: int, newcomers: Sequence[KeyPackageSecrets] = (), **changes: Any) -> StagedCommit:
        """Let one commit, everybody else follow, newcomers join and those who are removed go."""
        add = [newcomer.message for newcomer in newcomers]
        staged = commit(self.groups[by], self.random, self.psks, add=add, **changes)
        self.receive(by, staged.message)
        self.groups[by] = staged.group
        for member, newcomer in zip(staged.added, newcomers, strict=False):
            self.join(member.leaf_index, newcomer, staged)
        return staged

    def join(self, seat: int, newcomer: KeyPackageSecrets, staged: StagedCommit) -> None:
        """Let somebody in by the Welcome of a commit."""
        self.groups[seat] = join_group(
            staged.welcome or b"",
            newcomer,
            now=NOW,
            authenticate=trust,
            ratchet_tree=staged.group.ratchet_tree,
            psks=self.psks,
            policy=POLICY,
        )

    def receive(self, by: int, message: bytes) -> None:
        """Let everybody but the sender process a message."""
        for seat in [seat for seat in self.groups if seat != by]:
            received = process(self.groups[seat], message, now=NOW, authenticate=trust, psks=self.psks)
            self.groups[seat] = received.group
            if not received.group.active:
                del self.groups[seat]
