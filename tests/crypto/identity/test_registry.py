"""The registry takes in what follows from what it holds, refuses the rest, and a refusal changes nothing."""

import copy
from dataclasses import replace

import pytest
from tests.crypto.identity.enrolled_office import DAY, NOW, ORIGIN, EnrolledOffice, keys, new_registry
from tests.crypto.identity.listing import refused
from tests.own_networks import OWN_NETWORKS

from rogatory_crypto import signing
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import (
    DeviceCredential,
    EnrolmentCode,
    Registry,
    decode_statement,
)
from rogatory_crypto.signing import PrivateKeys


@pytest.fixture
def office() -> EnrolledOffice:
    return EnrolledOffice()


@pytest.fixture
def registry(office: EnrolledOffice) -> Registry:
    registry = new_registry()
    invitation = office.invitation()
    for signed in (invitation, office.enrolment(invitation), office.device()):
        registry.apply(signed.encoded, NOW, index=registry.size)
    return registry


def credential(registry: Registry, office: EnrolledOffice) -> tuple[bytes, bytes]:
    identity = registry.credential_of(office.device_id("first")).encode()
    return identity, signing.public_key(office.device_private("first"))


def test_an_enrolled_office_has_its_device(registry: Registry, office: EnrolledOffice) -> None:
    assert registry.size == 3
    assert [device.index for device in registry.devices_of(office.entry_id, NOW)] == [2]
    assert registry.offices[office.entry_id].keys == office.office_private.public


def test_a_leaf_is_verified_against_its_device_entry(registry: Registry, office: EnrolledOffice) -> None:
    identity, key = credential(registry, office)
    verified = registry.verify_credential(identity, key, NOW)
    assert verified.authority == f"mimi://{ORIGIN}/u/CNA-SN-01"
    assert verified.device.entry.device_id == office.device_id("first")


@pytest.mark.parametrize(
    "change",
    [
        {"authority": f"mimi://{ORIGIN}/u/CNA-GH-01"},
        {"officer": "head of unit"},
        {"index": 1},
        {"device_id": bytes(16)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_credential_that_differs_from_the_entry_is_invalid(
    registry: Registry, office: EnrolledOffice, change: dict[str, object]
) -> None:
    identity, key = credential(registry, office)
    changed = replace(DeviceCredential.decode(identity), **change)  # type: ignore[arg-type]  # fits its field
    with pytest.raises(PeerError) as raised:
        registry.verify_credential(changed.encode(), key, NOW)
    assert raised.value.code is Code.INVALID_CREDENTIAL


def test_a_leaf_with_another_key_is_invalid(registry: Registry, office: EnrolledOffice) -> None:
    identity, _ = credential(registry, office)
    with pytest.raises(PeerError) as raised:
        registry.verify_credential(identity, signing.public_key(bytes(32)), NOW)
    assert raised.value.code is Code.INVALID_CREDENTIAL


def test_a_revoked_device_is_refused_but_still_attributable(
    registry: Registry, office: EnrolledOffice
) -> None:
    identity, key = credential(registry, office)
    registry.apply(office.revocation(at=NOW + 5).encoded, NOW + 5, index=registry.size)
    with pytest.raises(PeerError) as raised:
        registry.verify_credential(identity, key, NOW + 5)
    assert raised.value.code is Code.REVOKED
    assert registry.attribute(identity, key).device.revoked_at == NOW + 5
    assert registry.devices_of(office.entry_id, NOW + 5) == ()


@pytest.mark.parametrize("stated", [0, NOW - DAY, NOW + 5 * DAY])
def test_a_revocation_counts_from_when_it_was_listed(
    registry: Registry, office: EnrolledOffice, stated: int
) -> None:
    """Dated back it would take back receipts that others rely on; dated ahead, let a thief sign more."""
    registry.apply(office.revocation(at=stated).encoded, NOW + 5, index=registry.size)
    assert registry.devices[office.device_id("first")].revoked_at == NOW + 5


def test_a_device_past_its_term_is_expired(registry: Registry, office: EnrolledOffice) -> None:
    identity, key = credential(registry, office)
    with pytest.raises(PeerError) as raised:
        registry.verify_credential(identity, key, NOW + 365 * DAY)
    assert raised.value.code is Code.EXPIRED


def test_a_code_works_once(registry: Registry, office: EnrolledOffice) -> None:
    invitation = registry.invitation_for(office.code.public_key())
    assert invitation is not None
    assert invitation.used
    again = EnrolledOffice().enrolment(office.invitation())
    assert refused(registry, again) is Code.ALREADY_USED


def test_a_newer_letter_ends_the_older_one_for_good(office: EnrolledOffice) -> None:
    """A thief of a lost letter could otherwise take the office over after it enrolled with the next one."""
    registry, thief = new_registry(), EnrolledOffice()
    lost, thief.office_private = office.invitation(), keys("thief")
    registry.apply(lost.encoded, NOW, index=registry.size)
    office.code = EnrolmentCode(b"the code in letter 2")
    second = office.invitation()
    registry.apply(second.encoded, NOW, index=registry.size)
    old = registry.invitation_for(thief.code.public_key())
    assert old is not None
    assert old.replaced
    assert refused(registry, thief.enrolment(lost)) is Code.EXPIRED
    registry.apply(office.enrolment(second).encoded, NOW, index=registry.size)
    thief.sequence, thief.head = office.sequence, office.head
    assert refused(registry, thief.enrolment(lost)) is Code.EXPIRED


def test_a_letter_to_one_office_leaves_another_offices_letter_alone(office: EnrolledOffice) -> None:
    registry = new_registry()
    invitation = office.invitation()
    registry.apply(invitation.encoded, NOW, index=registry.size)
    registry.apply(EnrolledOffice("CNA-GH-01").invitation().encoded, NOW, index=registry.size)
    registry.apply(office.enrolment(invitation).encoded, NOW, index=registry.size)
    assert office.entry_id in registry.offices


def test_an_expired_code_is_refused(office: EnrolledOffice) -> None:
    registry = new_registry()
    invitation = office.invitation(expires_at=NOW + DAY)
    registry.apply(invitation.encoded, NOW, index=registry.size)
    assert refused(registry, office.enrolment(invitation), NOW + DAY) is Code.EXPIRED


def test_a_wrong_code_is_refused(office: EnrolledOffice) -> None:
    registry = new_registry()
    invitation = office.invitation()
    registry.apply(invitation.encoded, NOW, index=registry.size)
    wrong = office.enrolment(invitation, code=EnrolmentCode(bytes(20)))
    assert refused(registry, wrong) is Code.BAD_SIGNATURE


def test_an_invitation_for_another_authority_is_refused(office: EnrolledOffice) -> None:
    registry = new_registry()
    invitation = office.invitation()
    registry.apply(invitation.encoded, NOW, index=registry.size)
    assert refused(registry, EnrolledOffice("CNA-GH-01").enrolment(invitation)) is Code.NOT_FOUND


@pytest.mark.parametrize(
    ("issued_at", "expires_at", "code"),
    [
        (NOW - DAY, NOW, Code.EXPIRED),
        (NOW, NOW + 91 * DAY, Code.MALFORMED),
        (NOW + DAY, NOW + DAY, Code.MALFORMED),
    ],
)
def test_an_invitation_has_a_term(
    office: EnrolledOffice, issued_at: int, expires_at: int, code: Code
) -> None:
    registry = new_registry()
    assert refused(registry, office.invitation(issued_at=issued_at, expires_at=expires_at)) is code


def test_an_invitation_is_the_operators_alone(office: EnrolledOffice) -> None:
    registry = Registry(ORIGIN, keys("stranger").public, OWN_NETWORKS)
    assert refused(registry, office.invitation()) is Code.BAD_SIGNATURE


def test_an_invitation_to_another_relay_of_the_same_operator_is_refused(office: EnrolledOffice) -> None:
    """Or a revoked device, whose revocation is listed elsewhere only, could come to life here."""
    assert refused(new_registry(), office.invitation(origin="trial.example")) is Code.FORBIDDEN


def test_an_invitation_cannot_be_repeated(registry: Registry, office: EnrolledOffice) -> None:
    assert refused(registry, office.invitation()) is Code.ALREADY_USED


def test_enrolling_again_retires_every_former_device(registry: Registry, office: EnrolledOffice) -> None:
    office.code = EnrolmentCode(b"another code of 20 b")
    office.office_private = keys("next")
    invitation = office.invitation()
    assert not registry.offices[office.entry_id].anew
    registry.apply(invitation.encoded, NOW, index=registry.size)
    registry.apply(office.enrolment(invitation).encoded, NOW + 9, index=registry.size)
    assert registry.offices[office.entry_id].anew
    assert registry.devices_of(office.entry_id, NOW + 9) == ()
    assert registry.devices[office.device_id("first")].revoked_at == NOW + 9


def test_a_statement_out_of_the_offices_chain_is_refused(registry: Registry, office: EnrolledOffice) -> None:
    office.sequence -= 1
    assert refused(registry, office.device("second")) is Code.CONFLICT
    office.head = bytes(32)
    assert refused(registry, office.device("third")) is Code.CONFLICT


def test_the_same_device_cannot_be_entered_twice(registry: Registry, office: EnrolledOffice) -> None:
    assert refused(registry, office.device()) is Code.CONFLICT


def test_two_devices_cannot_share_a_key(registry: Registry, office: EnrolledOffice) -> None:
    class Cloning(EnrolledOffice):
        def device_keys(self, device: str) -> PrivateKeys:
            return super().device_keys("first" if device == "clone" else device)

    clone = Cloning(office.name, office.sequence, office.head)
    assert refused(registry, clone.device("clone")) is Code.CONFLICT


def test_only_the_office_enters_devices(registry: Registry, office: EnrolledOffice) -> None:
    stranger = EnrolledOffice(office.name, office.sequence, office.head)
    stranger.office_private = keys("stranger")
    assert refused(registry, stranger.device("planted")) is Code.BAD_SIGNATURE


def test_an_authority_that_is_not_enrolled_has_no_devices(registry: Registry) -> None:
    assert refused(registry, EnrolledOffice("CNA-GH-01").device()) is Code.NOT_FOUND
    assert refused(registry, EnrolledOffice("CNA-GH-01").revocation()) is Code.NOT_FOUND


@pytest.mark.parametrize(
    ("not_after", "code"), [(NOW + 3 * 366 * DAY, Code.MALFORMED), (NOW + 60, Code.EXPIRED)]
)
def test_a_device_entry_has_a_term(
    registry: Registry, office: EnrolledOffice, not_after: int, code: Code
) -> None:
    assert refused(registry, office.device("second", not_after=not_after), NOW + 60) is code


def test_a_device_is_revoked_once_and_by_its_own_office(registry: Registry, office: EnrolledOffice) -> None:
    registry.apply(office.revocation().encoded, NOW, index=registry.size)
    assert refused(registry, office.revocation()) is Code.REVOKED


def test_an_office_cannot_revoke_another_offices_device(registry: Registry, office: EnrolledOffice) -> None:
    class Meddling(EnrolledOffice):
        def device_id(self, device: str) -> bytes:  # type: ignore[override]  # a foreign id on purpose
            return office.device_id(device)

    other = Meddling("CNA-GH-01")
    invitation = other.invitation()
    registry.apply(invitation.encoded, NOW, index=registry.size)
    registry.apply(other.enrolment(invitation).encoded, NOW, index=registry.size)
    assert refused(registry, other.revocation()) is Code.NOT_FOUND


def test_a_device_without_an_entry_has_no_credential(registry: Registry) -> None:
    with pytest.raises(PeerError) as raised:
        registry.credential_of(EnrolledOffice("CNA-GH-01").device_id("first"))
    assert raised.value.code is Code.NOT_FOUND


def test_a_replay_of_the_list_reaches_the_same_state(office: EnrolledOffice) -> None:
    invitation = office.invitation()
    listed = [invitation, office.enrolment(invitation), office.device(), office.revocation()]
    first, second = new_registry(), new_registry()
    for signed in listed:
        first.apply(signed.encoded, NOW, index=first.size)
        second.apply(decode_statement(signed.encoded).encoded, NOW, index=second.size)
    assert vars(first) == vars(second)


def test_a_copy_is_the_same_and_stands_alone(registry: Registry, office: EnrolledOffice) -> None:
    """A relay tries statements on a copy that stand or fall together."""
    before = copy.deepcopy(vars(registry))
    twin = registry.copy()
    assert vars(twin) == before
    other = EnrolledOffice("CNA-GH-01")
    invitation = other.invitation()
    for signed in (invitation, other.enrolment(invitation), other.device(), office.device("second")):
        twin.apply(signed.encoded, NOW, index=twin.size)
    twin.apply(office.revocation().encoded, NOW, index=twin.size)
    assert vars(registry) == before


def test_the_list_never_goes_back_in_time(registry: Registry, office: EnrolledOffice) -> None:
    assert registry.latest == NOW
    late = office.device("second")
    assert refused(registry, late, NOW - 1) is Code.CONFLICT
    registry.apply(late.encoded, NOW, index=registry.size)
