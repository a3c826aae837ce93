"""The verdicts on signatures that the vault holds, for a bundle: without personal numbers."""

import json
from collections.abc import Iterable

from rogatory_client.bundle.leaving_out import LeftOut
from rogatory_client.office.desk import Desk
from rogatory_client.vault.verdicts import StoredVerdict, load_verdicts
from rogatory_crypto.bundle.correspondence import ReadMessage
from rogatory_crypto.bundle.stored_verdict import BundledVerdict
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.esign import decode_report, encode_report
from rogatory_crypto.esign.personal_number import masked


def bundled_verdicts(
    desk: Desk, read: Iterable[ReadMessage], left_out: LeftOut
) -> tuple[BundledVerdict, ...]:
    """Return every verdict on the files that are in a bundle, oldest first of each message."""
    kept = [each for each in read if each.listed.message_id not in left_out.messages]
    with desk.vault.reading() as connection:
        return tuple(
            _bundled(verdict)
            for each in kept
            for verdict in load_verdicts(connection, each.listed.message_id)
            if (each.listed.message_id, verdict.attachment) not in left_out.documents
        )


def _bundled(verdict: StoredVerdict) -> BundledVerdict:
    report = masked(decode_report(json.loads(verdict.report)))
    return BundledVerdict(
        message_id=MessageId(verdict.message_id),
        number=verdict.attachment,
        sha256=verdict.sha256,
        checked_at=verdict.checked_at,
        checked_for=verdict.checked_for,
        report=json.dumps(encode_report(report)),
    )
