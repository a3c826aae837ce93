"""How sources of revocation data, and what became of asking them, become rows, facts and JSON."""

from typing import TYPE_CHECKING

from rogatory_client.cli.answer import Facts, Table
from rogatory_client.cli.failure import ExitCode
from rogatory_client.cli.views import moment, short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rogatory_client.revocation import Source
    from rogatory_client.revocation.index import Held
    from rogatory_client.revocation.outcome import Outcome
    from rogatory_crypto.esign.report import CertificateSummary


def source_facts(source: "Source") -> Facts:
    """Return what is allowed for one issuer."""
    return Facts(
        [
            ("Issuer", brief(source.name)),
            ("SHA-256", source.identifier.hex()),
            ("Lists", ", ".join(source.crl)),
            ("Responders", ", ".join(source.ocsp)),
            ("Names", "may be private" if source.private else None),
        ]
    )


def source_table(sources: "Sequence[Source]", held: "Sequence[Held]") -> Table:
    """Return every source with the newest of what is held of it."""
    rows = [
        (
            brief(each.name),
            short(each.identifier.hex()),
            " ".join((*each.crl, *each.ocsp)),
            str(len(_of(each, held))),
            moment(max((one.this_update for one in _of(each, held)), default=None)),
        )
        for each in sources
    ]
    return Table(("Issuer", "SHA-256", "Addresses", "Held", "Newest"), rows, "No address is allowed.")


def late_lists(sources: "Sequence[Source]", held: "Sequence[Held]", now: int) -> tuple[str, ...]:
    """Return a warning for each list whose successor is due."""
    names = {each.identifier: brief(each.name) for each in sources}
    return tuple(
        f"the list of {names.get(each.place.issuer, 'a former issuer')} was to be replaced by "
        f"{moment(each.next_update)}: run `rogatory revocation fetch --all`"
        for each in held
        if each.place.kind == "crl" and _is_late(each, now)
    )


def fetched_table(outcomes: "Sequence[Outcome]") -> Table:
    """Return what became of each question."""
    rows = [
        (
            brief(each.about or each.source.name),
            each.address,
            each.result.value if each.held is None or each.held.status is None else _answered(each),
            "" if each.held is None else moment(each.held.this_update),
            "" if each.held is None else moment(each.held.next_update),
        )
        for each in outcomes
    ]
    return Table(("About", "Address", "Result", "As of", "Next update"), rows, "Nothing was asked.")


def late_outcomes(outcomes: "Sequence[Outcome]", now: int) -> tuple[str, ...]:
    """Return a warning for each list that was too old when it was fetched."""
    return tuple(
        f"{each.address}: the newest list was to be replaced by {moment(each.held.next_update)}"
        for each in outcomes
        if each.served and each.held is not None and each.kind == "crl" and _is_late(each.held, now)
    )


def stranger_hints(strangers: "Sequence[CertificateSummary]") -> tuple[str, ...]:
    """Return what an officer may do about certificates whose issuer is not allowed."""
    return tuple(
        f"nobody was asked about {brief(each.subject)}: "
        f"no address of its issuer {brief(each.issuer)} is allowed"
        + (f"; it names {' '.join(each.revocation_addresses)}" if each.revocation_addresses else "")
        + "; compare with the issuer's own publications, then see `rogatory revocation allow --help`"
        for each in strangers
    )


def exit_code(outcomes: "Sequence[Sequence[Outcome]]") -> int:
    """Return how a fetch ends: by the worst of what could not be had at all."""
    missing = [asked for asked in outcomes if not any(each.served for each in asked)]
    if any(each.result == "refused" for asked in missing for each in asked):
        return ExitCode.DATA
    return ExitCode.TRY_AGAIN if missing else ExitCode.OK


def source_as_dict(source: "Source", held: "Sequence[Held]" = ()) -> dict[str, object]:
    """Return a source for programs."""
    return {
        "issuer": source.name,
        "issuer_sha256": source.identifier.hex(),
        "crl": list(source.crl),
        "ocsp": list(source.ocsp),
        "private": source.private,
        "held": [_held_as_dict(each) for each in _of(source, held)],
    }


def outcome_as_dict(outcome: "Outcome") -> dict[str, object]:
    """Return what became of a question, for programs."""
    return {
        "kind": outcome.kind.value,
        "issuer": outcome.source.name,
        "issuer_sha256": outcome.source.identifier.hex(),
        "address": outcome.address,
        "about": outcome.about,
        "result": outcome.result.value,
        "detail": outcome.detail,
        "held": None if outcome.held is None else _held_as_dict(outcome.held),
    }


def brief(name: str) -> str:
    """Return who a readable name names; the library behind it is loaded only now."""
    from rogatory_crypto.esign.brief_name import brief_of

    return brief_of(name)


def _answered(outcome: "Outcome") -> str:
    status = outcome.held.status if outcome.held is not None and outcome.served else None
    return outcome.result.value if status is None else f"{outcome.result.value}: {status.value}"


def _of(source: "Source", held: "Sequence[Held]") -> "list[Held]":
    return [each for each in held if each.place.issuer == source.identifier]


def _is_late(held: "Held", now: int) -> bool:
    return held.next_update is not None and held.next_update < now


def _held_as_dict(held: "Held") -> dict[str, object]:
    return {
        "kind": held.place.kind.value,
        "about": held.place.about,
        "sha256": held.sha256.hex(),
        "this_update": held.this_update,
        "next_update": held.next_update,
        "status": None if held.status is None else held.status.value,
        "fetched_at": held.fetched_at,
    }
