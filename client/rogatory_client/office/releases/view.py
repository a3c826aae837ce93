"""Requests that wait for a second officer, as they are shown."""

from dataclasses import dataclass

from rogatory_client.office.view import AttachmentView


@dataclass(frozen=True, slots=True)
class ReleaseView:
    """A request that was put up for release.

    Attributes:
        message_id: of the request, now and once it has left.
        asked_by, asked_at_ms: who put it up, and when.
        to: the offices that will read it.
        subject: of the case.
        standing: ``waiting``, ``released`` (it leaves as soon as the device that made it is online),
            ``sent``, ``held back`` or ``stranded`` (that device is out of service, so it cannot leave).
        by, reasons: who released it or held it back, and why.
        refused: answers that do not count, each with the reason.
        sha256: of the whole message with the hashes of its files; this is what is released.
        for_this_officer: whether this officer may release it.
        details: of the request.
        text: a covering note.
        attachments: its files, with their hashes.
    """

    message_id: str
    room_id: str
    asked_by: str
    asked_at_ms: int
    to: tuple[str, ...]
    subject: str
    standing: str
    by: tuple[str, ...]
    reasons: str
    refused: tuple[str, ...]
    sha256: str
    for_this_officer: bool
    reference: str | None
    details: dict[str, str]
    text: str
    attachments: tuple[AttachmentView, ...]
