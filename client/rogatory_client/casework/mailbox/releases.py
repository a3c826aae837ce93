"""Two persons for what leaves: what has become of a request that was put up, read from what officers said."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from rogatory_client.casework.mailbox.assigning import Refused, Said
from rogatory_crypto.content.outgoing_release import ReleaseAnswered, ReleaseAsked
from rogatory_crypto.identity.statement import officer_told_apart


class Release(StrEnum):
    """What has become of a request that was put up."""

    WAITING = "waiting"
    RELEASED = "released"
    HELD_BACK = "held back"


@dataclass(frozen=True, slots=True)
class Answered:
    """What has become of a request, by whom, and what does not count with the reason."""

    standing: Release
    by: tuple[Said[ReleaseAnswered], ...] = ()
    refused: tuple[Refused[ReleaseAnswered], ...] = ()


def answered(asked: Said[ReleaseAsked], answers: Iterable[Said[ReleaseAnswered]]) -> Answered:
    """Return what has become of a request: whoever holds it back outweighs whoever releases it.

    Args:
        asked: what was put up, and by whom.
        answers: all that was said of it, in any order.
    """
    ordered = sorted(answers, key=lambda each: (each.at_ms, each.message_id))
    judged = [(each, refusal(asked, each.officer, each.event)) for each in ordered]
    sound = tuple(each for each, reason in judged if reason is None)
    refused = tuple(Refused(each, reason) for each, reason in judged if reason is not None)
    held_back = tuple(each for each in sound if not each.event.released)
    if held_back:
        return Answered(Release.HELD_BACK, held_back, refused)
    return Answered(Release.RELEASED if sound else Release.WAITING, sound, refused)


def refusal(asked: Said[ReleaseAsked], officer: str, answer: ReleaseAnswered) -> str | None:
    """Return why an answer does not count, or None where it does.

    Args:
        asked: what was put up.
        officer: function of who answers; the one who put it up may hold it back, and nothing else.
        answer: what he says.
    """
    if not answer.released:
        return None
    if officer_told_apart(officer) == officer_told_apart(asked.officer):
        return "another officer than the one who put it up releases it"
    if answer.sha256 != sha256(asked.event.content).digest():
        return "it releases something else than what was put up"
    return None
