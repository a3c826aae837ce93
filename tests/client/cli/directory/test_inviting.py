"""The operator invites the secretariats that the root of trust names, and nobody else."""

import secrets

import pytest
from tests.client.cli.operator_world import SECRETARIAT, OperatorWorld, record, state
from tests.trusted_network import DAY

from rogatory_client.cli.directory.inviting import Invited, invite_secretariats
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity import parse_code

LISTED = (record(SECRETARIAT), record("CNA-GH-01"))


async def invite(world: OperatorWorld, *entry_ids: str) -> list[Invited]:
    return await invite_secretariats(
        await world.line(), entry_ids, lifetime_s=14 * DAY, random=secrets.token_bytes
    )


async def test_a_secretariat_gets_a_code_that_opens_its_invitation() -> None:
    world = OperatorWorld()
    await world.publish(state(*LISTED))
    (invited,) = await invite(world, SECRETARIAT)
    opened = world.relay.registry.invitation_for(parse_code(invited.code).public_key())
    assert opened is not None
    assert opened.invitation.entry_id == SECRETARIAT
    assert invited.code in invited.letter
    assert "NET-WACAP" in invited.letter
    assert invited.code not in repr(invited)


@pytest.mark.parametrize(
    ("entry_id", "said"),
    [
        ("CNA-GH-01", "CNA-GH-01 is no secretariat that the root of trust names: two officers"),
        ("CNA-XX-99", "the published directory has no entry CNA-XX-99"),
    ],
)
async def test_nobody_else_is_invited(entry_id: str, said: str) -> None:
    world = OperatorWorld()
    await world.publish(state(*LISTED))
    size = len(world.relay.log.entries)
    with pytest.raises(MisuseError, match=said):
        await invite(world, SECRETARIAT, entry_id)
    assert len(world.relay.log.entries) == size


async def test_a_secretariat_that_was_withdrawn_is_not_invited() -> None:
    world = OperatorWorld()
    await world.publish(state(record(SECRETARIAT, status="withdrawn")))
    with pytest.raises(MisuseError, match="was withdrawn"):
        await invite(world, SECRETARIAT)


async def test_the_directory_comes_first() -> None:
    with pytest.raises(MisuseError, match="run `rogatory directory publish` first"):
        await invite(OperatorWorld(), SECRETARIAT)


async def test_too_many_at_once() -> None:
    with pytest.raises(MisuseError, match="at most 256"):
        await invite(OperatorWorld(), *["NET-WACAP"] * 257)
