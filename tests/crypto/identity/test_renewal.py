"""A device's term is prolonged by its office, forward only, while it is in service."""

from dataclasses import replace

import pytest
from tests.crypto.identity.enrolled_office import DAY, NOW, EnrolledOffice, keys, signed_by
from tests.crypto.identity.listing import list_all, refused, with_secretariat

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import Registry, Renewal, Signer

END = NOW + 365 * DAY


@pytest.fixture
def office() -> EnrolledOffice:
    return EnrolledOffice("CNA-GH-01")


@pytest.fixture
def registry(office: EnrolledOffice) -> Registry:
    return with_secretariat(office)[0]


def test_a_renewed_device_goes_on_with_its_credential(registry: Registry, office: EnrolledOffice) -> None:
    identity = registry.credential_of(office.device_id("first"))
    key = office.device_keys("first").public.ed25519
    with pytest.raises(PeerError):
        registry.verify_credential(identity.encode(), key, END)
    list_all(registry, office.renewal(not_after=END + 300 * DAY), at=END - 1)
    assert registry.credential_of(office.device_id("first")) == identity
    assert registry.verify_credential(identity.encode(), key, END).device.not_after == END + 300 * DAY
    assert not registry.devices[office.device_id("first")].is_in_service(END + 300 * DAY)


def test_a_device_can_be_renewed_again_and_again(registry: Registry, office: EnrolledOffice) -> None:
    end = END
    for _ in range(4):
        end, before = end + 300 * DAY, end
        list_all(registry, office.renewal(not_after=end), at=before - 1)
    assert registry.devices[office.device_id("first")].not_after == END + 1200 * DAY


@pytest.mark.parametrize("not_after", [END, END - 1, NOW + 1, 0])
def test_a_term_is_never_shortened(registry: Registry, office: EnrolledOffice, not_after: int) -> None:
    """Whoever would end it revokes it, for everybody to see."""
    assert refused(registry, office.renewal(not_after=not_after)) is Code.CONFLICT


def test_a_renewal_is_for_two_years_at_most(registry: Registry, office: EnrolledOffice) -> None:
    assert refused(registry, office.renewal(not_after=NOW + 733 * DAY)) is Code.MALFORMED


def test_a_revoked_device_is_not_renewed(registry: Registry, office: EnrolledOffice) -> None:
    list_all(registry, office.revocation())
    assert refused(registry, office.renewal()) is Code.REVOKED


def test_an_expired_device_is_not_renewed(registry: Registry, office: EnrolledOffice) -> None:
    assert refused(registry, office.renewal(not_after=END + DAY), END) is Code.EXPIRED


def test_an_office_renews_its_own_devices_only(registry: Registry, office: EnrolledOffice) -> None:
    renewal = Renewal(
        office.entry_id,
        EnrolledOffice("NET-WACAP").device_id("first"),
        END + DAY,
        office.sequence + 1,
        office.head,
    )
    assert refused(registry, signed_by(renewal, {Signer.OFFICE: office.office_private})) is Code.NOT_FOUND


def test_only_the_office_renews(registry: Registry, office: EnrolledOffice) -> None:
    stranger = replace(office)
    stranger.office_private = keys("stranger")
    assert refused(registry, stranger.renewal()) is Code.BAD_SIGNATURE


def test_a_renewal_works_once(registry: Registry, office: EnrolledOffice) -> None:
    renewal = office.renewal()
    list_all(registry, renewal)
    assert refused(registry, renewal) is Code.CONFLICT


def test_an_office_that_is_not_enrolled_renews_nothing(registry: Registry) -> None:
    assert refused(registry, EnrolledOffice("CNA-NG-01").renewal()) is Code.NOT_FOUND
