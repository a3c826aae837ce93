"""Progress of one connection in one group."""

from rogatory_server.cursor import Cursor


def cursor(*, sent: int = 0, target: int = 0) -> Cursor:
    return Cursor(1, sent, target, sent)


def test_a_piece_is_free_when_its_last_row_is_read() -> None:
    each = cursor()
    each.deliver(5, 5)
    each.deliver(9, 4)
    assert [each.advance(4), each.advance(5), each.advance(20)] == [0, 5, 4]


def test_reading_never_goes_back() -> None:
    each = cursor()
    each.deliver(5, 5)
    each.advance(5)
    each.advance(2)
    assert each.read == 5


def test_the_target_is_reached_when_everything_stored_was_sent_and_read() -> None:
    each = cursor(target=5)
    assert not each.has_reached_target
    each.deliver(5, 5)
    assert not each.has_reached_target
    each.advance(5)
    assert each.has_reached_target


def test_a_last_row_that_is_for_others_holds_nobody_back() -> None:
    each = cursor(target=6)
    each.deliver(5, 5)
    each.sent = 6
    each.advance(5)
    assert each.has_reached_target


def test_rows_that_came_later_do_not_delay_the_end_of_the_backlog() -> None:
    each = cursor(target=5)
    each.deliver(5, 5)
    each.deliver(8, 3)
    each.advance(5)
    assert each.has_reached_target
