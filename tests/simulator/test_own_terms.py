"""How long things may take in an office, as it has set it."""

from pathlib import Path

import pytest
from tests.simulator.test_story import A
from tests.simulator.test_urgent_work import CASE, DAY, asked_urgently

from rogatory_client.office.register.view import RegisterFilter
from rogatory_client.vault.deadline_terms import save_deadline_term
from rogatory_crypto.errors import MisuseError


async def test_a_term_of_the_office_counts_wherever_something_is_due(tmp_path: Path) -> None:
    """Set once; a convention's cannot be, and what is no rule any more stops nothing."""
    world = await asked_urgently(tmp_path, urgency="routine")
    async with world.at(A) as office:
        (usual,) = office.cases.deadlines()
        office.cases.set_term("acknowledgement", "10 working days")
        (longer,) = office.cases.deadlines()
        assert office.cases.deadlines(CASE) == (longer,)
        assert longer.at == usual.at + 7 * DAY
        assert b"20261202T235959Z" in office.cases.calendar()
        (row,) = office.register.page(RegisterFilter()).rows
        assert row.next is not None
        assert row.next.at == longer.at
        (this_once,) = office.cases.deadlines(CASE, {"acknowledgement": "1 days"})
        assert this_once.at < usual.at
        for what, term in (
            *(("end of preservation", "90 days"), ("tea", "5 days")),
            *(("acknowledgement", "soon"), ("acknowledgement", "0"), ("acknowledgement", "")),
        ):
            with pytest.raises(MisuseError):
                office.cases.set_term(what, term)
        with office._desk.vault.writing() as connection:
            save_deadline_term(connection, "a rule of another program", "3 days")
        assert office.cases.deadlines() == (longer,)
        office.cases.set_term("acknowledgement", None)
        assert office.cases.deadlines() == (usual,)
