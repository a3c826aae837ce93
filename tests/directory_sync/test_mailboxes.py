"""Rules R7 and R16: mailboxes and their look-alikes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rogatory_directory_sync.mailboxes import (
    Mailbox,
    MailboxProblem,
    RefusedMailbox,
    is_lookalike,
    place_of_code,
    read_mailboxes,
)

KNOWN = {"attorney-general.gov.gh.example"}


@pytest.mark.parametrize(
    ("cell", "addresses"),
    [
        (" mailto:CENTRALAUTHORITY@JUSTICE.GOV.SN.EXAMPLE ", ["centralauthority@justice.gov.sn.example"]),
        ("centralauthority (at) prosecutor.gov.kz.example", ["centralauthority@prosecutor.gov.kz.example"]),
        ("office[AT]justice[dot]gov.kz.example", ["office@justice.gov.kz.example"]),
        ("a@b.example; c@d.example;a@b.example", ["a@b.example", "c@d.example"]),
        ("<a@b.example>", ["a@b.example"]),
        ("", []),
    ],
)
def test_mailboxes_are_read(cell: str, addresses: list[str]) -> None:  # A06-45 to A06-47
    assert read_mailboxes(cell) == tuple(Mailbox(address) for address in addresses)


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("pole@justice", "email_invalid"),
        ("no mailbox", "email_invalid"),
        ("a@@b.example", "email_invalid"),
        ("a@b..example", "email_invalid"),
        ("centralauthority@\u202elpmaxe.am.vog", "email_control_character"),
        ("central\u200bauthority@x.example", "email_control_character"),
        ("centralauth\u043erity@prosecutor.gov.am.example", "email_homoglyph"),
        ("office@gov.\u0430m.example", "email_homoglyph"),
        ("ch\u00e2teau@justice.example", "email_non_ascii"),
    ],
)
def test_unusable_mailboxes_are_refused(cell: str, problem: str) -> None:  # A06-48, A06-50, A09-25
    (box,) = read_mailboxes(cell)
    assert not isinstance(box, Mailbox)
    assert box.problem == problem
    assert read_mailboxes(f"{cell}; a@b.example") == (box, Mailbox("a@b.example"))


@pytest.mark.parametrize(
    "domain",
    [
        "attorney-general-gov.gh.example",
        "attorney.general.gov.gh.example",
        "attorney-genera1.gov.gh.example",
        "attomey-general.gov.gh.example",
        "attorney-generel.gov.gh.example",
        "attorney-genreal.gov.gh.example",
        "attorney-general.gov.gh.example.evil.example",
        "attorneygeneral.gov.gh.example",
    ],
)
def test_lookalike_domains_are_seen(domain: str) -> None:  # A09-24
    assert is_lookalike(domain, KNOWN)


@pytest.mark.parametrize(
    "domain", ["attorney-general.gov.gh.example", "justice.gov.gh.example", "courts.example"]
)
def test_other_domains_are_only_new(domain: str) -> None:  # A09-22, A09-23
    assert not is_lookalike(domain, KNOWN)
    assert not is_lookalike("justice-intl.gov.ne.example", {"justice.gov.ne.example"})


def test_a_domain_names_its_state() -> None:  # A06-49
    assert place_of_code("justice.gov.bj.example", ["BJ", ""]) == 2
    assert place_of_code("justice.gov.bj.example", ["TG", "J"]) == -1


def test_the_right_most_code_names_the_state() -> None:  # R7: ``it`` is a department here, not Italy
    domain = "it.justice.gov.sn.example"
    assert place_of_code(domain, ["SN"]) > place_of_code(domain, ["IT"]) >= 0


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("office@xn--justie-4of.gov.bj.example", MailboxProblem.HOMOGLYPH),
        ("office@xn--justic-fsa.gov.bj.example", MailboxProblem.NON_ASCII),
        ("office@127.0.0.1", MailboxProblem.INVALID),
    ],
)
def test_letters_hidden_behind_an_encoding_are_seen(cell: str, problem: MailboxProblem) -> None:  # R7, R16
    assert read_mailboxes(cell) == (RefusedMailbox(cell, problem),)


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_cell_is_read(cell: str) -> None:
    for box in read_mailboxes(cell):
        assert not isinstance(box, Mailbox) or read_mailboxes(box.address) == (box,)
