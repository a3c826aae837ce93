"""What is written passes the check that its receivers will make."""

import pytest
from tests.client.engine.case_room import GROUP, A, Offices

from rogatory_client.engine.writing import MAX_TEXT_BYTES, text_part, write
from rogatory_crypto.content.nested_part import MultiPart, PartSemantics
from rogatory_crypto.errors import MisuseError


def test_a_message_names_its_sender_and_its_room() -> None:
    device = Offices().device(A)
    message = device.text("May we ask?")
    assert message.sender_uri == device.context.uri_of_authority(device.office.entry_id)
    assert message.room_uri == device.context.uri_of_room(GROUP)


def test_several_parts_are_to_be_processed_together() -> None:
    context = Offices().device(A).context
    message = write((text_part("one"), text_part("two", "fr")), GROUP, context, salt=bytes(16))
    part = message.content.nested_part
    assert isinstance(part, MultiPart)
    assert part.part_semantics is PartSemantics.PROCESS_ALL
    assert message.content.salt == bytes(16)


def test_a_text_has_a_limit_that_is_said_with_what_to_do() -> None:
    text_part("x" * MAX_TEXT_BYTES)
    with pytest.raises(MisuseError, match="attach it as a document"):
        text_part("x" * (MAX_TEXT_BYTES + 1))
