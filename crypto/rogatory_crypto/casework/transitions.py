"""The life cycle as data: from which state to which, by whose act, and what it needs.

The rows follow the catalogue of request types, section ``lifecycle``. What only the office itself can see (no
blocking deficiency, an accepted language, who executes) is checked there and is no need here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from rogatory_crypto.casework.state import Course, Function, Need, Side, State

_ASKING, _ASKED, _MACHINE = Side.REQUESTING, Side.REQUESTED, Side.MACHINE
_CASEWORKER, _REGISTRAR, _HEAD, _SIGNATORY = Function
_S: Final = State


@dataclass(frozen=True, slots=True)
class Transition:
    """One step: ``functions`` are those of which one may take it; none where the machine does."""

    origin: State
    target: State
    side: Side
    functions: frozenset[Function] = frozenset()
    needs: frozenset[Need] = frozenset()


def _step(origin: State, target: State, side: Side, *words: Function | Need) -> Transition:
    functions = frozenset(word for word in words if isinstance(word, Function))
    return Transition(
        origin, target, side, functions, frozenset(word for word in words if isinstance(word, Need))
    )


# A withdrawal is open from the sending until there is a result or a refusal (no longer required: 18(24)).
_OPEN: Final = (
    *(_S.SENT, _S.DELIVERED, _S.DELIVERY_FAILED, _S.ACKNOWLEDGED, _S.RETURNED, _S.ASSIGNED, _S.UNDER_REVIEW),
    *(_S.INFO_REQUESTED, _S.CONDITIONS_PROPOSED, _S.IN_EXECUTION, _S.PARTIALLY_EXECUTED, _S.POSTPONED),
)
_REFUSAL: Final = (Need.GROUND, Need.REASONS, Need.CONSULTATION)  # 18(23), 18(26), 16(16)
_POSTPONEMENT: Final = (Need.REASONS, Need.DUE, Need.CONSULTATION)  # 18(25), 18(26)
_RESULT: Final = (Need.MESSAGE,)
_PART: Final = (Need.MESSAGE, Need.ITEMS)
# Each side closes its own file; the second one changes nothing but that.
CLOSED_TOO: Final = tuple(_step(_S.CLOSED, _S.CLOSED, side, _CASEWORKER) for side in (_ASKING, _ASKED))

TRANSITIONS: Final[tuple[Transition, ...]] = (
    _step(_S.DRAFT, _S.INTERNAL_APPROVAL, _ASKING, _CASEWORKER),
    _step(_S.INTERNAL_APPROVAL, _S.DRAFT, _ASKING, _SIGNATORY, Need.REASONS),
    _step(_S.DRAFT, _S.CONSULTATION, _ASKING, _CASEWORKER),
    _step(_S.CONSULTATION, _S.DRAFT, _ASKING, _CASEWORKER),
    _step(_S.CONSULTATION, _S.CLOSED, _ASKING, _CASEWORKER),
    _step(_S.INTERNAL_APPROVAL, _S.SENT, _ASKING, _SIGNATORY, Need.NEW_VERSION),
    _step(_S.SENT, _S.DELIVERED, _MACHINE),
    _step(_S.SENT, _S.DELIVERY_FAILED, _MACHINE),
    _step(_S.DELIVERY_FAILED, _S.SENT, _ASKING, _CASEWORKER, Need.NEW_VERSION),
    _step(_S.DELIVERED, _S.ACKNOWLEDGED, _ASKED, _REGISTRAR, _CASEWORKER, Need.OWN_REFERENCE),
    _step(_S.DELIVERED, _S.RETURNED, _ASKED, _CASEWORKER, Need.REASONS),
    _step(_S.ACKNOWLEDGED, _S.RETURNED, _ASKED, _CASEWORKER, Need.ITEMS),
    _step(_S.RETURNED, _S.SENT, _ASKING, _SIGNATORY, Need.NEW_VERSION),
    _step(_S.RETURNED, _S.CLOSED, _ASKING, _CASEWORKER),
    _step(_S.ACKNOWLEDGED, _S.UNDER_REVIEW, _ASKED, _CASEWORKER),
    _step(_S.ACKNOWLEDGED, _S.ASSIGNED, _ASKED, _HEAD),
    _step(_S.UNDER_REVIEW, _S.ASSIGNED, _ASKED, _HEAD),
    _step(_S.ASSIGNED, _S.UNDER_REVIEW, _ASKED, _CASEWORKER),
    _step(_S.UNDER_REVIEW, _S.INFO_REQUESTED, _ASKED, _CASEWORKER, Need.ITEMS, Need.DUE),
    _step(_S.ASSIGNED, _S.INFO_REQUESTED, _ASKED, _CASEWORKER, Need.ITEMS),
    _step(_S.IN_EXECUTION, _S.INFO_REQUESTED, _ASKED, _CASEWORKER, Need.ITEMS),
    # The requesting side's answer moves the case back by itself (18(16)).
    _step(_S.INFO_REQUESTED, _S.UNDER_REVIEW, _ASKING, _CASEWORKER, *_RESULT),
    _step(_S.UNDER_REVIEW, _S.CONDITIONS_PROPOSED, _ASKED, _CASEWORKER, Need.ITEMS),
    # Who accepts is bound (18(26)); who declines sends the case back to where it was weighed.
    _step(_S.CONDITIONS_PROPOSED, _S.IN_EXECUTION, _ASKING, _SIGNATORY),
    _step(_S.CONDITIONS_PROPOSED, _S.UNDER_REVIEW, _ASKING, _SIGNATORY),
    _step(_S.UNDER_REVIEW, _S.IN_EXECUTION, _ASKED, _CASEWORKER, Need.CONFIDENTIALITY),
    _step(_S.ASSIGNED, _S.IN_EXECUTION, _ASKED, _CASEWORKER, Need.CONFIDENTIALITY),
    _step(_S.IN_EXECUTION, _S.PARTIALLY_EXECUTED, _ASKED, _CASEWORKER, *_PART),
    _step(_S.PARTIALLY_EXECUTED, _S.IN_EXECUTION, _ASKED, _CASEWORKER),
    _step(_S.IN_EXECUTION, _S.EXECUTED, _ASKED, _CASEWORKER, *_RESULT),
    _step(_S.PARTIALLY_EXECUTED, _S.EXECUTED, _ASKED, _CASEWORKER, *_RESULT),
    _step(_S.UNDER_REVIEW, _S.POSTPONED, _ASKED, _SIGNATORY, *_POSTPONEMENT),
    _step(_S.IN_EXECUTION, _S.POSTPONED, _ASKED, _SIGNATORY, *_POSTPONEMENT),
    _step(_S.POSTPONED, _S.UNDER_REVIEW, _ASKED, _CASEWORKER),
    _step(_S.UNDER_REVIEW, _S.REFUSED, _ASKED, _SIGNATORY, *_REFUSAL),
    _step(_S.IN_EXECUTION, _S.REFUSED, _ASKED, _SIGNATORY, *_REFUSAL),
    # The proposal of conditions was the consultation.
    _step(_S.CONDITIONS_PROPOSED, _S.REFUSED, _ASKED, _SIGNATORY, Need.GROUND, Need.REASONS),
    _step(_S.EXECUTED, _S.CLOSED, _ASKING, _CASEWORKER),
    _step(_S.EXECUTED, _S.IN_EXECUTION, _ASKING, _CASEWORKER, Need.ITEMS),
    _step(_S.REFUSED, _S.CLOSED, _ASKING, _CASEWORKER),
    _step(_S.REFUSED, _S.SENT, _ASKING, _SIGNATORY, Need.NEW_VERSION),
    *(_step(origin, _S.WITHDRAWN, _ASKING, _SIGNATORY, Need.REASONS) for origin in _OPEN),
    _step(_S.WITHDRAWN, _S.CLOSED, _ASKED, _CASEWORKER, Need.REASONS),
    *CLOSED_TOO,
)
# Information that is given, and a question of prevention: taken note of, and closed by either side.
SHORT: Final[tuple[Transition, ...]] = (
    *(each for each in TRANSITIONS if each.origin in {_S.DRAFT, _S.INTERNAL_APPROVAL, _S.CONSULTATION}),
    *(
        each
        for each in TRANSITIONS
        if each.origin in {_S.SENT, _S.DELIVERY_FAILED, _S.DELIVERED}
        and each.target in {_S.SENT, _S.DELIVERED, _S.DELIVERY_FAILED, _S.ACKNOWLEDGED}
    ),
    _step(_S.ACKNOWLEDGED, _S.CLOSED, _ASKING, _CASEWORKER),
    _step(_S.ACKNOWLEDGED, _S.CLOSED, _ASKED, _CASEWORKER),
    *CLOSED_TOO,
)


def _by_step(rows: tuple[Transition, ...]) -> Mapping[tuple[State, State, Side], Transition]:
    return MappingProxyType({(each.origin, each.target, each.side): each for each in rows})


STEPS: Final[Mapping[Course, Mapping[tuple[State, State, Side], Transition]]] = MappingProxyType(
    {Course.FULL: _by_step(TRANSITIONS), Course.SHORT: _by_step(SHORT)}
)
