"""The replica of the log as the vault keeps it, and what is wrong with an entry in an officer's words."""

from typing import Final

from sqlalchemy import Connection

from rogatory_client.vault import log
from rogatory_crypto.log import log_origin
from rogatory_crypto.log.audit import Trust
from rogatory_crypto.log.pinned import PinnedTrust
from rogatory_crypto.log.replay import Fault, Finding
from rogatory_crypto.log.replica import Replica
from rogatory_crypto.log.signed_checkpoint import parse_signed_checkpoint
from rogatory_crypto.log.tlog_policy import parse_policy

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
    trust = pinned.trust
    return Trust(
        log_origin(pinned.origin),
        pinned.origin,
        trust.directory_key,
        trust.postmark_key,
        trust.secretariats,
    )


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
        replica.restore(log.read_entries(connection, 0, size), refused, view.checkpoint, now=now)
        replica.believe(audit_trust(pinned), pinned.trust.policy)
    return replica


def sentence_of(finding: Finding) -> str:
    """Say what is wrong with an entry of the log, and that nobody believes it."""
    said = _IN_WORDS.get(finding.fault, "it is not as it must be")
    return f"entry {finding.index} of the log is not believed: {said} ({finding.detail})"
