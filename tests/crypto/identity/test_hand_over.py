"""When an officer leaves, two of the office say so: his device is revoked and another takes over."""

from dataclasses import replace

import pytest
from tests.crypto.identity.enrolled_office import DAY, NOW, EnrolledOffice, keys, signed_by
from tests.crypto.identity.listing import list_all, refused, with_secretariat

from rogatory_crypto.errors import Code
from rogatory_crypto.identity import HandOver, Registry, RevocationReason, Role, SignedStatement, Signer

# In ``OFFICERS``: first and third are the secretary's, second is the head's.


@pytest.fixture
def office() -> EnrolledOffice:
    return EnrolledOffice("CNA-GH-01")


@pytest.fixture
def registry(office: EnrolledOffice) -> Registry:
    return with_secretariat(office)[0]


@pytest.mark.parametrize("pair", [("first", "second"), ("second", "first"), ("second", "clerk")])
def test_the_leavers_device_ends_and_names_its_successor(
    registry: Registry, office: EnrolledOffice, pair: tuple[str, str]
) -> None:
    """The leaver agrees, or is absent."""
    list_all(registry, office.hand_over("first", "second", *pair), at=NOW + 5)
    left = registry.devices[office.device_id("first")]
    assert (left.revoked_at, left.successor) == (NOW + 5, office.device_id("second"))
    assert left.reason is RevocationReason.OFFICER_LEFT
    assert registry.devices[office.device_id("second")].is_in_service(NOW + 5)
    assert registry.devices[office.device_id("third")].is_in_service(NOW + 5)


@pytest.mark.parametrize(
    "four",
    [
        ("first", "second", "second", "second"),
        ("second", "first", "first", "third"),
        ("first", "third", "first", "third"),
        ("first", "second", "first", "first"),
    ],
    ids=["one device", "one officer", "the leaver to himself", "the leaver twice"],
)
def test_one_person_hands_nothing_over(
    registry: Registry, office: EnrolledOffice, four: tuple[str, str, str, str]
) -> None:
    assert refused(registry, office.hand_over(*four)) is Code.FORBIDDEN


def test_a_device_does_not_succeed_itself(registry: Registry, office: EnrolledOffice) -> None:
    assert refused(registry, office.hand_over("first", "first", "first", "second")) is Code.CONFLICT


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.LIAISON])
def test_who_does_not_work_here_does_not_decide_who_does(
    registry: Registry, office: EnrolledOffice, role: Role
) -> None:
    list_all(registry, office.device("guest", officer="guest", role=role))
    assert refused(registry, office.hand_over("first", "second", "second", "guest")) is Code.FORBIDDEN


@pytest.mark.parametrize("part", ["leaver", "successor", "proposer", "confirmer"])
def test_all_of_them_are_devices_of_the_office(registry: Registry, office: EnrolledOffice, part: str) -> None:
    other = EnrolledOffice("NET-WACAP")
    statement = replace(office).hand_over("first", "second", "first", "second").statement
    mixed = replace(statement, **{part: other.device_id("second")})  # type: ignore[arg-type]  # fits its field
    assert refused(registry, signed(mixed, office, other)) is Code.NOT_FOUND


def signed(statement: object, office: EnrolledOffice, other: EnrolledOffice) -> SignedStatement:
    assert isinstance(statement, HandOver)
    known = {
        each.device_id(name): each.device_keys(name)
        for each in (office, other)
        for name in ("first", "second", "third")
    }
    private = {
        Signer.OFFICE: office.office_private,
        Signer.PROPOSER: known[statement.proposer],
        Signer.CONFIRMER: known[statement.confirmer],
    }
    return signed_by(statement, private)


@pytest.mark.parametrize(
    ("revoked", "code"),
    [("first", Code.REVOKED), ("second", Code.REVOKED), ("third", Code.REVOKED)],
    ids=["leaver", "successor", "proposer"],
)
def test_a_revoked_device_takes_no_part(
    registry: Registry, office: EnrolledOffice, revoked: str, code: Code
) -> None:
    list_all(registry, office.device("fourth", officer="deputy"), office.revocation(revoked))
    assert refused(registry, office.hand_over("first", "second", "third", "fourth")) is code


def test_an_expired_leaver_can_be_handed_over_and_an_expired_successor_takes_nothing(
    registry: Registry, office: EnrolledOffice
) -> None:
    later = NOW + DAY
    list_all(registry, office.device("brief", officer="deputy", not_after=later))
    taking = replace(office).hand_over("first", "brief", "first", "second")
    assert refused(registry, taking, later) is Code.EXPIRED
    list_all(registry, office.hand_over("brief", "first", "first", "second"), at=later)
    assert registry.devices[office.device_id("brief")].revoked_at == later


def test_an_expired_device_signs_nothing(registry: Registry, office: EnrolledOffice) -> None:
    later = NOW + DAY
    list_all(registry, office.device("brief", officer="deputy", not_after=later))
    assert refused(registry, office.hand_over("first", "second", "brief", "second"), later) is Code.EXPIRED


@pytest.mark.parametrize("signer", [Signer.OFFICE, Signer.PROPOSER, Signer.CONFIRMER])
def test_office_and_both_officers_sign(registry: Registry, office: EnrolledOffice, signer: Signer) -> None:
    statement = replace(office).hand_over("first", "second", "first", "second").statement
    private = {
        Signer.OFFICE: office.office_private,
        Signer.PROPOSER: office.device_keys("first"),
        Signer.CONFIRMER: office.device_keys("second"),
    }
    private[signer] = keys("stranger")
    assert refused(registry, signed_by(statement, private)) is Code.BAD_SIGNATURE


def test_a_hand_over_works_once_and_in_its_place(registry: Registry, office: EnrolledOffice) -> None:
    handed = office.hand_over("first", "third", "third", "second")
    list_all(registry, handed)
    assert refused(registry, handed) is Code.CONFLICT
    assert refused(registry, office.hand_over("first", "third", "third", "second")) is Code.REVOKED


def test_an_office_that_is_not_enrolled_hands_nothing_over(registry: Registry) -> None:
    nobody = EnrolledOffice("CNA-NG-01")
    assert refused(registry, nobody.hand_over("first", "second", "first", "second")) is Code.NOT_FOUND
