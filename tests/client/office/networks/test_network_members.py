"""Members by the log beside members by the directory: every one of them once, and who says so."""

from hypothesis import given
from hypothesis import strategies as st
from tests.crypto.identity.enrolled_office import keys

from rogatory_client.office.listing import NO_LISTING, Listing, NetworkListing
from rogatory_client.office.networks.members import compared, is_listed_in
from rogatory_client.office.networks.view import SaidBy
from rogatory_crypto.identity import Registry
from rogatory_crypto.log.entry_content import NetworkAdmission
from rogatory_crypto.wire.identifier import EntryId

NOBODY_ENROLLED = Registry("relay.example", keys("operator").public, {})
A, B, C = (EntryId(each) for each in ("CNA-SN-01", "CNA-GH-01", "CNA-NG-01"))
SOME = st.sets(st.sampled_from([A, B, C]))


def listing(*members: EntryId) -> Listing:
    return Listing(1, {}, {"WACAP": NetworkListing("WACAP", members, None)})


@given(SOME, SOME)
def test_each_is_named_once_with_who_says_so(logged: set[EntryId], listed: set[EntryId]) -> None:
    found = {
        each.entry_id: each.said_by
        for each in compared("WACAP", {"WACAP": logged}, listing(*listed), NOBODY_ENROLLED)
    }
    assert list(found) == sorted(logged | listed)
    assert {each for each in found if found[each] is not SaidBy.DIRECTORY} == logged
    assert {each for each in found if found[each] is not SaidBy.LOG} == listed


def test_a_network_is_compared_with_itself_alone() -> None:
    (only,) = compared("SEA", {"SEA": {B}, "WACAP": {A}}, listing(A, B), NOBODY_ENROLLED)
    assert (only.network, only.entry_id, only.said_by) == ("SEA", B, SaidBy.LOG)
    assert list(compared("CASC", {}, NO_LISTING, NOBODY_ENROLLED)) == []


def test_whom_the_directory_counts_to_the_network_of_an_admission() -> None:
    assert is_listed_in(listing(A), NetworkAdmission("WACAP", A, admitted=False))
    assert not is_listed_in(listing(A), NetworkAdmission("WACAP", B, admitted=True))
    assert not is_listed_in(listing(A), NetworkAdmission("SEA", A, admitted=True))
