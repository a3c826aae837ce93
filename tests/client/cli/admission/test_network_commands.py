"""Commands on the members of a network, from file to file between two officers of its secretariat."""

from pathlib import Path

import pytest
from tests.client.cli.sitting import said, sit
from tests.simulator.running_secretariat import FIRST, NET, SECOND, A, B, secretariat

from rogatory_client.cli.admission import network_commands
from rogatory_client.cli.admission.network_views import member_blocks, proposal_blocks
from rogatory_client.cli.answer import Line, Tone
from rogatory_client.cli.failure import ExitCode
from rogatory_client.monitor.history import tell
from rogatory_client.monitor.inspection import measure
from rogatory_client.office import MemberView, NetworkProposalView, SaidBy
from rogatory_crypto.errors import Code, MisuseError, PeerError

C = "CNA-BJ-01"


async def test_a_membership_begins_and_ends_from_file_to_file(tmp_path: Path) -> None:
    (tmp_path / "world").mkdir()
    world, out = await secretariat(tmp_path / "world"), tmp_path / "proposal.txt"
    assert "log has no admissions to WACAP" in said(
        await network_commands.members(sit(world, FIRST), "WACAP")
    )
    proposed = await network_commands.propose(sit(world, FIRST), C, "WACAP", out)
    assert f"rogatory network confirm {out}" in said(proposed)
    assert "By the directory: not a member" in said(proposed)
    asked = await network_commands.confirm(sit(world, SECOND), out)
    assert (asked.exit_code, asked.data["confirmed"]) == (ExitCode.FAILED, False)
    done = await network_commands.confirm(sit(world, SECOND), out, yes=True)
    assert done.data["member"] == {
        "network": "WACAP",
        "entry_id": C,
        "name": proposed.data["proposal"]["name"],  # type: ignore[index]  # a dictionary
        "said_by": "log-only",
        "brought_in_by": None,
    }
    listed = said(await network_commands.members(sit(world, SECOND), None))
    assert f"{C} is admitted to WACAP by the log, and the directory does not count it there" in listed
    assert f"{A} belongs to WACAP by the directory, and two officers" in listed
    with pytest.raises(PeerError) as refusal:
        await network_commands.confirm(sit(world, SECOND), out, yes=True)
    assert network_commands._ADVICE[refusal.value.code].endswith("see `rogatory network members`")
    with pytest.raises(MisuseError, match="exists: choose another name"):
        await network_commands.propose(sit(world, FIRST), C, "WACAP", out, end=True)
    ending = tmp_path / "end.txt"
    await network_commands.propose(sit(world, FIRST), C, "WACAP", ending, end=True)
    ended = await network_commands.confirm(sit(world, SECOND), ending, yes=True)
    assert f"{C} has no longer an admission to WACAP" in said(ended)
    assert ended.data["member"] is None
    officers = f"head of secretariat of {NET} and legal officer of {NET}"
    told = tell(lambda: world.relay.log.entries, measure(world.network.pinned), C)
    assert [(each.who, each.what, each.refused) for each in told] == [
        (officers, f"admitted {C} to WACAP", ""),
        (officers, f"ended the membership of {C} in WACAP", ""),
    ]


def test_every_difference_is_named_and_nothing_else() -> None:
    def shown(*members: tuple[str, SaidBy]) -> str:
        views = [MemberView("WACAP", entry_id, "", each, None) for entry_id, each in members]
        lines = [each for each in member_blocks(views) if isinstance(each, Line)]
        assert all(each.tone is Tone.WAITING for each in lines)
        return "\n".join(each.text for each in lines)

    assert shown((A, SaidBy.BOTH)) == ""
    named = shown((A, SaidBy.BOTH), (B, SaidBy.DIRECTORY), (C, SaidBy.LOG))
    assert [line.split()[0] for line in named.splitlines()] == [B, C]


@pytest.mark.parametrize("admitted", [True, False])
@pytest.mark.parametrize("in_directory", [True, False])
def test_who_signs_reads_where_the_directory_says_otherwise(*, admitted: bool, in_directory: bool) -> None:
    seen = NetworkProposalView(
        network="WACAP",
        entry_id=A,
        admitted=admitted,
        name="Central Authority",
        state="Senegal",
        unit=None,
        in_directory=in_directory,
        proposer="head of secretariat",
        proposer_role="head",
        proposer_device="ab" * 16,
        text="",
    )
    warned = any(isinstance(each, Line) for each in proposal_blocks(seen))
    assert warned is (admitted is not in_directory)


def test_every_refusal_of_a_proposal_has_its_advice() -> None:
    refusals = {
        Code.MALFORMED, Code.TOO_LARGE, Code.BAD_SIGNATURE, Code.FORBIDDEN, Code.NOT_FOUND, Code.REVOKED,
        Code.EXPIRED, Code.CONFLICT, Code.ALREADY_USED, Code.WRONG_LENGTH,
    }  # fmt: skip
    assert set(network_commands._ADVICE) == refusals
