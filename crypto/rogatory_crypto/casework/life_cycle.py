"""One step of the life cycle: pure, and the same at every receiver."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rogatory_crypto.casework.state import (
    AT_HOME,
    HOLDERS,
    Confidentiality,
    Course,
    Ground,
    Need,
    Side,
    State,
)
from rogatory_crypto.casework.transitions import STEPS, Transition
from rogatory_crypto.content.case_progress import StateSet
from rogatory_crypto.identity import Role

_WANTED: Final = {
    Need.REASONS: "no reasons",
    Need.ITEMS: "no numbered points",
    Need.GROUND: "no ground of refusal",
    Need.CONSULTATION: "no consultation before it",
    Need.DUE: "no date",
    Need.MESSAGE: "no message that holds the result or the answer",
    Need.CONFIDENTIALITY: "no answer whether confidentiality can be kept (18(20))",
    Need.NEW_VERSION: "no request beside it",
    Need.OWN_REFERENCE: "no reference of the own office",
}


@dataclass(frozen=True, slots=True)
class Statement:
    """A change of state as somebody wants it.

    Attributes:
        said: the words.
        side: of the office that says it.
        role: of the officer's device.
        with_request: whether the same message holds a request.
        own_reference: whether it gives the office's own.
        confidentiality_wished: whether the request that it builds upon asks for it (18(20)).
    """

    said: StateSet
    side: Side
    role: Role
    with_request: bool = False
    own_reference: bool = False
    confidentiality_wished: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a change counts for nothing, as a sentence goes on after ``not valid:``."""

    reason: str


def apply(state: State, wanted: Statement, course: Course = Course.FULL) -> State | Refused:
    """Return the state after a change, or why there is none.

    Args:
        state: that the change builds upon.
        wanted: the change.
        course: which life cycle the case goes through.
    """
    target = _named(wanted.said.state)
    if isinstance(target, Refused):
        return target
    step = STEPS[course].get((state, target, wanted.side))
    if step is None:
        return Refused(_impossible(state, target, wanted.side, course))
    if not may_take(wanted.role, step):
        return Refused(f"a device of the role {wanted.role} may not set {target}")
    missing = tuple(_missing(step, wanted))
    return Refused("; ".join(missing)) if missing else target


def next_steps(state: State, side: Side, course: Course = Course.FULL) -> tuple[Transition, ...]:
    """Return what a side may set next, apart from what stays in its office."""
    steps = STEPS[course].values()
    return tuple(
        each for each in steps if each.origin is state and each.side is side and each.target not in AT_HOME
    )


def may_take(role: Role, step: Transition) -> bool:
    """Return whether an officer of this role may take a step."""
    return any(role in HOLDERS[function] for function in step.functions)


def _named(word: str) -> State | Refused:
    try:
        state = State(word)
    except ValueError:
        return Refused(f"there is no state {word!r}")
    return Refused(f"{state} stays in the requesting office") if state in AT_HOME else state


def _impossible(state: State, target: State, side: Side, course: Course) -> str:
    others = {each for each in Side if (state, target, each) in STEPS[course]}
    if Side.MACHINE in others:
        return f"{target} is computed from evidence, and set by nobody"
    if others:
        return f"only the {next(iter(others))} side may set {target}, and this is the {side} side"
    return f"{target} does not follow {state}"


def _missing(step: Transition, wanted: Statement) -> Iterator[str]:
    said = wanted.said
    given = {
        Need.REASONS: bool(said.reasons.strip()),
        Need.ITEMS: bool(said.items),
        Need.GROUND: said.ground is not None,
        Need.CONSULTATION: said.consultation is not None,
        Need.DUE: said.due is not None,
        Need.MESSAGE: said.message is not None,
        Need.CONFIDENTIALITY: said.confidentiality is not None,
        Need.NEW_VERSION: wanted.with_request,
        Need.OWN_REFERENCE: wanted.own_reference,
    }
    yield from (_WANTED[need] for need in Need if need in step.needs and not given[need])
    if said.ground is not None and said.ground not in set(Ground):
        yield f"{said.ground!r} is no ground of refusal"
    if said.confidentiality is not None:
        yield from _confidential(said.confidentiality, step, wished=wanted.confidentiality_wished)


def _confidential(answer: str, step: Transition, *, wished: bool) -> Iterator[str]:
    if answer not in set(Confidentiality):
        yield f"{answer!r} is no answer about confidentiality"
    elif wished and answer == Confidentiality.NOT_ASKED:
        yield "the request asks for confidentiality: say whether it can be kept (18(20))"
    elif Need.CONFIDENTIALITY in step.needs and answer == Confidentiality.CANNOT_KEEP:
        # The requesting State decides whether it is executed nevertheless (18(20)).
        yield "confidentiality cannot be kept: propose that as a condition before execution (18(20))"
