"""What an officer may do for the office; it stands in the device entry, and receivers hold devices to it.

The relay does not judge roles beyond the statements it lists: it cannot be trusted with it.
"""

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """The function of the officer whose device it is."""

    HEAD = "head"
    CASE_OFFICER = "case-officer"
    PROSECUTOR = "prosecutor"
    DUTY_OFFICER = "duty-officer"
    CLERK = "clerk"
    ADMINISTRATOR = "administrator"
    SECRETARIAT_OFFICER = "secretariat-officer"
    LIAISON = "liaison"
    OBSERVER = "observer"


# Admission to a network, and the letter that begins it.
MAY_ADMIT: Final = frozenset((Role.SECRETARIAT_OFFICER, Role.HEAD))
# A liaison sits in another office, an observer only looks on: neither decides who works in this one.
MAY_HAND_OVER: Final = frozenset(Role) - {Role.LIAISON, Role.OBSERVER}
# With its key somebody is the office: who leads it, and who looks after its devices.
MAY_HOLD_OFFICE_KEY: Final = frozenset((Role.HEAD, Role.ADMINISTRATOR))
# Whose keys are a partner's, only somebody who works for the office can say.
MAY_ACCEPT_PARTNER: Final = MAY_HAND_OVER
# What was said in a case, only who answers for cases hands back to an office that has lost it.
MAY_RETURN_PARTNER: Final = frozenset((Role.HEAD, Role.CASE_OFFICER, Role.DUTY_OFFICER, Role.PROSECUTOR))
