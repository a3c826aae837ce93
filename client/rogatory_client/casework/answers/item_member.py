"""What persons, offences, files and other items are made of: named members, each of one kind.

Every item also takes free text, as ``note``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import Final

from rogatory_client.casework.forms.field import FieldKind


class MemberKind(Enum):
    """What a member says."""

    LINE = auto()
    TEXT = auto()
    DAY = auto()
    MOMENT = auto()
    COUNTRY = auto()
    LANGUAGE = auto()
    AMOUNT = auto()
    INSTRUMENT = auto()
    SHA256 = auto()
    SIZE = auto()


@dataclass(frozen=True, slots=True)
class ItemKind:
    """The members of an item; the first one is what it cannot do without."""

    members: Mapping[str, MemberKind]

    @property
    def principal(self) -> str:
        """The member that must be there; a plain text stands for it."""
        return next(iter(self.members))


def _item(**members: MemberKind) -> ItemKind:
    return ItemKind(MappingProxyType({**members, "note": MemberKind.TEXT}))


_LINE: Final = MemberKind.LINE
FILE: Final = _item(
    name=_LINE, sha256=MemberKind.SHA256, size=MemberKind.SIZE, title=_LINE, language=MemberKind.LANGUAGE
)
PERSON: Final = _item(
    name=_LINE, aliases=_LINE, birth_date=MemberKind.DAY, birth_place=_LINE, nationality=MemberKind.COUNTRY,
    documents=_LINE, address=MemberKind.TEXT, role=_LINE,
)  # fmt: skip
ITEM_KINDS: Final[Mapping[FieldKind, ItemKind]] = MappingProxyType(
    {
        FieldKind.FILE_LIST: FILE,
        FieldKind.PERSON_LIST: PERSON,
        FieldKind.LEGAL_PERSON_LIST: _item(
            name=_LINE, registration_number=_LINE, seat=_LINE, country=MemberKind.COUNTRY, officers=_LINE
        ),
        FieldKind.OFFENCE_LIST: _item(
            name=_LINE, provision=_LINE, maximum_penalty=_LINE, covered_by=MemberKind.INSTRUMENT
        ),
        FieldKind.INSTRUMENT_LIST: _item(instrument=MemberKind.INSTRUMENT, article=_LINE, title=_LINE),
        FieldKind.IDENTIFIER_LIST: _item(value=_LINE, kind=_LINE, at=MemberKind.MOMENT),
        FieldKind.PROPERTY_LIST: _item(
            description=MemberKind.TEXT,
            location=_LINE,
            owner=_LINE,
            value=MemberKind.AMOUNT,
            why=MemberKind.TEXT,
        ),
    }
)
