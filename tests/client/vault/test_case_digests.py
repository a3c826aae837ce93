"""A digest goes in the very transaction that changes its case, or one that goes on from it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, update
from tests.client.vault.test_archive import message

from rogatory_client.engine.company_effect import SaveCompany
from rogatory_client.engine.effect import Evidence, SaveMessage
from rogatory_client.engine.urgent_effect import SaveLink
from rogatory_client.vault import Cost, Vault, archive, case_digests, company, create_vault, urgent_work
from rogatory_client.vault.schema import evidence, messages
from rogatory_crypto.wire.identifier import EntryId, GroupId

EARLIER, LATER, OTHER = (GroupId(bytes([number]) * 16) for number in (1, 2, 3))
SAID, NEW = (replace(message(number, "said"), group_id=LATER) for number in (1, 2))
RECEIPT = Evidence(
    SAID.message_id, LATER, "ContentHandover", EntryId("CNA-GH-01"), "officer", SAID.device_id, 5, None, None
)
Change = Callable[[Connection], object]
RELAYED = {"sequence": 9, "at_ms": 99}
CONSIGNED = replace(RECEIPT, event="ContentConsignment")
WORD = SaveCompany(SAID.message_id, LATER, b"word")
CHANGES: dict[str, Change] = {
    "an event": lambda found: archive.save_messages(found, [SaveMessage(replace(NEW, kind="event"))]),
    "an opening": lambda found: archive.save_messages(found, [SaveMessage(replace(NEW, subject="Records"))]),
    "its place": lambda found: found.execute(update(messages).values(RELAYED)),
    "another receipt": lambda found: archive.save_evidence(found, [CONSIGNED]),
    "a receipt that changes": lambda found: found.execute(update(evidence).values(at=6)),
    "a receipt that goes": lambda found: found.execute(delete(evidence)),
    "a purge": lambda found: found.execute(delete(messages)),
    "a word on who is in it": lambda found: company.save_company(found, WORD),
}


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """Of a case that another one goes on from, and a third that has nothing to do with them."""
    made = create_vault(tmp_path / "home", b"x", cost=Cost(32, 1, 1), salt=bytes(16))
    with made.writing() as connection:
        urgent_work.save_link(connection, SaveLink(LATER, EARLIER, EntryId("CNA-SN-01")))
        archive.save_messages(connection, [SaveMessage(SAID)])
        archive.save_evidence(connection, [RECEIPT])
    return made


def left_after(vault: Vault, change: Change, *, waits: bool = False) -> set[GroupId]:
    every = (EARLIER, LATER, OTHER)
    rows = [
        case_digests.StoredDigest(each, waits=waits, devices=(), footing="", digest="{}") for each in every
    ]
    with vault.writing() as connection:
        case_digests.save_digests(connection, rows)
        change(connection)
        left = set(case_digests.load_digests(connection))
    vault.close()
    return left


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_of_a_case_drops_its_digest_and_that_of_the_one_it_goes_on_from(
    vault: Vault, change: Change
) -> None:
    assert left_after(vault, change) == {OTHER}


def test_a_text_leaves_a_digest(vault: Vault) -> None:
    assert left_after(vault, lambda found: archive.save_messages(found, [SaveMessage(NEW)])) == {
        EARLIER,
        LATER,
        OTHER,
    }


def test_a_text_drops_what_waits_for_a_message(vault: Vault) -> None:
    assert left_after(vault, lambda found: archive.save_messages(found, [SaveMessage(NEW)]), waits=True) == {
        OTHER
    }


def test_a_new_link_drops_both(vault: Vault) -> None:
    link = SaveLink(OTHER, EARLIER, EntryId("CNA-SN-01"))
    assert left_after(vault, lambda found: urgent_work.save_link(found, link)) == {LATER}
