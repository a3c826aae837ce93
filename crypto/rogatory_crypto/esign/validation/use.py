"""What a key is said to have done, and between which times, as far as that is proven."""

from dataclasses import dataclass

from rogatory_crypto.esign.verdict import Role


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a key; all times are unix seconds.

    Attributes:
        role: what the certificate does.
        at: when it is taken to have been used: best signature time, or the time a token states.
        existed_by: by when the result is proven to have existed; a key revoked before that may have made
            it afterwards and dated it back (EN 319 102-1 clause 5.5.4).
        evidence_by: by when the data that prove this are proven to have existed.
        proven: whether ``existed_by`` is proven by a time stamp, not just the instant of the check.
        not_before: before which it cannot have been used, proven by a content time stamp; absent if unknown.
        claimed: when the signer says so; it counts only where the signer's own word is trusted.
    """

    role: Role
    at: int
    existed_by: int
    evidence_by: int
    proven: bool = False
    not_before: int | None = None
    claimed: int | None = None
