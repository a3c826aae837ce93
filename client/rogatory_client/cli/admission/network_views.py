"""How members of networks are shown, and what two officers agree to about one."""

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Final

from rogatory_client.cli.answer import Block, Facts, Line, Table, Tone
from rogatory_client.cli.views import short

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rogatory_client.office import MemberView, NetworkProposalView

_BY_LOG: Final = frozenset({"log-and-directory", "log-only"})
_BY_DIRECTORY: Final = frozenset({"log-and-directory", "directory-only"})
_ONLY_LOG: Final = (
    "{} is admitted to {} by the log, and the directory does not count it there: nobody treats it as a "
    "member before the directory does"
)
_ONLY_DIRECTORY: Final = (
    "{} belongs to {} by the directory, and two officers of its secretariat have not said so in the log"
)
_NO_ADMISSIONS: Final = "The log has no admissions to {}: the directory alone says who belongs to it."


def proposal_blocks(seen: "NetworkProposalView") -> list[Block]:
    """What two officers sign, beside what the own directory says."""
    facts = Facts(
        [
            ("Authority", f"{seen.entry_id}  {seen.name}"),
            ("Unit", seen.unit),
            ("State", seen.state),
            ("Network", seen.network),
            ("In the log", "is admitted" if seen.admitted else "its membership ends"),
            ("By the directory", "a member" if seen.in_directory else "not a member"),
            ("Proposed by", f"{seen.proposer} ({seen.proposer_role}), device {short(seen.proposer_device)}"),
        ]
    )
    if seen.admitted == seen.in_directory:
        return [facts]
    differs = "The directory says otherwise, and counts until its operator changes it."
    return [facts, Line(differs, Tone.WAITING)]


def confirmed_line(seen: "NetworkProposalView") -> Line:
    """What is in the log now."""
    done = "is admitted to" if seen.admitted else "has no longer an admission to"
    return Line(f"Signed and in the log: {seen.entry_id} {done} {seen.network}.", Tone.NEW)


def member_blocks(members: Sequence["MemberView"]) -> list[Block]:
    """One line a member, then each difference in words."""
    rows = [
        (
            each.network, each.entry_id, each.name, _yes(each, _BY_LOG), _yes(each, _BY_DIRECTORY),
            each.brought_in_by or "",
        )
        for each in members
    ]  # fmt: skip
    headings = ("Network", "Authority", "Name", "Log", "Directory", "Invited by")
    table = Table(headings, rows, "Neither the log nor the directory names a member.")
    return [table, *_differences(members)]


def _yes(member: "MemberView", sources: frozenset[str]) -> str:
    return "yes" if member.said_by in sources else "no"


def _differences(members: Sequence["MemberView"]) -> "Iterator[Line]":
    for network, listed in groupby(members, lambda each: each.network):
        group = tuple(listed)
        if not any(each.said_by in _BY_LOG for each in group):
            yield Line(_NO_ADMISSIONS.format(network))
            continue
        for each in group:
            if each.said_by not in _BY_DIRECTORY:
                yield Line(_ONLY_LOG.format(each.entry_id, network), Tone.WAITING)
            elif each.said_by not in _BY_LOG:
                yield Line(_ONLY_DIRECTORY.format(each.entry_id, network), Tone.WAITING)
