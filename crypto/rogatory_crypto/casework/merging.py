"""Changes that two officers made without knowing of each other: which of them can both be."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final

from rogatory_crypto.casework.state import State

_S: Final = State
# What can just as well have been set after the others. A case that is assigned may be under review and its
# officer may have questions; what is withdrawn while it is worked on is withdrawn. Who grants what another
# refuses or postpones has to be asked.
_ABSORBED: Final[Mapping[State, frozenset[State]]] = MappingProxyType(
    {
        _S.UNDER_REVIEW: frozenset({_S.ASSIGNED}),
        _S.INFO_REQUESTED: frozenset({_S.ASSIGNED, _S.UNDER_REVIEW}),
        _S.WITHDRAWN: frozenset(
            {
                *(_S.SENT, _S.ACKNOWLEDGED, _S.ASSIGNED, _S.UNDER_REVIEW, _S.INFO_REQUESTED),
                *(_S.CONDITIONS_PROPOSED, _S.IN_EXECUTION, _S.POSTPONED),
            }
        ),
    }
)


def merged(states: Collection[State]) -> State | None:
    """Return the one state that concurrent changes lead to, or None where an officer has to decide."""
    different = frozenset(states)
    for state in different:
        if different - {state} <= _ABSORBED.get(state, frozenset()):
            return state
    return None
