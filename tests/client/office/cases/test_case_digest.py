"""A digest is read as it was written, and a thing that is due is what it was."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from rogatory_client.casework.deadlines.due import Due
from rogatory_client.casework.deadlines.rules import Legal
from rogatory_client.office.cases.digest import Failing, NextDue, Stand, read_digests, write_digest

INSTANTS = st.integers(0, 1 << 40)
WORDS = st.sampled_from(("", "hearing", '"\\', "\u0441\u043b\u043e\u0432\u043e"))
DUES = st.builds(
    NextDue,
    what=WORDS,
    at=INSTANTS,
    acts=WORDS,
    acted_at=st.none() | INSTANTS,
    legal=st.sampled_from([each.value for each in Legal]),
    basis=WORDS,
    reminders=st.lists(INSTANTS, max_size=2).map(tuple),
    set_by=st.none() | st.just("ab" * 32),
    begun=st.none() | INSTANTS,
)
LINES = st.lists(st.tuples(WORDS, st.none() | WORDS), max_size=2).map(tuple)
STANDS = st.builds(
    Stand, st.none() | WORDS, st.none() | INSTANTS, st.lists(DUES, max_size=2).map(tuple), LINES
)
FAILING = st.lists(st.builds(Failing, INSTANTS, STANDS), max_size=2).map(tuple)
SENT = '[null,"requesting",null,["sent",null,[],[]],[],null,false,null,null,null,null,null,null,null,0]'


@given(STANDS, FAILING, st.none() | WORDS)
def test_a_digest_is_read_as_it_was_written(
    stand: Stand, failing: tuple[Failing, ...], reference: str | None
) -> None:
    sent = read_digests([SENT])[0]
    found = replace(sent, stand=stand, failing=failing, reference=reference, in_conflict=True)
    assert read_digests([write_digest(found), SENT]) == [found, sent]


@given(st.lists(INSTANTS, unique=True, min_size=1, max_size=3).map(sorted), INSTANTS)
def test_the_stand_is_that_of_the_newest_failure_before_an_instant(instants: list[int], now: int) -> None:
    first, *stands = (Stand(state, None, ()) for state in ("sent", *map(str, instants)))
    failing = tuple(map(Failing, instants, stands))
    digest = replace(read_digests([SENT])[0], stand=first, failing=failing)
    past = [stand for at, stand in zip(instants, stands, strict=True) if now > at]
    assert digest.stand_at(now) == (past[-1] if past else first)


@given(DUES)
def test_what_is_due_is_computed_with_as_it_was(due: NextDue) -> None:
    found = due.as_due()
    assert isinstance(found, Due)
    assert (found.what, found.at, found.acts, found.legal.value) == (due.what, due.at, due.acts, due.legal)
    assert (found.basis, found.reminders, found.begun) == (due.basis, due.reminders, due.begun)
    assert (None if found.set_by is None else found.set_by.hex()) == due.set_by
