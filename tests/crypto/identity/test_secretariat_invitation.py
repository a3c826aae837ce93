"""Two officers of a network's secretariat invite its authorities; the operator invites secretariats."""

from dataclasses import replace

import pytest
from tests.crypto.identity.enrolled_office import (
    DAY,
    NOW,
    OPERATOR,
    ORIGIN,
    EnrolledOffice,
    keys,
    public,
    signed_by,
)
from tests.crypto.identity.listing import (
    NETWORK,
    OTHER_NETWORK,
    beginning,
    list_all,
    refused,
    with_secretariat,
)

from rogatory_crypto import cbor
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import EnrolmentCode, Invitation, Registry, Role, Signer, decode_statement
from rogatory_crypto.identity.former import Former
from rogatory_crypto.signing import PrivateKeys
from rogatory_crypto.wire.identifier import DeviceId, EntryId

OFFICER = Role.SECRETARIAT_OFFICER


class Anew(EnrolledOffice):
    """The same office after all of its keys were lost."""

    def __post_init__(self) -> None:
        self.code = EnrolmentCode(b"another code of 20 b")
        self.office_private = keys("another key of " + self.name)

    def device_id(self, device: str) -> DeviceId:
        return super().device_id("new " + device)

    def device_keys(self, device: str) -> PrivateKeys:
        return super().device_keys("new " + device)


@pytest.fixture
def invited() -> EnrolledOffice:
    return EnrolledOffice("CNA-SN-01")


@pytest.mark.parametrize("pair", [("first", "second"), ("second", "first"), ("third", "second")])
def test_two_officers_invite_and_the_office_enrols(invited: EnrolledOffice, pair: tuple[str, str]) -> None:
    registry, secretariat = with_secretariat()
    invitation = secretariat.invite(invited, NETWORK, *pair)
    list_all(registry, invitation, invited.enrolment(invitation), invited.device())
    assert invited.entry_id in registry.offices
    assert len(registry.devices_of(invited.entry_id, NOW)) == 1


def test_one_device_cannot_propose_and_confirm(invited: EnrolledOffice) -> None:
    registry, secretariat = with_secretariat()
    assert refused(registry, secretariat.invite(invited, NETWORK, "first", "first")) is Code.FORBIDDEN


def test_two_devices_of_one_officer_are_one_pair_of_eyes(invited: EnrolledOffice) -> None:
    registry, secretariat = with_secretariat()
    assert refused(registry, secretariat.invite(invited, NETWORK, "first", "third")) is Code.FORBIDDEN


def test_a_role_that_may_not_admit_may_not_invite(invited: EnrolledOffice) -> None:
    registry, secretariat = with_secretariat()
    assert refused(registry, secretariat.invite(invited, NETWORK, "first", "clerk")) is Code.FORBIDDEN
    assert refused(registry, secretariat.invite(invited, NETWORK, "clerk", "first")) is Code.FORBIDDEN


def test_a_device_of_another_office_is_no_officer_of_the_secretariat(invited: EnrolledOffice) -> None:
    other = EnrolledOffice("CNA-GH-01")
    registry, _ = with_secretariat(other)
    assert refused(registry, other.invite(invited, NETWORK)) is Code.NOT_FOUND


def test_one_of_the_two_from_another_office_is_not_enough(invited: EnrolledOffice) -> None:
    other = EnrolledOffice("CNA-GH-01")
    registry, secretariat = with_secretariat(other)
    statement = secretariat.invite(invited, NETWORK).statement
    assert isinstance(statement, Invitation)
    mixed = replace(statement, confirmer=other.device_id("second"))
    both = {
        Signer.PROPOSER: secretariat.device_keys("first"),
        Signer.CONFIRMER: other.device_keys("second"),
    }
    assert refused(registry, signed_by(mixed, both)) is Code.NOT_FOUND


def test_a_revoked_device_invites_nobody(invited: EnrolledOffice) -> None:
    registry, secretariat = with_secretariat()
    list_all(registry, secretariat.revocation("second"))
    assert refused(registry, secretariat.invite(invited, NETWORK)) is Code.REVOKED


def test_an_expired_device_invites_nobody(invited: EnrolledOffice) -> None:
    registry, secretariat = with_secretariat()
    later = NOW + 10 * DAY
    brief = secretariat.device("brief", officer="deputy", role=OFFICER, not_after=later)
    list_all(registry, brief)
    assert refused(registry, secretariat.invite(invited, NETWORK, "first", "brief"), later) is Code.EXPIRED


def test_a_device_that_is_not_valid_yet_invites_nobody(invited: EnrolledOffice) -> None:
    registry, secretariat = with_secretariat()
    list_all(registry, secretariat.device("early", officer="deputy", role=OFFICER, not_before=NOW + DAY))
    assert refused(registry, secretariat.invite(invited, NETWORK, "first", "early")) is Code.EXPIRED


def test_a_device_that_nobody_entered_invites_nobody(invited: EnrolledOffice) -> None:
    registry, secretariat = with_secretariat()
    assert refused(registry, secretariat.invite(invited, NETWORK, "first", "never")) is Code.NOT_FOUND


def test_a_secretariat_invites_to_its_own_network_only(invited: EnrolledOffice) -> None:
    registry, secretariat = with_secretariat()
    assert refused(registry, secretariat.invite(invited, OTHER_NETWORK)) is Code.NOT_FOUND


def test_nobody_invites_to_a_network_that_nobody_runs(invited: EnrolledOffice) -> None:
    registry, secretariat = with_secretariat()
    assert refused(registry, secretariat.invite(invited, "SEA")) is Code.NOT_FOUND


def test_the_operator_invites_secretariats_and_nobody_else(invited: EnrolledOffice) -> None:
    registry, _ = with_secretariat()
    assert refused(registry, invited.invitation()) is Code.FORBIDDEN


def test_a_secretariat_cannot_take_another_over_with_a_letter() -> None:
    other = EnrolledOffice("CNA-GH-01")
    registry, secretariat = with_secretariat(other)
    other.code = EnrolmentCode(b"another code of 20 b")
    assert refused(registry, secretariat.invite(other, NETWORK)) is Code.FORBIDDEN


def test_an_office_is_invited_anew_by_the_network_that_brought_it_in(invited: EnrolledOffice) -> None:
    """Or two officers of any network could take over every office of all others."""
    other = EnrolledOffice("CNA-GH-01")
    registry, secretariat = with_secretariat(other)
    invitation = secretariat.invite(invited, NETWORK)
    list_all(registry, invitation, invited.enrolment(invitation))
    assert registry.offices[invited.entry_id].network == NETWORK
    invited.code = EnrolmentCode(b"another code of 20 b")
    assert refused(registry, other.invite(invited, other.name)) is Code.FORBIDDEN
    list_all(registry, secretariat.invite(invited, NETWORK))


def test_an_office_whose_network_nobody_runs_any_more_is_invited_by_the_next(invited: EnrolledOffice) -> None:
    other, secretariat = EnrolledOffice("CNA-GH-01"), EnrolledOffice("NET-WACAP")
    ended = Former(secretariats=((NOW + 1, NETWORK, secretariat.entry_id),))
    registry = Registry(ORIGIN, public(OPERATOR), {other.name: other.entry_id}, ended)
    for office in (secretariat, other):
        list_all(registry, *beginning(office))
    invitation = secretariat.invite(invited, NETWORK)
    list_all(registry, invitation, invited.enrolment(invitation))
    invited.code = EnrolmentCode(b"another code of 20 b")
    letter = other.invite(invited, other.name)
    assert refused(registry, letter) is Code.FORBIDDEN
    list_all(registry, letter, at=NOW + 1)


def test_a_secretariat_leaves_no_letters_behind(invited: EnrolledOffice) -> None:
    """Its officers would become, within three months, any office that it had brought in."""
    secretariat, successor = EnrolledOffice("NET-WACAP"), EntryId("NET-OTHER")
    ended = Former(secretariats=((NOW + 1, NETWORK, secretariat.entry_id),))
    registry = Registry(ORIGIN, public(OPERATOR), {NETWORK: successor}, ended)
    list_all(registry, *beginning(secretariat))
    invitation = secretariat.invite(invited, NETWORK)
    list_all(registry, invitation)
    assert refused(registry, invited.enrolment(invitation), at=NOW + 1) is Code.EXPIRED


@pytest.mark.parametrize("officer", ["secretary ", "Secretary", "sec\u200bretary", "secre\u00adtary\u3000"])
def test_one_officer_under_two_spellings_is_one(invited: EnrolledOffice, officer: str) -> None:
    """Whoever links a second device types the officer himself."""
    registry, secretariat = with_secretariat()
    list_all(registry, secretariat.device("again", officer=officer, role=OFFICER))
    assert refused(registry, secretariat.invite(invited, NETWORK, "first", "again")) is Code.FORBIDDEN


def test_an_officer_of_another_name_is_another_one(invited: EnrolledOffice) -> None:
    registry, secretariat = with_secretariat()
    list_all(registry, secretariat.device("other", officer="secretary 2", role=OFFICER))
    list_all(registry, secretariat.invite(invited, NETWORK, "first", "other"))


@pytest.mark.parametrize("signer", [Signer.PROPOSER, Signer.CONFIRMER])
def test_both_of_the_two_sign(invited: EnrolledOffice, signer: Signer) -> None:
    registry, secretariat = with_secretariat()
    both = {
        Signer.PROPOSER: secretariat.device_keys("first"),
        Signer.CONFIRMER: secretariat.device_keys("second"),
    }
    both[signer] = secretariat.device_keys("third")
    statement = secretariat.invite(invited, NETWORK).statement
    assert refused(registry, signed_by(statement, both)) is Code.BAD_SIGNATURE


def test_the_operator_cannot_sign_for_two_officers(invited: EnrolledOffice) -> None:
    """Two of its signatures where theirs belong are nobody's."""
    registry, secretariat = with_secretariat()
    invitation = secretariat.invite(invited, NETWORK)
    operators = EnrolledOffice("NET-WACAP").invitation().signatures * 2
    forged = cbor.encode([1, invitation.body, operators])
    assert refused(registry, decode_statement(forged)) is Code.BAD_SIGNATURE


@pytest.mark.parametrize("missing", ["network", "proposer", "confirmer"])
def test_a_network_comes_with_two_officers_or_not_at_all(invited: EnrolledOffice, missing: str) -> None:
    _, secretariat = with_secretariat()
    signed = secretariat.invite(invited, NETWORK)
    body = replace(signed.statement, **{missing: None}).encode()  # type: ignore[arg-type]  # fits its field
    with pytest.raises(PeerError) as raised:
        decode_statement(cbor.encode([1, body, signed.signatures]))
    assert raised.value.code is Code.MALFORMED


def test_an_invitation_for_years_ahead_is_refused() -> None:
    """Or letters could be put aside that nobody expects any more."""
    registry, _ = with_secretariat()
    ahead = EnrolledOffice("NET-CASC").invitation(issued_at=NOW + 400 * DAY, expires_at=NOW + 401 * DAY)
    assert refused(registry, ahead) is Code.MALFORMED


def test_a_secretariat_that_enrolled_anew_invites_with_its_new_devices(invited: EnrolledOffice) -> None:
    registry, secretariat = with_secretariat()
    old = secretariat.invite(invited, NETWORK)
    again = Anew(secretariat.name, secretariat.sequence, secretariat.head)
    list_all(registry, *beginning(again))
    assert refused(registry, old) is Code.REVOKED
    list_all(registry, again.invite(invited, NETWORK))
