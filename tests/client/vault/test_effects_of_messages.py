"""What is written together leaves the same in the vault as what is written one after the other."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.client.vault.test_archive import message
from tests.effort import examples

from rogatory_client.engine.delivery_effect import SaveAddressees
from rogatory_client.engine.effect import (
    ArchivedMessage,
    Effect,
    Evidence,
    ForgetPayload,
    MarkOpened,
    MarkRelayed,
    Note,
    RememberPayload,
    SaveEvidence,
    SaveMessage,
)
from rogatory_client.engine.outgoing_effect import DropParcel, Enqueue, Parcel, SaveSealed
from rogatory_client.vault import Cost, Vault, archive, create_vault, effects
from rogatory_client.vault.effects_of_messages import WRITING, together
from rogatory_crypto.content.mimi import MessageId, MimiContent
from rogatory_crypto.content.nested_part import ExternalPart
from rogatory_crypto.wire.identifier import DeviceId, EntryId, GroupId, SubmissionId

WRITTEN = ("messages", "word_places", "evidence", "outbox", "own_payloads", "notes", "addressees")
HERE, GROUP = DeviceId(bytes(16)), GroupId(bytes(16))
NAMED = {number: message(number, f"Text {number}") for number in range(1, 5)}
NUMBERS = st.sampled_from(sorted(NAMED))


def evidence_on(number: int, event: str) -> SaveEvidence:
    name = NAMED[number].message_id
    return SaveEvidence(Evidence(name, GROUP, event, EntryId("CNA-GH-01"), "", HERE, number, None, None))


def relayed(number: int) -> MarkRelayed:
    return MarkRelayed(NAMED[number].message_id, number, 70 + number, b"mark", SubmissionId(bytes(16)), b"")


def parcel(number: int, place: int = 0) -> Parcel:
    return Parcel(place, GROUP, NAMED[number].message_id, b"content", SubmissionId(bytes(16)), 1, b"sealed")


# A parcel is named only once it was given a number, and a message once it was saved, be it just before.
BEFORE: list[Effect] = [Enqueue(parcel(1)), Enqueue(parcel(2))]
FIRST: list[Effect] = [SaveMessage(NAMED[1]), SaveMessage(NAMED[2])]
ANY = st.one_of(
    NUMBERS.map(lambda number: SaveMessage(NAMED[number])),
    st.builds(evidence_on, NUMBERS, st.sampled_from(["delivered", "read"])),
    st.sampled_from([1, 2]).map(relayed),
    st.sampled_from([1, 2]).map(lambda number: SaveAddressees(NAMED[number].message_id, (HERE,))),
    NUMBERS.map(lambda number: RememberPayload(GROUP, bytes([number]) * 32)),
    st.sampled_from([1, 2]).map(lambda number: MarkOpened(NAMED[number].message_id, 9)),
    NUMBERS.map(lambda number: Note(GROUP, number, 1, "code", "detail")),
    st.sampled_from([1, 2]).map(lambda number: SaveSealed(parcel(number, number))),
)
SOME: st.SearchStrategy[list[Effect]] = st.lists(ANY, max_size=12)


def opened(folder: Path) -> Vault:
    return create_vault(folder, b"x", cost=Cost(8, 1, 1), salt=bytes(16))


@pytest.fixture(scope="module")
def vaults(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Vault, Vault]]:
    both = opened(tmp_path_factory.mktemp("one")), opened(tmp_path_factory.mktemp("other"))
    yield both
    for vault in both:
        vault.close()


def emptied(vault: Vault) -> None:
    with vault.writing(erasing=False) as connection:
        for name in WRITTEN:
            connection.exec_driver_sql(f"DELETE FROM {name}")  # noqa: S608  # of constants


def all_of(vault: Vault) -> dict[str, list[object]]:
    with vault.reading() as connection:
        rows = {
            name: connection.exec_driver_sql(f"SELECT * FROM {name} ORDER BY 1, 2").all()  # noqa: S608  # known
            for name in WRITTEN
        }
        rows["words"] = connection.exec_driver_sql(
            "SELECT rowid FROM words WHERE words MATCH 'text' ORDER BY rowid"
        ).all()
    return {name: [tuple(row) for row in found] for name, found in rows.items()}


@settings(max_examples=examples(20))
@given(some=SOME)
def test_the_vault_is_the_same(vaults: tuple[Vault, Vault], some: list[Effect]) -> None:
    one, other = vaults
    for vault in vaults:
        emptied(vault)
        with vault.writing(erasing=False) as connection:
            effects.apply(connection, BEFORE)
    with one.writing(erasing=False) as connection:
        effects.apply(connection, [*FIRST, *some])
    with other.writing(erasing=False) as connection:
        for each in (*FIRST, *some):
            effects.apply(connection, [each])
    assert all_of(one) == all_of(other)


@given(some=SOME)
def test_nothing_is_left_out_and_all_else_keeps_its_place(some: list[Effect]) -> None:
    written = [each for same in together(some) for each in same]
    assert sorted(map(repr, written)) == sorted(map(repr, some))

    def others(wanted: Sequence[Effect]) -> list[tuple[Effect, int]]:
        return [(each, index) for index, each in enumerate(wanted) if type(each) not in WRITING]

    assert others(written) == others(some)
    for kind in WRITING:
        assert [each for each in written if type(each) is kind] == [
            each for each in some if type(each) is kind
        ]


def test_a_number_that_is_free_is_given_out_again(vaults: tuple[Vault, Vault]) -> None:
    for vault in vaults:
        emptied(vault)
        with vault.writing() as connection:
            effects.apply(connection, [Enqueue(parcel(1)), Enqueue(parcel(2))])
        with vault.writing() as connection:
            effects.apply(connection, [DropParcel(2), Enqueue(parcel(3)), ForgetPayload(bytes(32))])
        with vault.reading() as connection:
            rows = connection.exec_driver_sql("SELECT number, message_id FROM outbox ORDER BY number").all()
        assert [tuple(row) for row in rows] == [(1, NAMED[1].message_id), (2, NAMED[3].message_id)]


def with_attachment(number: int) -> ArchivedMessage:
    part = ExternalPart(
        6, "", "application/pdf", "rogatory:blob", 0, 5, 1, b"k" * 16, b"", b"", 1, b"h" * 32, "", "Annex.pdf"
    )
    return replace(message(number, "Enclosed."), content=MimiContent(bytes(16), part).encode())


@pytest.mark.parametrize("names", [None, "Annex.pdf"])
def test_names_of_attachments_are_found_whoever_knew_them(
    vaults: tuple[Vault, Vault], names: str | None
) -> None:
    vault = vaults[0]
    emptied(vault)
    with vault.writing() as connection:
        effects.apply(connection, [SaveMessage(with_attachment(7), names)])
    with vault.reading() as connection:
        (row,) = archive.timeline(connection, None, "annex")
    assert MessageId(row.message_id) == with_attachment(7).message_id
