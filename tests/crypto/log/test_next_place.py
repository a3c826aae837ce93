"""A replica says where the next entry belongs, which its author signs for."""

from tests.crypto.log.written_log import TRUST, Story

from rogatory_crypto.log.chains import FIRST
from rogatory_crypto.log.entry import LogEntry
from rogatory_crypto.log.entry_body import decode_body, subject_of
from rogatory_crypto.log.entry_content import Subject
from rogatory_crypto.log.replay import replay


def test_every_entry_stands_where_its_author_was_told() -> None:
    entries = Story().tell().log.entries
    for index, data in enumerate(entries):
        entry = LogEntry.decode(data)
        place = replay(entries[:index], TRUST).next_place(subject_of(decode_body(entry)))
        assert (entry.sequence, entry.previous) == place


def test_a_subject_nobody_spoke_about_begins_its_chain() -> None:
    assert replay((), TRUST).next_place(Subject("directory/CNA-XX-01")) == FIRST
