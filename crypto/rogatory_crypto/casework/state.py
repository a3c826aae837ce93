"""The words of the life cycle."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from rogatory_crypto.identity import Role


class State(StrEnum):
    """Where a case stands. The first two never leave the requesting office."""

    DRAFT = "draft"
    INTERNAL_APPROVAL = "internal_approval"
    CONSULTATION = "consultation"
    SENT = "sent"
    DELIVERED = "delivered"
    DELIVERY_FAILED = "delivery_failed"
    ACKNOWLEDGED = "acknowledged"
    RETURNED = "returned"
    ASSIGNED = "assigned"
    UNDER_REVIEW = "under_review"
    INFO_REQUESTED = "info_requested"
    CONDITIONS_PROPOSED = "conditions_proposed"
    IN_EXECUTION = "in_execution"
    PARTIALLY_EXECUTED = "partially_executed"
    EXECUTED = "executed"
    POSTPONED = "postponed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


AT_HOME: Final = frozenset({State.DRAFT, State.INTERNAL_APPROVAL})


class Side(StrEnum):
    """Whose act a change is; the machine's are seen from evidence and computed, and never said.

    A guest is an office in the case that has no side.
    """

    REQUESTING = "requesting"
    REQUESTED = "requested"
    MACHINE = "machine"
    GUEST = "guest"


class Course(StrEnum):
    """Which life cycle a case goes through: short where nothing is executed."""

    FULL = "full"
    SHORT = "short"


SHORT_TYPES: Final = frozenset({"spontaneous_information", "informal_consultation", "prevention_enquiry"})


class Function(StrEnum):
    """Who in an office acts, as the catalogue has it."""

    CASEWORKER = "caseworker"
    REGISTRAR = "registrar"
    HEAD_OF_UNIT = "head_of_unit"
    SIGNATORY = "signatory"


# A duty officer keeps a case going at night, but neither refuses nor gives up in the name of the office. Who
# executes at home has no device here: the caseworker says it.
HOLDERS: Final[Mapping[Function, frozenset[Role]]] = MappingProxyType(
    {
        Function.CASEWORKER: frozenset({Role.HEAD, Role.CASE_OFFICER, Role.DUTY_OFFICER}),
        Function.REGISTRAR: frozenset({Role.HEAD, Role.CASE_OFFICER, Role.DUTY_OFFICER}),
        Function.HEAD_OF_UNIT: frozenset({Role.HEAD}),
        Function.SIGNATORY: frozenset({Role.HEAD, Role.CASE_OFFICER}),
    }
)


class Need(StrEnum):
    """What a change has to bring with it, as every receiver can see."""

    REASONS = "reasons"
    ITEMS = "items"
    GROUND = "ground"
    CONSULTATION = "consultation"
    DUE = "due"
    MESSAGE = "message"
    CONFIDENTIALITY = "confidentiality"
    NEW_VERSION = "new version"
    OWN_REFERENCE = "own reference"


class Confidentiality(StrEnum):
    """The requested side's answer to a wish for confidentiality (UNTOC 18(20))."""

    CAN_KEEP = "can_keep"
    CANNOT_KEEP = "cannot_keep"
    NOT_ASKED = "not_asked"


class Ground(StrEnum):
    """On what a request is refused (UNTOC 18(21) and others); bank secrecy and fiscal matters are none."""

    NOT_IN_CONFORMITY = "not_in_conformity"
    ESSENTIAL_INTERESTS = "essential_interests"
    MEASURE_NOT_ALLOWED = "measure_not_allowed"
    CONTRARY_TO_LEGAL_SYSTEM = "contrary_to_legal_system"
    NO_DUAL_CRIMINALITY = "no_dual_criminality"
    OFFENCE_NOT_COVERED = "offence_not_covered"
    INSUFFICIENT_EVIDENCE_OR_DE_MINIMIS = "insufficient_evidence_or_de_minimis"
    CONSENT_MISSING = "consent_missing"
    DISCRIMINATION = "discrimination"
    OWN_NATIONAL = "own_national"
    TIME_BARRED = "time_barred"
    NE_BIS_IN_IDEM = "ne_bis_in_idem"
    PENALTY_OR_TREATMENT = "penalty_or_treatment"
    POLITICAL_OR_MILITARY = "political_or_military"
    IN_ABSENTIA = "in_absentia"
    NO_TREATY_BASIS = "no_treaty_basis"
    DATA_NOT_AVAILABLE = "data_not_available"
    NOT_COMPETENT = "not_competent"
