"""How the state of a case is told: what counts, what does not and why, what is next."""

from dataclasses import replace

from rogatory_client.cli.answer import Facts, Line, Table
from rogatory_client.cli.cases.state_views import conflict_table, state_blocks
from rogatory_client.office import CaseStateView, ChangeView
from rogatory_client.office.cases.view import AnswerView, AttemptView, EnquiryView, StepView

CHANGE = ChangeView(
    message_id="3f9a01c27b44ffff",
    at_ms=1_795_000_000_000,
    office="CNA-GH-01",
    officer="case officer",
    side="requested",
    state="under_review",
    standing="valid",
    reason="",
    settles=False,
    details={},
)
FORGED = replace(CHANGE, state="withdrawn", standing="not valid", reason="only the requesting side may")
CASE = CaseStateView(
    room_id="aa" * 32,
    side="requested",
    requesting="CNA-SN-01",
    state="under_review",
    since_ms=1_795_000_000_000,
    references={"CNA-SN-01": "SN/1"},
    closed_by=(),
    next_steps=(StepView("refused", ("signatory",), ("ground", "reasons"), is_for_this_officer=False),),
    conflict=(),
    changes=(CHANGE, FORGED),
    enquiries=(),
    attempts=(),
)


def facts_of(case: CaseStateView) -> dict[str, str | None]:
    (facts,) = (block for block in state_blocks(case) if isinstance(block, Facts))
    return dict(facts.pairs)


def rows_of(case: CaseStateView) -> list[str]:
    tables = [block for block in state_blocks(case) if isinstance(block, Table)]
    return [" | ".join(row) for table in tables for row in table.rows]


def test_a_case_is_told_with_what_does_not_count_and_what_is_next() -> None:
    assert facts_of(CASE)["State"] == "under review"
    assert facts_of(CASE)["Reference of CNA-SN-01"] == "SN/1"
    valid, forged, step = rows_of(CASE)
    assert "CNA-GH-01, case officer | under review | valid" in valid
    assert "withdrawn | not valid: only the requesting side may" in forged
    assert step == "refused | signatory | ground, reasons | no"
    assert facts_of(replace(CASE, state=None))["State"] == "not begun"


def test_who_asks_several_is_told_for_whom_each_step_is_and_what_was_told_unasked() -> None:
    step = StepView("withdrawn", ("signatory",), ("reasons",), is_for_this_officer=True, line="CNA-NG-01")
    told = AnswerView("3f9a01c27b44", 1_795_000_000_000, "CNA-GH-01", "The bank was asked.", None)
    *_, note, last = rows_of(replace(CASE, next_steps=(step,), notes=(told,)))
    assert last == "withdrawn | signatory | reasons | yes | CNA-NG-01"
    assert "CNA-GH-01 | The bank was asked." in note


def test_a_conflict_names_both_and_asks_for_a_decision() -> None:
    executing = replace(CHANGE, state="in_execution", officer="duty officer")
    contested = replace(CASE, state=None, next_steps=(), conflict=(CHANGE, executing))
    assert facts_of(contested)["State"] == "in conflict: in execution or under review"
    assert any(isinstance(block, Line) and "case settle" in block.text for block in state_blocks(contested))
    (row,) = conflict_table([contested]).rows
    assert "under review (CNA-GH-01, case officer" in row[2]
    assert "in execution (CNA-GH-01, duty officer" in row[2]


def test_enquiries_are_told_with_their_answers_and_attempts_with_their_reasons() -> None:
    answer = AnswerView("ab" * 32, 0, "CNA-GH-01", "The bank was asked.", "2026-12-24")
    told = replace(
        CASE,
        closed_by=("requesting",),
        enquiries=(
            EnquiryView("cd" * 32, 0, "CNA-SN-01", "2026-12-31", (answer,)),
            EnquiryView("ef" * 32, 0, "CNA-SN-01", None, ()),
        ),
        attempts=(AttemptView("01" * 32, 0, "CNA-GH-01", "an officer", "it answers no enquiry"),),
    )
    rows = rows_of(told)
    assert any("2026-12-31 | The bank was asked. | 2026-12-24" in row for row in rows)
    assert any("not answered" in row for row in rows)
    assert any("it answers no enquiry" in row for row in rows)
    assert facts_of(told)["Files closed by"] == "the requesting side"
