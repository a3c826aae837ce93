"""Filters of the register that an officer keeps under a name, in the vault of the own device."""

import json
from dataclasses import asdict, fields
from typing import Any, Final

from rogatory_client.office.desk import Desk
from rogatory_client.office.register.view import RegisterFilter, SavedView
from rogatory_client.plain_text import one_line
from rogatory_client.vault import register_views
from rogatory_crypto.errors import MisuseError

MAX_NAME: Final = 60


def save(desk: Desk, name: str, filters: RegisterFilter) -> SavedView:
    """Keep filters; errors as ``Register.save_view``."""
    name = name.strip()
    if not name or len(name) > MAX_NAME or one_line(name) != name:
        raise MisuseError(f"the name of a view has 1 to {MAX_NAME} printable characters")
    with desk.vault.writing(erasing=False) as connection:
        register_views.save_view(connection, name, json.dumps(asdict(filters)), desk.surroundings.now())
    return SavedView(name, filters)


def load(desk: Desk) -> tuple[SavedView, ...]:
    """Return all kept filters, by name."""
    with desk.vault.reading() as connection:
        stored = register_views.load_views(connection)
    return tuple(SavedView(name, _read(filters)) for name, filters in stored)


def named(desk: Desk, name: str) -> RegisterFilter:
    """Return the filters of a name; errors as ``Register.view``."""
    for view in load(desk):
        if view.name == name.strip():
            return view.filters
    raise MisuseError(f"there is no view {name!r}: `rogatory register view list` shows those there are")


def remove(desk: Desk, name: str) -> None:
    """Forget filters; errors as ``Register.view``."""
    named(desk, name)
    with desk.vault.writing(erasing=False) as connection:
        register_views.remove_view(connection, name.strip())


def _read(stored: str) -> RegisterFilter:
    """Read what any version of this program has kept: what it does not know, it leaves out."""
    known = {each.name for each in fields(RegisterFilter)}
    plain: dict[str, Any] = {name: value for name, value in json.loads(stored).items() if name in known}
    plain |= {name: tuple(value) for name, value in plain.items() if isinstance(value, list)}
    return RegisterFilter(**plain)
