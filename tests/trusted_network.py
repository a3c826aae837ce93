"""A network with a root of trust, all keys from its name, for every test that needs a profile or a log.

``TrustedNetwork()`` is one: three operators of whom two sign, a log with both kinds of key, no witnesses.
``TrustedNetwork(now=..., witnesses=3, quorum=2)`` has witnesses; ``renewed`` and ``rotated`` are its next
network trust and its next root. ``network.profile()`` and ``network.write(folder)`` hand it on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from tests.own_networks import OWN_NETWORKS
from tuf.api.metadata import Root, Targets

from rogatory_crypto import signing
from rogatory_crypto.identity.former import NOBODY, Former
from rogatory_crypto.identity.profile import DEFAULT_SUITE, NetworkProfile
from rogatory_crypto.log import log_origin
from rogatory_crypto.log.checkpoint import Checkpoint
from rogatory_crypto.log.cosignature import cosign
from rogatory_crypto.log.note_key import SignatureType, SigningKey
from rogatory_crypto.log.pinned import PinnedTrust, verify_pinned
from rogatory_crypto.log.root_signing import (
    PrivateKey,
    Signers,
    operator_key,
    sign_metadata,
    unsigned_network_trust,
    unsigned_root,
)
from rogatory_crypto.log.signed_checkpoint import SignedCheckpoint, sign_checkpoint
from rogatory_crypto.log.witness_policy import Group, Log, Policy, Witness
from rogatory_crypto.signing import PrivateKeys, PublicKeys
from rogatory_crypto.wire.identifier import EntryId

NOW = 1_790_000_000
DAY = 86_400


@dataclass(frozen=True)
class TrustedNetwork:
    """Everything is made from the fields; ``replace`` makes another network.

    Attributes:
        origin: the relay's name.
        now: when it is made, unix seconds; real processes need the real time.
        days: for how long root and network trust are valid.
        operators, threshold: of each root, for the next root and for the network trust.
        witnesses, quorum: how many there are and must cosign; by default all of them.
        witness_urls: where the first of them are.
        log_url: where the log is.
        secretariats: the authority that runs each network.
        former: who did before.
        directory_key, postmark_key: other public keys than those of ``directory_private``, ``postmark_seed``.
        version, root_version: of the newest network trust and root.
    """

    origin: str = "relay.example"
    now: int = NOW
    days: int = 365
    operators: int = 3
    threshold: int = 2
    witnesses: int = 0
    quorum: int | None = None
    witness_urls: tuple[str, ...] = ()
    log_url: str | None = None
    secretariats: Mapping[str, EntryId] = field(default_factory=lambda: OWN_NETWORKS)
    former: Former = NOBODY
    directory_key: PublicKeys | None = None
    postmark_key: bytes = b""
    version: int = 1
    root_version: int = 1

    def __post_init__(self) -> None:
        if not self.postmark_key:
            object.__setattr__(self, "postmark_key", signing.public_key(self.postmark_seed))

    @property
    def directory_private(self) -> PrivateKeys:
        return PrivateKeys(self.seed("directory"), self.seed("directory ML-DSA-44"))

    @cached_property
    def directory_public(self) -> PublicKeys:
        return self.directory_key or self.directory_private.public

    @property
    def postmark_seed(self) -> bytes:
        return self.seed("postmark")

    @property
    def log_origin(self) -> str:
        return log_origin(self.origin)

    @cached_property
    def log_keys(self) -> tuple[SigningKey, SigningKey]:
        kinds = (SignatureType.ED25519, SignatureType.COSIGNATURE_ML_DSA_44)
        first, second = (SigningKey(self.log_origin, kind, self.seed(f"log {kind.name}")) for kind in kinds)
        return first, second

    @cached_property
    def witness_keys(self) -> tuple[SigningKey, ...]:
        """Ed25519 and ML-DSA-44 by turns."""
        kinds = (SignatureType.COSIGNATURE_ED25519, SignatureType.COSIGNATURE_ML_DSA_44)
        return tuple(
            SigningKey(f"witness.example/w{number}", kinds[number % 2], self.seed(f"witness {number}"))
            for number in range(self.witnesses)
        )

    @cached_property
    def policy(self) -> Policy:
        url = None if self.log_url is None else self.log_url.encode()
        logs = tuple(Log(key.verifier, url) for key in self.log_keys)
        urls = [*(each.encode() for each in self.witness_urls), *(None,) * self.witnesses]
        witnesses = tuple(
            Witness(f"w{number}".encode(), key.verifier, urls[number])
            for number, key in enumerate(self.witness_keys)
        )
        if not witnesses:
            return Policy(logs, (), (), None)
        threshold = len(witnesses) if self.quorum is None else self.quorum
        group = Group(b"quorum", threshold, tuple(witness.name for witness in witnesses))
        return Policy(logs, witnesses, (group,), b"quorum")

    @cached_property
    def roots(self) -> tuple[bytes, ...]:
        """From the first; each has one operator that the root before it has not."""
        return tuple(self._root(version) for version in range(1, self.root_version + 1))

    @property
    def root(self) -> bytes:
        return self.roots[-1]

    @cached_property
    def trust(self) -> bytes:
        """The network trust, signed by as many operators of the newest root as must."""
        data = unsigned_network_trust(
            self.version,
            self.expires_at,
            directory_key=self.directory_public,
            postmark_key=self.postmark_key,
            policy=self.policy,
            secretariats=self.secretariats,
            former=self.former,
        )
        for key in self.operator_keys(self.root_version)[: self.threshold]:
            data = sign_metadata(data, Targets, key)
        return data

    @property
    def expires_at(self) -> int:
        return self.now + self.days * DAY

    @property
    def pinned(self) -> PinnedTrust:
        return verify_pinned(self.origin, self.root, self.trust)

    def renewed(self, **changes: object) -> "TrustedNetwork":
        """The same network after its operators have signed the next network trust."""
        return replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]

    def rotated(self) -> "TrustedNetwork":
        """The same network after an operator has left and another has come."""
        return replace(self, version=self.version + 1, root_version=self.root_version + 1)

    def profile(
        self,
        relay_url: str = "https://relay.example",
        suite: int = DEFAULT_SUITE,
        tls_ca: str | None = None,
    ) -> NetworkProfile:
        return NetworkProfile(relay_url, self.origin, self.root, self.trust, suite, tls_ca)

    def write(self, folder: Path) -> Path:
        """Write a trust folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for version, root in enumerate(self.roots, start=1):
            (folder / f"{version}.root.json").write_bytes(root)
        (folder / "targets.json").write_bytes(self.trust)
        return folder

    def operator_keys(self, version: int) -> tuple[PrivateKey, ...]:
        """The operators of a root; every third signs with ML-DSA-44."""
        numbers = range(version - 1, version - 1 + self.operators)
        return tuple(
            operator_key(self.seed(f"operator {number}"), post_quantum=number % 3 == 2) for number in numbers
        )

    def signed(self, checkpoint: Checkpoint, at: int | None = None) -> SignedCheckpoint:
        """A checkpoint as the log publishes it: with both its keys, cosigned by every witness."""
        at = self.now if at is None else at
        signed = sign_checkpoint(checkpoint, self.log_keys, at)
        return signed.with_signatures([cosign(checkpoint, key, at) for key in self.witness_keys])

    def seed(self, name: str) -> bytes:
        return sha256(f"{self.origin} {name}".encode()).digest()

    def _root(self, version: int) -> bytes:
        operators = self.operator_keys(version)
        signers = Signers(tuple(key.public_key() for key in operators), self.threshold)
        data = unsigned_root(version, self.expires_at, signers, signers)
        # Those who leave sign last: enough of the operators before, and enough of these.
        for key in dict.fromkeys((*self.operator_keys(max(version - 1, 1)), *operators)):
            data = sign_metadata(data, Root, key)
        return data
