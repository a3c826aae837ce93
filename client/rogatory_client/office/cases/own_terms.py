"""How long things may take, by the rules and as the office has set it; all that is due is counted by it."""

from rogatory_client.casework.deadlines.rules import deadline_rules, is_configurable, require_term
from rogatory_client.office.cases.view import TermView
from rogatory_client.office.desk import Desk
from rogatory_client.vault.deadline_terms import load_deadline_terms, save_deadline_term


def own_terms(desk: Desk) -> dict[str, str]:
    """Return the terms that the office has set, by what is due; a rule that is no more is passed over."""
    with desk.vault.reading() as connection:
        kept = load_deadline_terms(connection)
    return {what: term for what, term in kept.items() if is_configurable(what)}


def set_own_term(desk: Desk, what: str, term: str | None) -> None:
    """Set how long something may take, or let the rule count again.

    Raises:
        MisuseError: nothing is due under that name, a convention fixes it, or the term is none.
    """
    require_term(what, term)
    with desk.vault.writing(erasing=False) as connection:
        save_deadline_term(connection, what, term)


def term_views(desk: Desk) -> tuple[TermView, ...]:
    """Return every term, in the order of the table."""
    own = own_terms(desk)
    return tuple(
        TermView(
            what=rule.what,
            types=tuple(sorted(rule.types)),
            acts=rule.acts.value,
            legal=rule.legal.value,
            basis=rule.basis,
            terms={urgency.value: f"{term.count} {term.unit}" for urgency, term in rule.terms.items()},
            own=own.get(rule.what),
        )
        for rule in deadline_rules()
    )
