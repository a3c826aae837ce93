"""What an office shows, as rows and sentences."""

from dataclasses import replace

import pytest

from rogatory_client.cli import views
from rogatory_client.cli.answer import Facts, Prose, Table
from rogatory_client.office import (
    AttachmentView,
    DeviceView,
    MessageView,
    OutboxView,
    ReceiptView,
    VoucherView,
)

MESSAGE = MessageView(
    message_id="ab" * 32,
    room_id="cd" * 32,
    sender="CNA-SN-01",
    officer="case officer",
    device_id="ef" * 16,
    at_ms=1_790_000_000_000,
    kind="request",
    subject="Bank records",
    text="Please find our request.",
    reference="OUR-1",
    details={"legal_basis": "UNTOC 18"},
    attachments=(AttachmentView(0, "letter.pdf", 5 << 20, "application/pdf", "letter", None),),
    in_reply_to=None,
    own=False,
    formal=True,
    state="new",
)


@pytest.mark.parametrize(
    ("count", "shown"), [(0, "0 bytes"), (1023, "1023 bytes"), (2048, "2 KiB"), (5 << 20, "5.0 MiB")]
)
def test_sizes(count: int, shown: str) -> None:
    assert views.size(count) == shown


def test_times_are_in_utc_and_say_so() -> None:
    assert views.moment(0) == "1970-01-01 00:00 UTC"
    assert views.moment_ms(1_790_000_000_000) == "2026-09-21 14:13 UTC"
    assert views.moment(None) == views.moment_ms(None) == ""


def test_a_message_shows_who_what_and_its_files() -> None:
    facts, prose, files = views.message_blocks(MESSAGE)
    assert isinstance(facts, Facts)
    assert ("Kind", "request (formal, provable)") in facts.pairs
    assert ("Legal basis", "UNTOC 18") in facts.pairs
    assert prose == Prose("Please find our request.")
    assert isinstance(files, Table)
    assert files.rows == [("0", "letter.pdf", "5.0 MiB", "letter", "application/pdf")]


def test_a_message_without_text_or_files_is_facts_only() -> None:
    assert len(views.message_blocks(replace(MESSAGE, text="", attachments=()))) == 1


def test_what_waits_is_said_to_wait() -> None:
    assert "sync" in views.sent(replace(MESSAGE, state="queued")).text
    assert views.sent(replace(MESSAGE, state="relayed")).text.startswith("Sent as abababababab")


def test_informal_evidence_is_said_to_prove_nothing_to_others() -> None:
    receipt = ReceiptView("delivered", "delivered", "CNA-GH-01", None, None, 0, None, signed=False)
    rows = views.receipt_table([receipt, replace(receipt, signed=True)]).rows
    assert [row[-1] for row in rows] == ["not transferable", "signed, verified"]


def test_devices_say_whether_they_are_in_service() -> None:
    device = DeviceView(
        "ab" * 16,
        "duty officer",
        in_service=True,
        revoked_at=None,
        not_after=0,
        this_device=True,
        role="duty-officer",
        days_left=59,
        renewed=True,
        handed_over_to=None,
        log_index=7,
    )
    revoked = replace(device, in_service=False, revoked_at=0, this_device=False, renewed=False)
    expired = replace(revoked, revoked_at=None)
    left = replace(revoked, handed_over_to="cd" * 16)
    rows = views.device_table([device, revoked, expired, left]).rows
    epoch = "1970-01-01 00:00 UTC"
    assert [row[3] for row in rows] == [
        "yes",
        f"no, revoked {epoch}",
        "no",
        f"no, handed over to cdcdcdcdcdcd {epoch}",
    ]
    assert [row[4] for row in rows] == [f"{epoch}, renewed, expires in 59 days", epoch, epoch, epoch]
    assert [row[2] for row in rows] == ["duty-officer"] * 4
    assert [row[5:] for row in rows] == [("7", "this one"), *[("7", "")] * 3]


def test_the_outbox_says_how_far_an_upload_is() -> None:
    item = OutboxView(
        "cd" * 32,
        "ab" * 32,
        "request",
        "Bank records",
        "uploading",
        1 << 20,
        5 << 20,
        None,
        0,
        "its files go first",
    )
    (row,) = views.outbox_table([item]).rows
    assert row[4] == "1.0 MiB of 5.0 MiB"
    assert row[6] == "its files go first"
    assert views.outbox_table([]).empty == "Nothing waits."


def test_what_was_handed_back_names_who_vouches_and_who_says_otherwise() -> None:
    agreeing = VoucherView("CNA-SN-01", "ab" * 16, 0, agrees=True)
    other = VoucherView("CNA-NG-01", "cd" * 16, 60_000, agrees=False)
    handed = replace(MESSAGE, state="handed back", vouched_by=(agreeing, other))
    assert views.message_state(handed) == "handed back by CNA-SN-01; CNA-NG-01 says otherwise"
    assert views.message_state(replace(handed, vouched_by=(agreeing,))) == "handed back by CNA-SN-01"
    (facts, *_) = views.message_blocks(handed)
    assert isinstance(facts, Facts)
    assert ("CNA-NG-01 says", f"sent by the device {'cd' * 6}, 1970-01-01 00:01 UTC") in facts.pairs
