"""The history of a log in plain words: who did what, and what is not believed."""

from tests.client.monitor.published_log import network, story
from tests.crypto.log.written_log import SECRETARIAT

from rogatory_client.monitor.history import Told, tell
from rogatory_client.monitor.inspection import measure
from rogatory_crypto.log.entry_content import NetworkAdmission


def told(entries: list[bytes], about: str | None = None) -> list[Told]:
    history = tell(entries, measure(network().pinned))
    return [each for each in history if about is None or about in each.concerns]


def test_an_authoritys_history_says_who_added_which_device() -> None:
    told_story = story()
    office = told_story.office
    device = office.device_id("first").hex()[:12]
    lines = [(each.who, each.what) for each in told(told_story.log.entries, office.entry_id)]
    assert all(not each.refused for each in told(told_story.log.entries))
    assert (office.entry_id, f"took the device {device} out of service: it was lost") in lines
    added = [what for who, what in lines if who == office.entry_id and what.startswith("added the device")]
    assert [what.split(" of ")[0] for what in added] == [f"added the device {device}"]
    both = f"case officer of {SECRETARIAT} and head of unit of {SECRETARIAT}"
    assert (both, f"admitted {office.entry_id} to WACAP") in lines


def test_everything_in_the_log_is_told_in_order() -> None:
    entries = story().log.entries
    history = told(entries)
    assert [each.index for each in history] == list(range(len(entries)))
    assert all(each.who and each.what for each in history)


def test_what_is_refused_is_told_with_the_reason() -> None:
    spoilt = story()
    spoilt.log.admission(
        spoilt.secretariat, NetworkAdmission("WACAP", spoilt.office.entry_id, admitted=False), "first"
    )
    spoilt.log.entries.append(b"junk")
    *_, refused, junk = told(spoilt.log.entries)
    assert "two officers" in refused.refused
    assert refused.what == f"ended the membership of {spoilt.office.entry_id} in WACAP"
    assert (junk.at, junk.what) == (None, "an entry that cannot be read")
    assert junk.refused
