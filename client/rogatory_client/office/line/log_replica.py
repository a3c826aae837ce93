"""The replica of the log as the vault keeps it, and what is wrong with an entry in an officer's words."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from rogatory_client.office.line.verification import all_hold
from rogatory_client.vault import Vault, log
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.log.audit import Trust
from rogatory_crypto.log.merkle import Proof
from rogatory_crypto.log.pinned import PinnedTrust
from rogatory_crypto.log.replay import Fault, Finding
from rogatory_crypto.log.replica import Replica
from rogatory_crypto.log.signed_checkpoint import parse_signed_checkpoint
from rogatory_crypto.log.tlog_policy import parse_policy
from rogatory_crypto.log.witness_policy import Policy, WitnessedCheckpoint, verify_checkpoint

_END_OF_TIME: Final = 1 << 62
# Who has to take note of thousands would not see the one that matters.
_ONE_BY_ONE: Final = 12
_IN_WORDS: Final = {
    Fault.SIGNATURE_REFUSED: "it is forged: whoever may say this did not sign it",
    Fault.STATEMENT_REFUSED: "it does not hold",
    Fault.UNKNOWN_SIGNER: "nobody in service has signed it",
    Fault.FOUR_EYES: "two officers must sign it and did not",
    Fault.FORKED_CHAIN: "it contradicts an earlier entry about the same authority",
    Fault.BROKEN_CHAIN: "entries before it are missing",
}


def audit_trust(pinned: PinnedTrust) -> Trust:
    """Return what the log's entries are measured against."""
    return pinned.measure()


def load_replica(connection: Connection, pinned: PinnedTrust, now: int) -> Replica:
    """Return the replica that the vault holds.

    Raises:
        PeerError: the vault's entries are not those of its checkpoint.
    """
    view = log.load_view(connection)
    policy = pinned.trust.policy if view is None else parse_policy(view.policy)
    replica = Replica(audit_trust(pinned), policy)
    if view is not None:
        size = parse_signed_checkpoint(view.checkpoint).checkpoint.size
        refused = frozenset(log.load_refused(connection))
        at = max(now, _witnessed_at(view.checkpoint, replica.policy))
        replica.restore(log.read_entries(connection, 0, size), refused, view.checkpoint, now=at)
        replica.believe(pinned.trust.policy)
    return replica


def _witnessed_at(checkpoint: bytes, policy: Policy) -> int:
    """Return since when it was true, whatever this computer's clock says today; errors as ``restore``."""
    judged = verify_checkpoint(parse_signed_checkpoint(checkpoint), policy, now=_END_OF_TIME, max_age_s=None)
    return judged.witnessed_at or 0


def judged_anew(replica: Replica, connection: Connection, pinned: PinnedTrust) -> Replica:
    """Return the replica as newer trust has it: a relay may have listed entries before it told of that."""
    judged, trust = copy(replica), audit_trust(pinned)
    if trust != replica.audit.trust:
        judged.judge_anew(trust, lambda: log.read_entries(connection, 0, judged.size), all_hold)
    judged.believe(pinned.trust.policy)
    return judged


@dataclass(frozen=True, slots=True)
class StoredLog:
    """The replica as the engine may look at it (``engine.log_view``); entries stay in the vault."""

    vault: Vault
    replica: Replica

    @property
    def origin(self) -> str:
        """The log's name."""
        return self.replica.origin

    @property
    def policy(self) -> Policy:
        """Whom to believe about it."""
        return self.replica.policy

    @property
    def accepted(self) -> WitnessedCheckpoint | None:
        """The newest checkpoint, None before the first."""
        return self.replica.accepted

    def entry(self, index: int) -> bytes:
        """Return an entry within the accepted size, encoded."""
        with self.vault.reading() as connection:
            found = log.read_entry(connection, index) if index < self.replica.size else None
        if found is None:
            raise MisuseError(f"the replica has no entry {index}")
        return found

    def prove(self, index: int) -> Proof:
        """Return the proof that an entry is in the tree of the accepted size."""
        return self.replica.prove(index)

    def root(self, size: int) -> bytes | None:
        """Return the root over the first ``size`` entries, None beyond the accepted size."""
        return self.replica.root(size)

    def prove_prefix(self, old_size: int) -> Proof:
        """Return the proof that the tree of an earlier size begins the one of the accepted size."""
        return self.replica.prove_prefix(old_size)


def sentence_of(finding: Finding) -> str:
    """Say what is wrong with an entry of the log, and that nobody believes it."""
    said = _IN_WORDS.get(finding.fault, "it is not as it must be")
    return f"entry {finding.index} of the log is not believed: {said} ({finding.detail})"


def sentences_of(findings: Sequence[Finding]) -> list[str]:
    """Say what is wrong with entries that came together: the first of many one by one, the rest in one."""
    told, rest = findings[:_ONE_BY_ONE], findings[_ONE_BY_ONE:]
    sentences = list(map(sentence_of, told))
    if rest:
        sentences.append(
            f"{len(rest)} more entries of the log are not believed, from entry {rest[0].index} to entry "
            f"{rest[-1].index}: tell the secretariat; `rogatory log verify` names each of them"
        )
    return sentences
