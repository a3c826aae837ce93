"""What of a case cannot be shown to others, as no reader could check it: it spoils no bundle."""

from collections.abc import Iterable

from rogatory_client.bundle.index_facts import SetAside
from rogatory_crypto.bundle.correspondence import ReadMessage
from rogatory_crypto.bundle.finding import Finding
from rogatory_crypto.bundle.signed_statements import check_statements
from rogatory_crypto.esign.verdict import Indication
from rogatory_crypto.identity import Registry
from rogatory_crypto.wire.identifier import GroupId


def without_flawed(
    read: Iterable[ReadMessage | SetAside], group_id: GroupId, registry: Registry
) -> list[ReadMessage | SetAside]:
    """Return the messages, where those whose own signatures do not hold are set aside with the reason.

    Args:
        read: of one room; some may be set aside already.
        group_id: the room.
        registry: of this device.
    """
    return [_without_flaw(each, group_id, registry) for each in read]


def _without_flaw(
    each: ReadMessage | SetAside, group_id: GroupId, registry: Registry
) -> ReadMessage | SetAside:
    if isinstance(each, SetAside):
        return each
    flaw = next(filter(_is_wrong, check_statements([each], group_id, registry).findings), None)
    return each if flaw is None else SetAside(each.listed, flaw.text)


def _is_wrong(finding: Finding) -> bool:
    return finding.indication is Indication.TOTAL_FAILED
