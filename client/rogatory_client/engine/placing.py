"""In which rooms may be said what changes nothing of the room itself: one table, kept by whoever receives.

None stands for a room whose opening has not reached this device yet.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rogatory_client.engine.handing import OF_A_CASE, require
from rogatory_crypto.content.carry_over import CarryOverAnswered, CarryOverProposed
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.case_progress import (
    DeadlineSet,
    DeadlineWithdrawn,
    ProgressAnswer,
    ProgressEnquiry,
    StateSet,
)
from rogatory_crypto.content.events import CaseEvent, StatusChanged
from rogatory_crypto.content.request_wishes import HandlingWished, SentDespite
from rogatory_crypto.content.urgent import CaseLinked, EscalationNotice, OralRequest, PresenceEnded

_ANYWHERE: Final = frozenset({None, *CaseKind})
_FORMAL: Final = frozenset({None, CaseKind.REQUEST})
_INFORMAL: Final = frozenset({None, CaseKind.CONSULTATION})

# The rooms, and what stands in a refusal.
_PLACES: Final[Mapping[type[CaseEvent], tuple[frozenset[CaseKind | None], str]]] = MappingProxyType(
    {
        StatusChanged: (_ANYWHERE, ""),
        StateSet: (_ANYWHERE, ""),
        ProgressEnquiry: (_ANYWHERE, ""),
        ProgressAnswer: (_ANYWHERE, ""),
        DeadlineSet: (_ANYWHERE, ""),
        DeadlineWithdrawn: (_ANYWHERE, ""),
        HandlingWished: (_ANYWHERE, ""),
        SentDespite: (_ANYWHERE, ""),
        CarryOverProposed: (OF_A_CASE, "something to carry over outside of a case"),
        CarryOverAnswered: (OF_A_CASE, "something to carry over outside of a case"),
        OralRequest: (_FORMAL, "an act of a formal case outside of one"),
        PresenceEnded: (_FORMAL, "an act of a formal case outside of one"),
        CaseLinked: (_FORMAL, "an act of a formal case outside of one"),
        EscalationNotice: (_INFORMAL, "a notice to a secretariat outside of a consultation"),
    }
)


def require_place(event: CaseEvent, kind: CaseKind | None) -> None:
    """Return only if an event may be said in a room of this kind.

    Raises:
        PeerError: FORBIDDEN.
    """
    kinds, refusal = _PLACES[type(event)]
    require(kind in kinds, refusal)
