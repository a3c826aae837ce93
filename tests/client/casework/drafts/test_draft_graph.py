"""One draft on several devices: merged alike everywhere, and what was answered at once is shown, not lost."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from rogatory_client.casework.drafts.draft import Saved
from rogatory_client.casework.drafts.graph import Revision, draft_now, graph_of


def revision(number: int, *upon: int, officer: str = "a") -> Revision:
    return Revision(number, bytes([number]), tuple(bytes([each]) for each in upon), officer=officer)


def test_answers_of_two_officers_to_two_fields_are_one_draft() -> None:
    graph = graph_of((revision(1), revision(2, 1), revision(3, 1)))
    saved = (Saved(1, "purpose", "x"), Saved(2, "purpose", "y"), Saved(3, "facts", "z"))
    now = draft_now(saved, graph)
    assert now.draft.answers == {"purpose": "y", "facts": "z"}
    assert now.at_once == ()


def test_two_answers_to_one_field_stand_side_by_side_until_one_decides() -> None:
    revisions = (revision(1), revision(2, 1, officer="b"), revision(3, 1, officer="c"))
    saved = (Saved(1, "purpose", "x"), Saved(2, "purpose", "y"), Saved(3, "purpose", None))
    now = draft_now(saved, graph_of(revisions))
    assert now.draft.answers == {"purpose": "y"}
    assert [(each.field, each.answers) for each in now.at_once] == [("purpose", (("b", "y"), ("c", None)))]
    decided = draft_now((*saved, Saved(4, "purpose", "z")), graph_of((*revisions, revision(4, 2, 3))))
    assert decided.draft.answers == {"purpose": "z"}
    assert decided.at_once == ()


def test_the_same_answer_twice_is_one() -> None:
    graph = graph_of((revision(1, officer="b"), revision(2, officer="c")))
    assert draft_now((Saved(1, "purpose", "x"), Saved(2, "purpose", "x")), graph).at_once == ()


def test_what_only_this_device_has_comes_before_what_it_tells_and_beside_what_others_tell() -> None:
    revisions = (Revision(1), Revision(2, after=(1,)), replace(revision(3), after=(1, 2)), revision(4))
    saved = (
        Saved(1, "purpose", "x"),
        Saved(2, "purpose", "y"),
        Saved(3, "facts", "z"),
        Saved(4, "facts", "w"),
    )
    now = draft_now(saved, graph_of(revisions))
    assert now.draft.answers == {"purpose": "y", "facts": "z"}
    assert [each.field for each in now.at_once] == ["facts"]


def test_an_earlier_revision_returns() -> None:
    graph = graph_of((revision(1), revision(2, 1)))
    saved = (Saved(1, "purpose", "x"), Saved(2, "purpose", None))
    assert draft_now(saved, graph, 1).draft.answers == {"purpose": "x"}
    assert draft_now(saved, graph).draft.answers == {}
    assert draft_now((), graph_of(())).draft.answers == {}


def test_a_draft_of_years_is_read() -> None:
    names = [str(number).encode() for number in range(5000)]
    revisions = [Revision(each, names[each], (names[each - 1],)) for each in range(1, 5000)]
    saved = [Saved(each.number, "purpose", str(each.number)) for each in revisions]
    now = draft_now(saved, graph_of(reversed(revisions)))
    assert now.draft.answers == {"purpose": "4999"}


@given(st.data())
def test_every_order_of_arrival_comes_to_the_same(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 8))
    made = {
        number: (
            data.draw(st.sets(st.integers(1, number - 1))) if number > 1 else set[int](),
            data.draw(st.dictionaries(st.sampled_from("xyz"), st.none() | st.sampled_from("ab"), min_size=1)),
        )
        for number in range(1, count + 1)
    }

    def arriving(order: list[int]) -> object:
        revisions, saved = [], []
        for local, number in enumerate(order, 1):
            upon, answers = made[number]
            revisions.append(replace(revision(number, *upon), number=local))
            saved += [Saved(local, name, answer) for name, answer in answers.items()]
        now = draft_now(saved, graph_of(revisions))
        return now.draft.answers, sorted(now.at_once, key=lambda each: each.field)

    assert arriving(data.draw(st.permutations(list(made)))) == arriving(list(made))
