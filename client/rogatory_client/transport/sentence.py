"""One plain sentence for each way the relay may refuse, saying what to do."""

from typing import Final

from rogatory_crypto.errors import Code, PeerError

_SENTENCES: Final = {
    Code.UNAUTHENTICATED: "the relay does not know this device: synchronise, and if it stays so, enrol again",
    Code.FORBIDDEN: "this device may not do that: it is not, or no longer, a member of the room",
    Code.NOT_FOUND: "the relay does not have it: it may have been kept for its time and deleted",
    Code.CONFLICT: "it exists already with other contents: synchronise and try again",
    Code.EXPIRED: "it has expired: ask for a new one",
    Code.ALREADY_USED: "the code was used before: ask who sent the letter for a new one",
    Code.REVOKED: "this device was revoked by its office: it can read what it has, and nothing new",
    Code.QUOTA_EXCEEDED: "too much in a short time: wait a while and try again; what waits is kept",
    Code.STORAGE_FULL: "the relay's storage is full: its operator has to make room; what waits is kept",
    Code.UNAVAILABLE: "the relay is busy: try again in a minute; what waits is kept",
    Code.INTERNAL: "the relay has failed: tell its operator and try again; what waits is kept",
    Code.TOO_LARGE: "it is larger than the relay takes: send less at once",
    Code.HASH_MISMATCH: "what arrived is not what was sent: try again, and if it stays so, tell the operator",
    Code.BAD_SIGNATURE: "a signature is not the one the network profile names: tell the secretariat",
}
_PASSING: Final = frozenset({Code.QUOTA_EXCEEDED, Code.STORAGE_FULL, Code.UNAVAILABLE, Code.INTERNAL})


def sentence_for(error: PeerError) -> str:
    """Return what to tell an officer about a refusal."""
    known = _SENTENCES.get(
        error.code, "the relay answered with something that is not right: tell its operator"
    )
    return f"{known} ({error})" if error.detail else f"{known} ({error.code.value})"


def is_passing(code: Code) -> bool:
    """Tell whether trying again later may help."""
    return code in _PASSING
