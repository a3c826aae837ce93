"""What became of asking for revocation data."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rogatory_client.revocation.index import Held
from rogatory_client.revocation.sources import Source
from rogatory_client.revocation.statement import Kind


class Result(StrEnum):
    """How one question ended."""

    NEW = "new"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question to one address.

    Attributes:
        kind: for a list or for an answer.
        source: the issuer.
        address: which was asked.
        about: whose certificate was asked about; empty where a list was.
        result: how it ended.
        detail: why, where nothing came of it.
        held: what is held now, where something is.
    """

    kind: Kind
    source: Source
    address: str
    about: str
    result: Result
    detail: str
    held: Held | None

    @property
    def served(self) -> bool:
        """Whether what is held is now the newest that the address has."""
        return self.result in {Result.NEW, Result.UNCHANGED}


def is_served(outcomes: Sequence[Outcome]) -> bool:
    """Tell whether one of several ways to the same knowledge has led there."""
    return any(each.served for each in outcomes)
