"""What a step asks the vault to write about cases that go on from others."""

from dataclasses import dataclass

from rogatory_crypto.wire.identifier import EntryId, GroupId


@dataclass(frozen=True, slots=True)
class SaveLink:
    """An office has said that a case goes on from an earlier one; whether that counts its timeline tells."""

    group_id: GroupId
    earlier: GroupId
    office: EntryId
