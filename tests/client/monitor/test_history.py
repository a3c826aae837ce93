"""The history of a log in plain words: who did what, and what is not believed."""

from tests.client.monitor.published_log import RelayLog, network, story
from tests.crypto.identity.enrolled_office import EnrolledOffice, keys, public
from tests.crypto.log.written_log import SECRETARIAT

from rogatory_client.monitor.history import Told, tell
from rogatory_client.monitor.inspection import measure
from rogatory_crypto.log.entry_content import NetworkAdmission


def told(entries: list[bytes], about: str | None = None) -> list[Told]:
    return list(tell(lambda: entries, measure(network().pinned), about))


def test_an_authoritys_history_says_who_added_which_device() -> None:
    told_story = story()
    office = told_story.office
    device = office.device_id("first").hex()[:12]
    lines = [(each.who, each.what) for each in told(told_story.log.entries, office.entry_id)]
    assert all(not each.refused for each in told(told_story.log.entries))
    assert (office.entry_id, f"took the device {device} out of service: it was lost") in lines
    added = [what for who, what in lines if who == office.entry_id and what.startswith("added the device")]
    assert [what.split(" of ")[0] for what in added] == [f"added the device {device}"]
    both = f"first of {SECRETARIAT} and second of {SECRETARIAT}"
    assert any(who == both and what.startswith(f"invited {office.entry_id}") for who, what in lines)
    assert (both, f"admitted {office.entry_id} to WACAP") in lines


def test_what_becomes_of_devices_and_keys_is_told() -> None:
    log, office, secretariat = RelayLog(), EnrolledOffice(), EnrolledOffice(SECRETARIAT)
    log.begin(secretariat)
    log.enrol(office, secretariat)
    for signed in (
        office.device("second", officer="second"),
        office.device("third", officer="third"),
        office.renewal("first"),
        office.hand_over("first", "second", "second", "third"),
        office.succession(keys("the office's next key")),
    ):
        log.statement(signed)
    first, second = (office.device_id(name).hex()[:12] for name in ("first", "second"))
    lines = told(log.entries, office.entry_id)
    assert not any(each.refused for each in lines)
    *_, renewed, handed_over, replaced = (each.what for each in lines)
    assert renewed.startswith(f"prolonged the device {first} until ")
    by = f"second of {office.entry_id} and third of {office.entry_id}"
    assert handed_over == f"handed over from the device {first} to {second}, as {by} agreed"
    next_key = public(keys("the office's next key")).ed25519.hex()[:12]
    assert replaced == f"replaced its office key by {next_key}; its devices stay"


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
