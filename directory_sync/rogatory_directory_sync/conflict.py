"""Conflicts of rule R18: the office and the publisher changed a field, each to something else.

The local value stays in effect. A steward sees all three values, and officers decide as over any held change:
two signatures take over what the export says, one leaves the local value in effect for good. What the export
says is then what the publisher last said, so that the same conflict does not come back. An address that looks
like an attack is no conflict: it is rejected (rule R16).
"""

from rogatory_directory_sync.decision import CONFLICT, Settlement
from rogatory_directory_sync.fields import same
from rogatory_directory_sync.finding import Category
from rogatory_directory_sync.jsonvalue import JsonValue, object_of
from rogatory_directory_sync.merging import Merge, say_confirmed, say_three, stop, wait
from rogatory_directory_sync.routing import Hold, Reject, gate


def merge_conflict(merge: Merge, path: str, export: JsonValue) -> None:
    """One field that both sides changed: apply what was decided, or let it wait."""
    verdict = gate(path, export, merge.held, callback_pending=False)
    if isinstance(verdict, Reject):
        stop(merge, path, export, verdict)  # R16
        return
    match _settlement(merge, path, export):
        case Settlement.CONFIRMED:
            say_confirmed(merge, path, export)
            merge.published.pop(path, None)
            merge.apply(path, export)
        case Settlement.REJECTED:
            say_three(merge, Category.LOCAL_KEPT, path, export)
            merge.published[path] = export
            merge.settle(path, "local_kept")
        case _:
            wait(merge, path, export, Hold(CONFLICT))
            say_three(merge, Category.CONFLICT, path, export)


def _settlement(merge: Merge, path: str, export: JsonValue) -> Settlement:
    """How far officers decided exactly this conflict."""
    waiting = object_of(merge.pending.get(path))
    if waiting.get("why") != CONFLICT or not same(path, waiting.get("to"), export):
        return Settlement.OPEN
    return merge.settlement(path)
