"""What changes nothing of a room is said where it belongs, and what is not listed is said nowhere."""

import pytest

from rogatory_client.engine.placing import require_place
from rogatory_crypto.content.carry_over import CarryOverAnswered, CarryOverProposed
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.events import CaseEvent
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire.identifier import EntryId

NAME = MessageId(b"\x01" + bytes(31))
AGREEING = [CarryOverProposed((NAME,), (EntryId("CNA-SN-01"),)), CarryOverAnswered(NAME, ())]


@pytest.mark.parametrize("event", AGREEING, ids=lambda each: type(each).__name__)
def test_what_is_carried_over_is_agreed_upon_in_its_case(event: CaseEvent) -> None:
    for kind in (None, CaseKind.CONSULTATION, CaseKind.REQUEST):
        require_place(event, kind)
    for kind in (CaseKind.NETWORK, CaseKind.OFFICE, CaseKind.RETURN):
        with pytest.raises(PeerError, match="outside of a case") as refusal:
            require_place(event, kind)
        assert refusal.value.code is Code.FORBIDDEN
