"""How what an office shows becomes rows and sentences; the words are those of the caseworker."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from rogatory_client.cli.answer import Block, Facts, Line, Prose, Table

if TYPE_CHECKING:
    from rogatory_client.office import (
        AttachmentView,
        DeviceView,
        EntryView,
        MessageView,
        OutboxView,
        ReceiptView,
        RoomView,
    )

ID_CHARACTERS: Final = 12
ENDING_DAYS: Final = 60
# State of a request that waits for a second officer (``office.putting_up``).
TO_BE_RELEASED: Final = "to be released"


def moment(seconds: int | None) -> str:
    """Return a time for people, always in UTC."""
    return "" if seconds is None else f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"


def moment_ms(milliseconds: int | None) -> str:
    """The same of milliseconds."""
    return moment(None if milliseconds is None else milliseconds // 1000)


def size(count: int) -> str:
    """Return a number of bytes for people."""
    if count < 1024:
        return f"{count} bytes"
    return f"{count / 1024:.0f} KiB" if count < 1 << 20 else f"{count / (1 << 20):.1f} MiB"


def short(identifier: str) -> str:
    """Return the beginning of an id, enough to name the thing in a command."""
    return identifier[:ID_CHARACTERS]


def room_table(rooms: Iterable["RoomView"]) -> Table:
    """Cases, newest activity first."""
    rows = [
        (
            short(room.room_id),
            room.kind,
            room.subject,
            ", ".join(room.offices),
            ", ".join(f"{office}: {reference}" for office, reference in room.references.items()),
            str(room.unread or ""),
            moment_ms(room.last_at_ms),
        )
        for room in rooms
    ]
    headings = ("Case", "Kind", "Subject", "Offices", "References", "Unread", "Last activity")
    return Table(headings, rows, "No cases yet.")


def message_table(messages: Iterable["MessageView"], stands: Mapping[str, str] | None = None) -> Table:
    """Messages in the order given; ``stands`` tells of each how it stands to the request, if that differs."""
    rows = [
        (
            short(message.message_id),
            moment_ms(message.at_ms),
            message.sender,
            message.kind,
            message.subject or message.text[:60],
            str(len(message.attachments) or ""),
            message_state(message),
            *((stands.get(message.message_id, ""),) if stands else ()),
        )
        for message in messages
    ]
    headings = ("Message", "Time", "From", "Kind", "About", "Files", "State")
    return Table((*headings, "Stands as") if stands else headings, rows, "No messages.")


def message_state(message: "MessageView") -> str:
    """Return the state; of what others have handed back, who vouches for it."""
    agreed = ", ".join(each.office for each in message.vouched_by if each.agrees)
    differing = ", ".join(each.office for each in message.vouched_by if not each.agrees)
    by = f"{message.state} by {agreed}" if agreed else message.state
    by = f"{by}, by carrier" if message.by_carrier else by
    return f"{by}; {differing} says otherwise" if differing else by


def message_blocks(message: "MessageView") -> list[Block]:
    """One message in full."""
    facts = Facts(
        [
            ("Message", short(message.message_id)),
            ("Case", short(message.room_id)),
            ("From", f"{message.sender}, {message.officer}"),
            ("Time", moment_ms(message.at_ms)),
            *_by_carrier(message),
            ("Kind", f"{message.kind}{' (formal, provable)' if message.formal else ''}"),
            ("Subject", message.subject),
            ("Reference", message.reference),
            *((name.replace("_", " ").capitalize(), value) for name, value in message.details.items()),
            ("State", message_state(message)),
            *_said_otherwise(message),
        ]
    )
    blocks: list[Block] = [facts]
    blocks += [Prose(message.text)] if message.text else []
    return [*blocks, _attachment_table(message.attachments)] if message.attachments else blocks


def _by_carrier(message: "MessageView") -> list[tuple[str, str]]:
    """What is known of the times of a message that the relay has not confirmed."""
    if not message.by_carrier:
        return []
    came = "not postmarked: came by carrier at this time, not yet confirmed by the relay"
    return [("Postmark", came), ("Written", f"{moment_ms(message.written_at_ms)}, as its sender claims")]


def _said_otherwise(message: "MessageView") -> list[tuple[str, str]]:
    return [
        (f"{each.office} says", f"sent by the device {short(each.device_id)}, {moment_ms(each.at_ms)}")
        for each in message.vouched_by
        if not each.agrees
    ]


def _attachment_table(attachments: Iterable["AttachmentView"]) -> Table:
    rows = [
        (str(each.index), each.filename, size(each.size), each.role or "", each.media_type)
        for each in attachments
    ]
    return Table(("No.", "File", "Size", "Role", "Type"), rows, "")


def receipt_table(receipts: Iterable["ReceiptView"]) -> Table:
    """Evidence on a message; every line has been verified."""
    rows = [
        (
            receipt.stage,
            receipt.authority,
            receipt.officer or "",
            moment_ms(receipt.at_ms),
            receipt.own_reference or "",
            "signed, verified" if receipt.signed else "not transferable",
        )
        for receipt in receipts
    ]
    return Table(("Stage", "By", "Officer", "Time", "Their reference", "Evidence"), rows, "No receipts yet.")


def device_table(devices: Iterable["DeviceView"]) -> Table:
    """The office's devices."""
    rows = [
        (
            short(device.device_id),
            device.officer,
            device.role,
            _service(device),
            _term(device),
            str(device.log_index),
            "this one" if device.this_device else "",
        )
        for device in devices
    ]
    headings = ("Device", "Officer", "Role", "In service", "Until", "Log entry", "")
    return Table(headings, rows, "No devices: enrol first.")


def _service(device: "DeviceView") -> str:
    if device.in_service:
        return "yes"
    if device.handed_over_to is not None:
        return f"no, handed over to {short(device.handed_over_to)} {moment(device.revoked_at)}"
    return "no" if device.revoked_at is None else f"no, revoked {moment(device.revoked_at)}"


def _term(device: "DeviceView") -> str:
    until = f"{moment(device.not_after)}{', renewed' if device.renewed else ''}"
    is_ending = device.in_service and device.days_left < ENDING_DAYS
    return f"{until}, expires in {device.days_left} days" if is_ending else until


def outbox_table(items: Iterable["OutboxView"]) -> Table:
    """What waits to be sent."""
    rows = [
        (
            short(item.message_id),
            item.kind,
            item.subject,
            item.state if item.carried_at is None else f"{item.state}, in a file {moment(item.carried_at)}",
            f"{size(item.uploaded_bytes)} of {size(item.total_bytes)}" if item.total_bytes else "",
            moment_ms(item.since_ms),
            item.why,
        )
        for item in items
    ]
    return Table(("Message", "Kind", "Subject", "State", "Uploaded", "Since", "Why"), rows, "Nothing waits.")


def entry_table(entries: Iterable["EntryView"]) -> Table:
    """Authorities of the verified directory."""
    rows = [
        (
            entry.entry_id,
            entry.state or "",
            entry.name,
            entry.kind.replace("_", " "),
            ", ".join(entry.networks),
            f"{entry.devices} devices" if entry.enrolled else "not enrolled",
        )
        for entry in entries
    ]
    headings = ("Id", "State", "Authority", "Kind", "Networks", "Reachable")
    return Table(headings, rows, "The directory has no such entry.")


def sent(message: "MessageView") -> Line:
    """What to say after something was sent, or kept to be sent."""
    if message.state == "queued":
        return Line(f"Kept in the outbox as {short(message.message_id)}; `rogatory sync` sends it.")
    if message.state == TO_BE_RELEASED:
        return Line(f"Put up as {short(message.message_id)}: it leaves once another officer has released it.")
    return Line(f"Sent as {short(message.message_id)} in case {short(message.room_id)}.")
