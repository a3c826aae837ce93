from dataclasses import replace

import pytest
from tests.client.validation_report.examples import ANCHOR, NUMBER, PASSED, STAMP, UNCHECKED, WHOLE

from rogatory_client.validation_report.outline import MAX_LINE, Outline, outline
from rogatory_crypto.esign.personal_number import masked
from rogatory_crypto.esign.report import Block, Coverage, Scope
from rogatory_crypto.esign.verdict import Indication, SubIndication
from rogatory_crypto.esign.wording import LANGUAGES, wording


def everything(shown: Outline) -> str:
    rows = [*shown.rows, *(row for each in shown.sections for row in (*each.rows, *each.details))]
    said = [shown.sentence, *(each.sentence for each in shown.sections)]
    return "\n".join([*said, *(f"{row.label}: {' | '.join(row.lines)}" for row in rows), *shown.notes])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_shows_the_same_facts(language: str) -> None:
    shown = outline(WHOLE, "letter.pdf", wording(language), numbers_hidden=False)
    english = outline(WHOLE, "letter.pdf", wording("en"), numbers_hidden=False)
    assert len(shown.rows) == len(english.rows)
    assert [len(each.rows) for each in shown.sections] == [len(each.rows) for each in english.sections]
    for fact in (NUMBER, "CN=Issuer", "PAdES-BASELINE-LTA", "33" * 32, "Unknown root"):
        assert (fact in everything(shown)) is (fact in everything(english))
    assert wording(language).country("ML") in everything(shown)


def test_times_that_differ_in_worth_stand_apart() -> None:
    # EN 319 102-1 clause 5.5: claimed, proven and checked-for are three times.
    text = everything(outline(WHOLE, "letter.pdf", wording("en"), numbers_hidden=False))
    for line in (
        "Checked for: 2026-09-21 14:13:20 UTC",
        "Proven to exist since: 2026-09-21 14:11:50 UTC",
        "Time claimed by the signer: 2026-09-21 14:11:40 UTC",
        "Proven to exist since: not proven",
    ):
        assert line in text


def test_hidden_numbers_are_hidden_and_said_to_be() -> None:
    text = everything(outline(masked(WHOLE), "letter.pdf", wording("en"), numbers_hidden=True))
    assert NUMBER not in text
    assert wording("en").labels["hidden_numbers"] in text


def test_what_a_document_says_at_length_is_cut_and_seen_to_be() -> None:
    endless = replace(WHOLE, warnings=("\x1b[2J" + "A" * 1_000_000,), reason="B" * 1_000_000)
    text = everything(outline(endless, "letter.pdf", wording("en"), numbers_hidden=False))
    assert len(text) < 100_000
    assert "\x1b" not in text
    assert f"{'A' * (MAX_LINE - 4)} …" in text


def test_warnings_are_told_in_the_language_of_the_report() -> None:
    warned = replace(WHOLE, warnings=("5 form fields can still be filled in after signing", "something new"))
    text = everything(outline(warned, "letter.pdf", wording("fr"), numbers_hidden=False))
    assert "5 champs de formulaire peuvent encore être remplis après la signature | something new" in text


@pytest.mark.parametrize(
    ("territory", "told"), [("EL", "Greece (EL)"), ("EE_T", "Estonia (EE_T)"), ("EE", "Estonia")]
)
def test_the_state_of_a_list_is_named_whatever_the_list_calls_it(territory: str, told: str) -> None:
    # TS 119 612 clause 5.3.10: lists say EL and UK, and those for tests have a suffix.
    anchor = replace(ANCHOR, source=replace(ANCHOR.source, territory=territory))
    shown = replace(WHOLE, signatures=(replace(PASSED, trust_anchor=anchor),))
    text = everything(outline(shown, "letter.pdf", wording("en"), numbers_hidden=False))
    assert f"State that answers for it: {told}\n" in text


def test_where_it_is_unclear_what_is_covered_nothing_is_said_of_later_changes() -> None:
    (_, untrusted, *_) = outline(WHOLE, "letter.pdf", wording("en"), numbers_hidden=False).sections
    assert "Changed afterwards" not in [row.label for row in untrusted.rows]


def test_what_was_only_in_json_is_shown() -> None:
    text = everything(outline(WHOLE, "letter.pdf", wording("en"), numbers_hidden=False))
    for line in (
        "Result: 1 of 2 signatures valid",
        "Files covered: letter.txt | annex/1.txt",
        "Countersigns: Signature1",
        "Extend before: 2026-09-22 14:13:20 UTC",
        "issued 2026-09-21 · next by 2026-09-21",
        "OCSP answer · Head of office",
        "carried by the document",
        "given with the check or kept for it",
        "Proves its time until: 2026-09-22 14:13:20 UTC",
        "the issuer was not yet, or no longer, trusted when it issued the certificate",
    ):
        assert line in text, line


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_that_could_not_be_checked_says_so(language: str) -> None:
    shown = outline(UNCHECKED, "letter.txt", wording(language), numbers_hidden=True)
    assert shown.sections == ()
    assert wording(language).labels["no_signature"] in everything(shown)


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_signature_is_told_once(language: str) -> None:
    words = wording(language)
    alone = replace(WHOLE, signatures=(PASSED,), indication=PASSED.indication, timestamps=())
    shown = outline(alone, "letter.pdf", words, numbers_hidden=False)
    assert shown.sentence == words.sentences[PASSED.indication]
    assert shown.sections[0].sentence == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_broken_time_stamp_over_an_intact_signature_is_told_beside_it(language: str) -> None:
    # EN 319 102-1 clause 5.6.3: a time stamp that fails proves nothing, and takes nothing from the signature.
    words = wording(language)
    broken = replace(STAMP, kind="document", indication=Indication.TOTAL_FAILED)
    shown = outline(
        replace(WHOLE, signatures=(PASSED,), indication=PASSED.indication, timestamps=(broken,)),
        "letter.pdf", words, numbers_hidden=False,
    )  # fmt: skip
    assert shown.sentence == f"{words.sentences[PASSED.indication]} {words.labels['timestamp_failed']}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_time_stamps_are_not_told_as_signatures(language: str) -> None:
    words = wording(language)
    only = replace(WHOLE, signatures=(), counter_signatures=(), indication=STAMP.indication)
    assert (
        outline(only, "letter.pdf", words, numbers_hidden=False).sentence == words.labels["timestamp_passed"]
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_of_a_whole_file_is_said_in_the_language_of_the_report(language: str) -> None:
    shown = outline(UNCHECKED, "letter.txt", wording(language), numbers_hidden=False)
    assert shown.sentence == wording(language).sentences[SubIndication.SIGNED_DATA_NOT_FOUND]


def test_what_does_not_fit_its_signature_is_never_said_to_be_unchanged() -> None:
    # EN 319 102-1 clause 5.2.7: where content is absent or another, nothing is known of later changes.
    failed = tuple(
        replace(each, indication=Indication.TOTAL_FAILED)
        if each.block is Block.CRYPTOGRAPHIC_VERIFICATION
        else each
        for each in PASSED.blocks
    )
    whole = replace(PASSED, scope=Scope(Coverage.WHOLE_DOCUMENT))
    stamp = replace(STAMP, scope=whole.scope)
    broken = replace(stamp, indication=Indication.TOTAL_FAILED)
    for part, told in ((whole, True), (replace(whole, blocks=failed), False)):
        shown = outline(replace(WHOLE, signatures=(part,)), "a.pdf", wording("en"), numbers_hidden=False)
        assert ("Changed afterwards" in {row.label for row in shown.sections[0].rows}) is told
    for each, told in ((stamp, True), (broken, False)):
        shown = outline(replace(WHOLE, timestamps=(each,)), "a.pdf", wording("en"), numbers_hidden=False)
        assert ("Changed afterwards" in {row.label for row in shown.sections[-1].rows}) is told
