"""What a search has found."""

from dataclasses import dataclass

from rogatory_client.casework.searching.snippet import Piece


@dataclass(frozen=True, slots=True)
class Hit:
    """A message, a note of the office or a draft in which all terms are.

    Attributes:
        kind: ``draft``, ``note``, or that of the message.
        room_id: None for a draft.
        id: of the message, the note or the draft.
        references: of the case, by office.
        about: subject of the message; None where it has none.
        pieces: the lines around what was found.
        files: names of attachments.
    """

    kind: str
    room_id: str | None
    id: str
    at_ms: int
    office: str
    officer: str
    references: dict[str, str]
    about: str | None
    pieces: tuple[Piece, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Hits, what came last first; ``has_more`` where the limit has cut them off."""

    hits: tuple[Hit, ...]
    has_more: bool
