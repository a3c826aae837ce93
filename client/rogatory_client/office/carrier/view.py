"""What is shown of a file that was written for a carrier, and of one that was taken in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StayedView:
    """A case of which nothing could be carried, and why."""

    room_id: str
    subject: str
    waiting: int
    reason: str


@dataclass(frozen=True, slots=True)
class CarriedOutView:
    """A file, or its parts.

    Attributes:
        files: paths, in order; none where nothing could be carried.
        size: bytes in all.
        messages: how many are in it, receipts included.
        attachments: how many are in it.
        offices: whom it is for.
        stayed: what could not be carried.
        left: how many messages did not fit and need another file.
    """

    files: tuple[str, ...]
    size: int
    messages: int
    attachments: int
    offices: tuple[str, ...]
    stayed: tuple[StayedView, ...]
    left: int


@dataclass(frozen=True, slots=True)
class RefusedView:
    """A message or attachment that could not be taken in: its place in the file from 1, and who must act."""

    kind: str
    number: int
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class CarriedInView:
    """What came of a file.

    Attributes:
        office: that has made it.
        made_at: when, as it claims, Unix seconds.
        messages: how many are new here, receipts included.
        here_already: how many were here, by carrier or over the relay.
        attachments: how many files are here now and can be saved without the relay.
        refused: what was not taken in; the rest was.
        answers: how many receipts and other messages wait in the outbox now.
        warnings: what else is to be told.
    """

    office: str
    officer: str
    made_at: int
    messages: int
    here_already: int
    attachments: int
    refused: tuple[RefusedView, ...]
    answers: int
    warnings: tuple[str, ...]
