"""How the log is shown: findings by name and place, what each authority has, its history in words."""

from collections.abc import Sequence
from dataclasses import asdict

from rogatory_client.cli.answer import Answer, Block, Line, Table, Tone
from rogatory_client.cli.failure import ExitCode
from rogatory_client.cli.views import moment
from rogatory_client.monitor.authorities import AuthoritySummary
from rogatory_client.monitor.history import Told
from rogatory_client.monitor.inspection import Discovery, Inspection


def inspection_answer(inspection: Inspection, *, now: int, warnings: Sequence[str]) -> Answer:
    """Return the answer of ``rogatory log verify``."""
    authorities = inspection.authorities(now)
    tree, found = inspection.replayed.tree, inspection.discoveries
    witnessed_at = inspection.checkpoint.witnessed_at if inspection.checkpoint else None
    data = {
        "entries": tree.size,
        "root": tree.root().hex(),
        "checkpoint": inspection.checkpoint is not None,
        "witnessed_at": witnessed_at,
        "findings": [asdict(each) for each in found],
        "authorities": [asdict(each) for each in authorities],
    }
    blocks: list[Block] = [_authorities(authorities)]
    blocks += [_findings(found)] if found else []
    blocks.append(_verdict(inspection, witnessed_at))
    return Answer(data, blocks, ExitCode.FAILED if found else ExitCode.OK, warnings)


def history_answer(told: Sequence[Told], authority: str | None, warnings: Sequence[str]) -> Answer:
    """Return the answer of ``rogatory log show``."""
    rows = [
        (str(each.index), moment(each.at), each.who, each.what, each.refused and f"REFUSED: {each.refused}")
        for each in told
    ]
    about = f"the authority {authority}" if authority else "anybody"
    headings = ("Entry", "When", "Who", "What", "")
    table = Table(headings, rows, f"The log says nothing about {about}.")
    refused = sum(bool(each.refused) for each in told)
    alarm = (Line(f"{refused} of these are not believed.", Tone.ALARM),) if refused else ()
    return Answer(
        {"authority": authority, "entries": [asdict(each) for each in told]}, (table, *alarm), 0, warnings
    )


def _authorities(authorities: Sequence[AuthoritySummary]) -> Table:
    rows = [
        (
            each.entry_id, "yes" if each.is_listed else "no", str(each.office_keys), str(each.in_service),
            str(each.revoked), str(each.expired), str(each.seals), ", ".join(each.networks),
        )
        for each in authorities
    ]  # fmt: skip
    headings = ("Authority", "Listed", "Keys", "Devices", "Revoked", "Expired", "Seals", "Networks")
    return Table(headings, rows, "No authority is in this log.")


def _findings(found: Sequence[Discovery]) -> Table:
    rows = [(each.name, each.place, each.detail) for each in found]
    return Table(("Finding", "Where", "What"), rows, "")


def _verdict(inspection: Inspection, witnessed_at: int | None) -> Line:
    size, found = inspection.replayed.tree.size, len(inspection.discoveries)
    if found:
        return Line(f"{size} entries, {found} findings: do not rely on this log.", Tone.ALARM)
    when = f", as witnesses saw it at {moment(witnessed_at)}" if witnessed_at else ""
    return Line(f"{size} entries, nothing found{when}.", Tone.NEW)
