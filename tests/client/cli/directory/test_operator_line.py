"""What the operator signs for is a log that adds up, under a root of trust that holds, or nothing."""

from dataclasses import replace

import pytest
from tests.client.cli.operator_world import NETWORK, OperatorWorld, state
from tests.trusted_network import DAY, NOW

from rogatory_client.cli.directory.operator_line import operator_line
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity.former import Former
from rogatory_crypto.log.checkpoint import Checkpoint
from rogatory_crypto.log.signed_checkpoint import sign_checkpoint
from rogatory_crypto.signing import PrivateKeys
from rogatory_crypto.wire.log_request import LogPage, TrustUpdate


async def published() -> OperatorWorld:
    world = OperatorWorld()
    await world.publish(state())
    return world


async def refusal(world: OperatorWorld) -> tuple[Code, str]:
    with pytest.raises(PeerError) as raised:
        await world.line()
    return raised.value.code, raised.value.detail


async def test_a_log_nobody_has_written_to_is_empty() -> None:
    line = await OperatorWorld().line()
    assert (line.replica.size, line.warnings) == (0, ())
    assert line.trust.version == 1


async def test_the_whole_log_is_read_page_by_page() -> None:
    world = await published()
    told: list[tuple[str, int, int]] = []
    line = await operator_line(
        world.relay,
        NETWORK.profile(),
        NETWORK.directory_private,
        now=NOW,
        progress=lambda *step: told.append(step),
    )
    size = len(world.relay.log.entries)
    assert line.replica.size == size
    assert told[0] == ("log", 0, size)
    assert told[-1] == ("log", size, size)


@pytest.mark.parametrize("code", [Code.TOO_LARGE, Code.FORBIDDEN])
async def test_no_entry_is_fetched_for_a_checkpoint_that_leads_nowhere(
    code: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too large although its witnesses have cosigned it, or as large as you like without them."""
    world = await published()
    head = Checkpoint(NETWORK.log_origin, 1 << 40, bytes(32))
    asked: list[int] = []

    async def page(first: int) -> LogPage:
        asked.append(first)
        return LogPage(first, head.size, (b"\x00",))

    async def checkpoint() -> bytes:
        if code is Code.TOO_LARGE:
            return NETWORK.signed(head, NOW).encode()
        return sign_checkpoint(head, NETWORK.log_keys, NOW).encode()

    monkeypatch.setattr(world.relay, "checkpoint", checkpoint)
    monkeypatch.setattr(world.relay, "log_entries", page)
    assert (await refusal(world))[0] is code
    assert not asked


async def test_another_key_is_not_the_operators() -> None:
    with pytest.raises(MisuseError, match="not the directory operator's that the network's root of trust"):
        await operator_line(
            OperatorWorld().relay, NETWORK.profile(), PrivateKeys(bytes(32), bytes(32)), now=NOW
        )


async def test_operators_may_name_another_directory_operator() -> None:
    world = OperatorWorld()
    successor = PrivateKeys(b"s" * 32, b"t" * 32)
    world.relay.log.network = NETWORK.rotated().renewed(directory_key=successor.public)
    with pytest.raises(MisuseError, match="root of trust"):
        await world.line()
    line = await operator_line(world.relay, NETWORK.profile(), successor, now=NOW)
    assert line.trust.version == 3


async def test_who_is_replaced_is_the_operator_until_then_and_the_successor_from_then_on() -> None:
    """As the log judges what they sign, or nothing could be published in between."""
    world, successor = OperatorWorld(), PrivateKeys(b"s" * 32, b"t" * 32)
    former = Former(operators=((NOW + DAY, NETWORK.directory_public),))
    world.relay.log.network = NETWORK.renewed(directory_key=successor.public, former=former)
    with pytest.raises(MisuseError, match="root of trust"):
        await operator_line(world.relay, NETWORK.profile(), successor, now=NOW)
    assert (await world.line()).trust.version == 2


async def test_a_root_of_trust_that_has_run_out() -> None:
    world = await published()
    world.now = NOW + 366 * DAY
    code, said = await refusal(world)
    assert (code, said) == (Code.EXPIRED, "root metadata 1 expired at 2027-09-21 14:13:20+00:00")


async def test_older_trust_than_the_profiles() -> None:
    world = await published()
    world.network = NETWORK.renewed()
    assert await refusal(world) == (Code.REPLAYED, "network trust 1 after 2")


async def test_a_log_that_no_witness_has_seen_for_a_day() -> None:
    world = await published()
    world.relay.log.cosigns = False
    world.now += DAY + 1
    code, said = await refusal(world)
    assert code is Code.EXPIRED
    assert "cosignatures are older" in said


async def test_entries_that_are_not_those_of_the_checkpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    world = await published()
    world.relay.log.entries[3], world.relay.log.entries[4] = world.relay.log.entries[4:2:-1]
    assert (await refusal(world))[0] is Code.HASH_MISMATCH

    async def nothing(first: int) -> LogPage:
        return LogPage(first, 100, ())

    monkeypatch.setattr(world.relay, "log_entries", nothing)
    assert (await refusal(world))[0] is Code.MALFORMED


async def test_trust_of_another_network(monkeypatch: pytest.MonkeyPatch) -> None:
    other = replace(NETWORK, origin="another.example", version=2)

    async def foreign(_version: int) -> TrustUpdate:
        return TrustUpdate((), other.trust)

    world = OperatorWorld()
    monkeypatch.setattr(world.relay, "trust", foreign)
    assert await refusal(world) == (Code.BAD_SIGNATURE, "targets was signed by 0/2 keys")
