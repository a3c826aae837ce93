"""The life cycle of a request, which sender and receivers must read alike: who may set which state when."""

from rogatory_crypto.casework.life_cycle import Refused, Statement, apply, may_take, next_steps
from rogatory_crypto.casework.progress import Attempt, Deadline, Enquiry, Note
from rogatory_crypto.casework.record import Entry, Judged, Record, Standing
from rogatory_crypto.casework.state import Confidentiality, Course, Function, Ground, Need, Side, State
from rogatory_crypto.casework.timeline import Conflict, Timeline, project
from rogatory_crypto.casework.transitions import TRANSITIONS, Transition
from rogatory_crypto.casework.urgent_work import Link, OralNote, Presence

__all__ = [
    "TRANSITIONS",
    "Attempt",
    "Confidentiality",
    "Conflict",
    "Course",
    "Deadline",
    "Enquiry",
    "Entry",
    "Function",
    "Ground",
    "Judged",
    "Link",
    "Need",
    "Note",
    "OralNote",
    "Presence",
    "Record",
    "Refused",
    "Side",
    "Standing",
    "State",
    "Statement",
    "Timeline",
    "Transition",
    "apply",
    "may_take",
    "next_steps",
    "project",
]
