"""What officers look at over all cases, and what it may take; shared by those who look anew and again."""

from collections.abc import Callable, Mapping
from typing import Final

from rogatory_client.office import Office, RegisterFilter

REGISTER_MS: Final = 150
AGAIN_MS: Final = 200
FIRST_MS: Final = 500
_RULES: Final = """
[talks]
case = "consultation"
after = "last_message"
months = 3
[assistance]
case = "request"
after = "closed"
months = 2
"""
_LATE: Final = RegisterFilter(direction="incoming", overdue=True, sort="next")


def _reminders(office: Office) -> object:
    return office.urgent.reminders(), office.urgent.alerts(), office.urgent.to_press()


LOOKS: Final[Mapping[str, Callable[[Office], object]]] = {
    "register": lambda office: office.register.page(RegisterFilter()),
    "register, overdue": lambda office: office.register.page(_LATE),
    "statistics": lambda office: office.register.statistics(RegisterFilter()),
    "inbox": lambda office: office.mailbox.inbox(),
    "list of rooms": lambda office: office.rooms(),
    "deadlines": lambda office: office.cases.deadlines(),
    "calendar": lambda office: office.cases.calendar(),
    "reminders": _reminders,
    "retention due": lambda office: office.retention.due(_RULES),
    "deliveries": lambda office: office.deliveries.troubled(),
    "conflicts": lambda office: office.cases.conflicts(),
}
BUDGETS_MS: Final = {name: REGISTER_MS if name.startswith("register") else AGAIN_MS for name in LOOKS}
