"""A clock that jumps ahead dates no entry, as the log's time never goes back; nobody has to mend it."""

from collections.abc import Callable

import pytest
from tests.crypto.identity.enrolled_office import DAY, NOW
from tests.server.log.logged_network import LoggedNetwork, enrolment, proposed, shown, until
from tests.server.log.small_witness import witnesses_at_work

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.log.entry import LogEntry
from rogatory_crypto.wire.log_request import ProposedEntry
from rogatory_server.log.entry_clock import EntryClock
from rogatory_server.log.transparency_log import TransparencyLog
from rogatory_server.store import Store

MINUTE = 60


async def require_refused(log: TransparencyLog, *entries: ProposedEntry) -> None:
    size = log.size
    with pytest.raises(PeerError, match="beyond what the log's witnesses vouch for") as caught:
        await log.appender.append(entries)
    assert (caught.value.code, log.size) == (Code.UNAVAILABLE, size)


async def times(log: TransparencyLog) -> list[int]:
    return [LogEntry.decode(data).appended_at for data in (await log.page(0)).entries]


@pytest.mark.parametrize("witness_count", [0, 1])
async def test_a_jump_of_the_clock_poisons_nothing_and_heals_by_itself(
    store: Store, witness_count: int
) -> None:
    world = LoggedNetwork(witness_count=witness_count)
    async with witnesses_at_work(*world.witnesses), world.running(store) as log:
        await log.append(enrolment(world.office))
        second = proposed(world.office.device("second"))
        world.clock_ahead_s = 400 * DAY
        await require_refused(log, second)
        world.clock_ahead_s = 0
        await log.append([second])
        await shown(log, 4)
        assert await times(log) == [NOW] * 4


async def test_a_relay_that_starts_with_a_wrong_clock_dates_nothing_by_it(store: Store) -> None:
    world = LoggedNetwork(witness_count=1)
    entries = enrolment(world.office)
    for done in (False, True):
        world.clock_ahead_s = 400 * DAY
        async with witnesses_at_work(*world.witnesses), world.running(store) as log:
            await require_refused(log, *entries)
            world.clock_ahead_s = 0
            await log.append([proposed(world.office.device("second"))] if done else entries)
            assert set(await times(log)) <= {NOW}


async def test_a_relay_that_was_off_for_days_goes_on_when_its_witnesses_have_cosigned(store: Store) -> None:
    world = LoggedNetwork(witness_count=1)
    async with witnesses_at_work(*world.witnesses), world.running(store) as log:
        await log.append(enrolment(world.office))
        await shown(log, 3)
    world.now += 30 * DAY
    async with witnesses_at_work(*world.witnesses), world.running(store) as log:
        assert await log.append([proposed(world.office.device("second"))]) == 3
        await shown(log, 4)
        assert (await times(log))[-1] == world.now


async def test_a_restart_within_a_day_needs_no_witness(store: Store) -> None:
    """A revocation counts at the relay at once, whoever is silent."""
    world = LoggedNetwork(witness_count=1)
    async with witnesses_at_work(*world.witnesses), world.running(store) as log:
        await log.append(enrolment(world.office))
        await shown(log, 3)
    world.now += DAY - MINUTE
    async with world.running(store) as log:
        assert await log.append([proposed(world.office.device("second"))]) == 3


async def test_a_computer_that_slept_asks_its_witnesses_again(store: Store) -> None:
    """Where the timer stands still with the computer, the time of the next cosignature is the right one."""
    world = LoggedNetwork(witness_count=1)
    witness = world.witnesses[0]
    async with witnesses_at_work(witness), world.running(store) as log:
        await log.append(enrolment(world.office))
        await shown(log, 3)
        asked = len(witness.requests)
        world.clock_ahead_s = witness.ahead_s = 5 * 3600
        await log.append([proposed(world.office.device("second"))])
        assert len(witness.requests) > asked
        await until(lambda: log.publisher.size == 4)
        assert (await times(log))[-1] == NOW + 5 * 3600


def clock_at(*times: int) -> tuple[EntryClock, Callable[[int, int], None]]:
    """A clock and what sets it: the time it shows, and the time that has gone by."""
    state = list(times)

    def put(shown: int, gone_by: int) -> None:
        state[:] = [shown, gone_by]

    return EntryClock(lambda: state[0], lambda: state[1]), put


def test_what_witnesses_vouch_for_grows_with_the_timer_and_with_nothing_else() -> None:
    clock, put = clock_at(NOW, 0)
    clock.begin(NOW, has_quorum=True)
    clock.vouch(NOW - 5 * MINUTE)
    clock.vouch(NOW - 6 * MINUTE)  # an older one says nothing new
    put(NOW + 9 * DAY, 9 * DAY)
    assert clock.read() == NOW + 9 * DAY
    put(NOW + 9 * DAY + 15 * MINUTE, 9 * DAY)
    assert clock.read() == NOW + 9 * DAY + 15 * MINUTE
    put(NOW + 9 * DAY + 16 * MINUTE, 9 * DAY)
    with pytest.raises(PeerError):
        clock.read()
    put(NOW - DAY, 9 * DAY)  # behind: the log's own time counts
    assert clock.read() == NOW - DAY


def test_witnesses_of_another_time_vouch_for_nothing() -> None:
    clock, put = clock_at(NOW + 40 * DAY, 0)
    clock.begin(NOW, has_quorum=True)
    clock.vouch(NOW)
    with pytest.raises(PeerError):
        clock.read()
    put(NOW, 0)
    assert clock.read() == NOW


def test_without_a_quorum_a_clock_that_starts_behind_its_log_is_no_measure() -> None:
    """It will be set, and by how much nobody can say."""
    clock, put = clock_at(0, 0)
    clock.begin(NOW, has_quorum=False)
    put(NOW + DAY, 10)
    assert clock.read() == NOW + DAY
