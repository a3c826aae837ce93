"""Who vouches for a message: the maker's own signatures prove nothing of others."""

import pytest

from rogatory_crypto.bundle.finding import About
from rogatory_crypto.bundle.manifest import BundledMessage
from rogatory_crypto.bundle.provenance import ProvenBy, Signed, counted, provenance_of
from rogatory_crypto.bundle.references import named_in
from rogatory_crypto.content.case_progress import DeadlineWithdrawn, ProgressEnquiry, StateSet
from rogatory_crypto.content.events import Acknowledged, CaseEvent
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import DeviceId, EntryId

MAKER, AUTHOR, THIRD = EntryId("CNA-SN-01"), EntryId("CNA-GH-01"), EntryId("CNA-NG-01")
NAME, OTHER = MessageId(b"\1" * 32), MessageId(b"\2" * 32)
NOTHING = Signed(attested=(), stated=(), receipts=())


def message(sender: EntryId) -> BundledMessage:
    return BundledMessage(NAME, sender, "case officer", DeviceId(bytes(16)), 1, 1, bytes(32), left_out=False)


@pytest.mark.parametrize(
    ("sender", "signed", "named", "expected"),
    [
        (AUTHOR, NOTHING, {}, ProvenBy.MAKER),
        (MAKER, NOTHING, {}, ProvenBy.SEAL),
        (AUTHOR, Signed((NAME,), (), ()), {}, ProvenBy.AUTHOR),
        (AUTHOR, Signed((), (NAME,), ()), {}, ProvenBy.AUTHOR),
        (AUTHOR, Signed((), (OTHER,), ()), {}, ProvenBy.MAKER),
        # The maker's receipt is the maker's word; another recipient's is not.
        (AUTHOR, Signed((), (), {(MAKER, NAME)}), {}, ProvenBy.MAKER),
        (AUTHOR, Signed((), (), {(THIRD, NAME)}), {}, ProvenBy.RECIPIENT),
        (AUTHOR, Signed((), (), {(THIRD, OTHER)}), {}, ProvenBy.MAKER),
        # The author's signature over the id: over its content, its room and its author.
        (AUTHOR, Signed((), (), {(AUTHOR, NAME)}), {}, ProvenBy.AUTHOR),
        (AUTHOR, NOTHING, {AUTHOR: {NAME}}, ProvenBy.AUTHOR),
        (AUTHOR, NOTHING, {MAKER: {NAME}, THIRD: {NAME}}, ProvenBy.MAKER),
    ],
)
def test_who_vouches(
    sender: EntryId, signed: Signed, named: dict[EntryId, set[MessageId]], expected: ProvenBy
) -> None:
    (found,) = provenance_of([message(sender)], signed, named, MAKER)
    assert found.by is expected
    assert (found.finding().about is About.UNSIGNED) is (expected is ProvenBy.MAKER)
    assert sender in found.finding().text
    assert list(counted([found])) == [(expected, 1)]


@pytest.mark.parametrize(
    ("event", "names"),
    [
        (StateSet("granted", (NAME,), message=OTHER), [NAME, OTHER]),
        (DeadlineWithdrawn(NAME, ""), [NAME]),
        (Acknowledged(OTHER, "GH/9"), [OTHER]),
        (ProgressEnquiry(None), []),
    ],
)
def test_what_an_event_names(event: CaseEvent, names: list[MessageId]) -> None:
    assert list(named_in(event)) == names
