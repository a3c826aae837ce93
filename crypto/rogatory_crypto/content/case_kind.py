"""What rooms are for."""

from enum import StrEnum


class CaseKind(StrEnum):
    """What a room is for."""

    CONSULTATION = "consultation"
    REQUEST = "request"
    NETWORK = "network"
    OFFICE = "office"
    RETURN = "return"
    CIRCLE = "circle"
