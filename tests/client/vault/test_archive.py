"""The search takes words, never a query language."""

from pathlib import Path

import pytest

from rogatory_client.engine.effect import ArchivedMessage, SaveMessage
from rogatory_client.vault import Cost, archive, create_vault, effects
from rogatory_crypto.content.mimi import MessageId, MimiContent
from rogatory_crypto.content.nested_part import NullPart
from rogatory_crypto.wire.identifier import DeviceId, EntryId, GroupId


def message(number: int, text: str) -> ArchivedMessage:
    return ArchivedMessage(
        message_id=MessageId(bytes([number]) * 32),
        group_id=GroupId(bytes(16)),
        sender=b"sender",
        entry_id=EntryId("CNA-SN-01"),
        officer="case officer",
        device_id=DeviceId(bytes(16)),
        sequence=number,
        at_ms=number,
        content=MimiContent(bytes(16), NullPart(0)).encode(),
        kind="text",
        subject=None,
        text=text,
        reference=f"SN/{number}",
        in_reply_to=None,
        formal=False,
        own=False,
    )


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("société", [1]),
        ("SOCIETE registre", [1]),
        ("registre NOT", []),
        ('"', []),
        ("words:registre", []),
        ("registre*", [1]),
        ("SN/2", [2]),
        ("' OR 1=1 --", []),
        (None, [1, 2]),
    ],
)
def test_every_word_is_only_a_word(tmp_path: Path, search: str | None, found: list[int]) -> None:
    vault = create_vault(tmp_path / "home", b"x", cost=Cost(32, 1, 1), salt=bytes(16))
    with vault.writing() as connection:
        twice = [message(1, "Le registre de la Société"), message(2, "Une autre affaire")] * 2
        effects.apply(connection, [SaveMessage(each) for each in twice])
    with vault.reading() as connection:
        rows = archive.timeline(connection, None, search)
    vault.close()
    assert [row.at_ms for row in rows] == found
