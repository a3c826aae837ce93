"""The register: one row a request, from the digests of cases; filters that are kept; figures for the head."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from rogatory_client.casework.forms.catalogue import type_ids
from rogatory_client.office.cases.digest import Digest
from rogatory_client.office.cases.digesting import digests
from rogatory_client.office.cases.record import CASES
from rogatory_client.office.company.hidden import hidden_rooms
from rogatory_client.office.desk import Desk
from rogatory_client.office.mailbox import assigning
from rogatory_client.office.register import export as register_export
from rogatory_client.office.register import saved_views as register_views
from rogatory_client.office.register import statistics as register_statistics
from rogatory_client.office.register.rows import (
    OnClocks,
    Registered,
    mentions,
    ordered,
    registered,
    require_filter,
)
from rogatory_client.office.register.view import (
    RegisterFilter,
    RegisterPage,
    RegisterRow,
    SavedView,
    StatisticsView,
)
from rogatory_client.vault.rooms import load_references
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.wire.identifier import EntryId, GroupId

_DAY_S: Final = 86_400
MAX_PAGE: Final = 1000


class Register:
    """Part of an open office; see ``Office.register``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def page(self, wanted: RegisterFilter, *, limit: int = 50, page: int = 1) -> RegisterPage:
        """Return a page of the register.

        Args:
            wanted: which rows in which order.
            limit: rows a page, at most 1,000.
            page: from 1.

        Raises:
            MisuseError: there is no such page, state, type, office, order or direction.
        """
        if not 1 <= limit <= MAX_PAGE or page < 1:
            raise MisuseError(f"a page has 1 to {MAX_PAGE} rows, and pages are numbered from 1")
        found = self.registered(wanted)
        shown = found[(page - 1) * limit : page * limit]
        pages = max(1, -(-len(found) // limit))
        if page > pages:
            raise MisuseError(f"there is no page {page}: the last one is {pages}")
        return RegisterPage(tuple(self._rows(shown)), len(found), page, pages)

    def export(self, path: Path, wanted: RegisterFilter, *, with_subjects: bool = False) -> int:
        """Write all rows to a file that ends in ``.csv`` or ``.xlsx``; return how many.

        Raises:
            MisuseError: the name ends otherwise, or the file is there already.
            OSError: it cannot be written; nothing is left behind.
        """
        rows = tuple(self._rows(self.registered(wanted), with_subjects=with_subjects))
        register_export.write(path, rows, with_subjects=with_subjects)
        return len(rows)

    def statistics(
        self, wanted: RegisterFilter, *, by: str = "state", csv: Path | None = None
    ) -> StatisticsView:
        """Count requests and how long they take, by ``state`` of the other side or ``type``.

        Args:
            wanted: which are counted.
            by: what each row is about.
            csv: a new file for the figures.

        Raises:
            MisuseError: they cannot be counted so, or the file is there already.
        """
        now = self._desk.surroundings.now()
        found = register_statistics.statistics(self.registered(wanted), self._names, by, now)
        if csv is not None:
            register_export.write_statistics(csv, found)
        return found

    def save_view(self, name: str, filters: RegisterFilter) -> SavedView:
        """Keep filters under a name, on this device; those of the name before are replaced.

        Raises:
            MisuseError: the name is empty or over-long, or a filter is none.
        """
        self._require(filters)
        return register_views.save(self._desk, name, filters)

    def views(self) -> tuple[SavedView, ...]:
        """Return the kept filters by name."""
        return register_views.load(self._desk)

    def view(self, name: str) -> RegisterFilter:
        """Return the filters of a name.

        Raises:
            MisuseError: there is none.
        """
        return register_views.named(self._desk, name)

    def remove_view(self, name: str) -> None:
        """Forget the filters of a name; errors as ``view``."""
        register_views.remove(self._desk, name)

    def registered(self, wanted: RegisterFilter) -> list[Registered]:
        """Return the cases that a filter lets through, in its order; errors as ``page``."""
        desk, now, own = self._desk, self._desk.surroundings.now(), self._desk.oneself.entry_id
        self._require(wanted)
        known = self._digests()
        with desk.vault.reading() as connection:
            references = load_references(connection)
        everything = (
            registered(desk, desk.rooms[case], digest, references.get(case, {}), own)
            for case, digest in known.items()
        )
        found = [each for each in everything if self._lets_through(wanted, each, now)]
        if wanted.caseworker is not None:
            found = self._of_caseworker(found, wanted.caseworker)
        return ordered(found, wanted.sort)

    def _digests(self) -> Mapping[GroupId, Digest]:
        desk, hidden = self._desk, hidden_rooms(self._desk)
        rooms = [room for room in desk.rooms.values() if room.kind in CASES and room.group_id not in hidden]
        return digests(desk, rooms)

    def _require(self, wanted: RegisterFilter) -> None:
        """Refuse a filter that lets nothing through because it is misspelt.

        Raises:
            MisuseError: names the word, and where to look.
        """
        require_filter(wanted)
        beyond = set(wanted.types) - set(type_ids())
        # Another version may know other types: one that a case here has is looked for.
        unknown = sorted(beyond - {each.request_type for each in self._digests().values()} if beyond else ())
        if unknown:
            raise MisuseError(f"there is no type {unknown[0]!r}: see `rogatory request types`")
        named = wanted.with_state
        if named is not None and not self._is_one_of(self._desk.listing.records, named.casefold()):
            raise MisuseError(f"no State or office is {named!r}: see `rogatory offices`")

    def _lets_through(self, wanted: RegisterFilter, each: Registered, now: int) -> bool:
        digest = each.digest
        return (
            (wanted.consultations or each.room.kind is CaseKind.REQUEST)
            and (wanted.direction is None or wanted.direction == each.direction)
            and (not wanted.states or not set(wanted.states).isdisjoint(each.stand.states))
            and (not wanted.types or digest.request_type in wanted.types)
            and (not wanted.urgencies or digest.urgency in wanted.urgencies)
            and (not wanted.overdue or (each.due is not None and each.due.at < now))
            and (not wanted.conflicts or digest.in_conflict)
            and (wanted.since is None or (digest.submitted_ms or 0) >= wanted.since * 1000)
            and (not wanted.text or mentions(each, wanted.text.casefold()))
            and (wanted.with_state is None or self._is_one_of(each.others, wanted.with_state.casefold()))
        )

    def _is_one_of(self, offices: Iterable[EntryId], wanted: str) -> bool:
        return any(
            wanted == word or (len(wanted) > 3 and wanted in word)  # more than a code
            for office in offices
            for word in self._names_of(office)
        )

    def _names_of(self, office: EntryId) -> tuple[str, ...]:
        record = self._desk.listing.records.get(office)
        state = None if record is None else record.state
        names = () if state is None else (state.name, state.iso2, state.iso3)
        return tuple(name.casefold() for name in (office, *names) if name)

    def _names(self, offices: Sequence[EntryId]) -> tuple[str, ...]:
        records = (self._desk.listing.records.get(office) for office in offices)
        found = {record.state.name for record in records if record is not None and record.state is not None}
        return tuple(sorted(found))

    def _of_caseworker(self, found: Sequence[Registered], officer: str) -> list[Registered]:
        works_on = assigning.assignments(self._desk)
        wanted = officer.strip().casefold()

        def is_his(each: Registered) -> bool:
            named = works_on.get(each.room.group_id)
            officers = () if named is None else named.officers
            return not officers if not wanted else any(wanted in name.casefold() for name in officers)

        return [each for each in found if is_his(each)]

    def _rows(self, found: Sequence[Registered], *, with_subjects: bool = False) -> Iterator[RegisterRow]:
        desk, now = self._desk, self._desk.surroundings.now()
        own, calendars = desk.oneself.entry_id, OnClocks(desk)
        works_on = assigning.assignments(desk, [each.room.group_id for each in found])
        for each in found:
            digest, group_id = each.digest, each.room.group_id
            work = works_on.get(group_id)
            submitted = None if digest.submitted_ms is None else digest.submitted_ms // 1000
            yield RegisterRow(
                room_id=group_id.hex(),
                kind=CaseKind.CONSULTATION.value if each.room.kind is None else each.room.kind.value,
                direction=each.direction,
                others=each.others,
                with_states=self._names(each.others),
                own_reference=each.references.get(own),
                their_reference=", ".join(
                    text for office, text in sorted(each.references.items()) if office != own
                )
                or None,
                subject=each.room.subject if with_subjects else None,
                request_type=digest.request_type,
                urgency=digest.urgency,
                state=each.stand.state,
                lines={office: state or "" for office, state in each.stand.lines},
                in_conflict=digest.in_conflict,
                submitted_at=submitted,
                age_days=None if submitted is None else max(0, now - submitted) // _DAY_S,
                next=None if each.due is None else calendars.next_view(each, each.due, now),
                caseworkers=() if work is None else work.officers,
            )
