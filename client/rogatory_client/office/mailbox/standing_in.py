"""Who stands in for whom: set by the officer or the head, counted in days on the office's own calendar."""

from datetime import date

from rogatory_client.casework.mailbox.assigning import Deputies, Said, deputies_of
from rogatory_client.office.at_home import said_at_home, say_at_home
from rogatory_client.office.desk import Desk
from rogatory_client.office.drafts.showing import today
from rogatory_client.office.mailbox.view import DeputyView
from rogatory_client.office.officers import case_workers, officer_named
from rogatory_crypto.content.mimi import MESSAGE_ID_BYTES, MessageId
from rogatory_crypto.content.office_work import DeputySet
from rogatory_crypto.errors import MisuseError


def today_at_home(desk: Desk) -> str:
    """Return the day that it is at the own office."""
    return today(desk).isoformat()


def standing_in_today(desk: Desk) -> dict[str, tuple[str, ...]]:
    """Return who stands in today, by officer."""
    today = today_at_home(desk)
    found = ((officer, each.on(today)) for officer, each in _arranged(desk).items())
    return {officer: deputies for officer, deputies in found if deputies}


def set_deputy(desk: Desk, officer: str, deputy: str | None, first: str, last: str) -> DeputyView:
    """Say who stands in for an officer, from the first day to the last; None for nobody any more.

    Raises:
        MisuseError: no such officers or days, or this is not for this officer to say.
    """
    absent = officer_named(desk, officer)
    named = None if deputy is None else officer_named(desk, deputy)
    if named is not None and named not in case_workers(desk):
        raise MisuseError(f"{named} has no part in the work on cases: name another deputy")
    held = _arranged(desk).get(absent, Deputies())
    event = DeputySet(absent, named, _day(first), _day(last), held.heads)
    _require_counts(desk, event)
    say_at_home(desk, event)
    # It takes the place of every other one about this officer.
    return next(each for each in deputies(desk) if each.officer == absent and not each.refused)


def deputies(desk: Desk) -> tuple[DeputyView, ...]:
    """Return all arrangements that count, and those that do not with the reason, by officer."""
    views = []
    for _, arranged in sorted(_arranged(desk).items()):
        views += [_view(desk, each, "") for each in arranged.counting]
        views += [_view(desk, each.said, each.reason) for each in arranged.refused]
    return tuple(views)


def _arranged(desk: Desk) -> dict[str, Deputies]:
    by_officer: dict[str, list[Said[DeputySet]]] = {}
    for each in said_at_home(desk, DeputySet):
        by_officer.setdefault(each.event.officer, []).append(each)
    return {officer: deputies_of(said) for officer, said in by_officer.items()}


def _require_counts(desk: Desk, event: DeputySet) -> None:
    role = desk.registry.devices[desk.oneself.device_id].entry.role
    name = MessageId(bytes(MESSAGE_ID_BYTES))
    said = Said(name, desk.oneself.officer, role, desk.surroundings.now_ms(), event)
    for each in deputies_of((said,)).refused:
        raise MisuseError(f"this would not count: {each.reason}")


def _view(desk: Desk, said: Said[DeputySet], refused: str) -> DeputyView:
    event = said.event
    counts = not refused and event.first <= today_at_home(desk) <= event.last
    return DeputyView(
        *(event.officer, event.deputy, event.first, event.last, said.officer, said.at_ms, counts, refused)
    )


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise MisuseError(f"{text!r} is no day: give it as YYYY-MM-DD") from error
