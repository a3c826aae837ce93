"""Back-off grows, is bounded, and is spread over its whole range (full jitter)."""

from rogatory_client.transport.backoff import FIRST_S, LONGEST_S, delay_s


def test_the_longest_wait_doubles_and_is_bounded() -> None:
    # Q06
    longest = [delay_s(attempt, lambda size: b"\xff" * size) for attempt in range(1, 40)]
    assert longest[:3] == [FIRST_S, 2 * FIRST_S, 4 * FIRST_S]
    assert max(longest) == LONGEST_S


def test_the_jitter_reaches_down_to_nothing() -> None:
    # Q06
    assert delay_s(10, bytes) == 0.0
