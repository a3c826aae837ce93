"""An office replaces its keys: the old ones say so, the new ones answer for it, devices stay in service."""

from dataclasses import replace

import pytest
from tests.crypto.identity.enrolled_office import NOW, EnrolledOffice, keys, public, signed_by
from tests.crypto.identity.listing import list_all, refused, with_secretariat

from rogatory_crypto.errors import Code
from rogatory_crypto.identity import KeySuccession, Registry, SignedStatement, Signer
from rogatory_crypto.signing import PrivateKeys


@pytest.fixture
def office() -> EnrolledOffice:
    return EnrolledOffice("CNA-GH-01")


@pytest.fixture
def registry(office: EnrolledOffice) -> Registry:
    return with_secretariat(office)[0]


def succession(office: EnrolledOffice, private: PrivateKeys) -> KeySuccession:
    return KeySuccession(office.entry_id, public(private), NOW, office.sequence + 1, office.head)


def test_devices_stay_and_the_new_keys_speak(registry: Registry, office: EnrolledOffice) -> None:
    before = registry.devices_of(office.entry_id, NOW)
    list_all(registry, office.succession(keys("next")), office.device("later"))
    assert registry.offices[office.entry_id].keys == keys("next").public
    assert registry.devices_of(office.entry_id, NOW)[:-1] == before


def test_the_old_keys_say_nothing_more(registry: Registry, office: EnrolledOffice) -> None:
    old = office.office_private
    list_all(registry, office.succession(keys("next")))
    for what in ("device", "revocation", "renewal", "succession"):
        stolen = EnrolledOffice(office.name, office.sequence, office.head)
        stolen.office_private = old
        forged = stolen.succession(keys("a third")) if what == "succession" else getattr(stolen, what)()
        assert refused(registry, forged) is Code.BAD_SIGNATURE


def test_the_new_keys_speak_for_nobody_before_their_statement(
    registry: Registry, office: EnrolledOffice
) -> None:
    office.office_private = keys("next")
    assert refused(registry, office.device("planted")) is Code.BAD_SIGNATURE


def test_whoever_holds_only_the_new_keys_cannot_take_over(registry: Registry, office: EnrolledOffice) -> None:
    thief = keys("thief")
    forged = signed_by(succession(office, thief), {Signer.OFFICE: thief, Signer.NEW_OFFICE: thief.ed25519})
    assert refused(registry, forged) is Code.BAD_SIGNATURE


def test_nobody_names_keys_that_it_does_not_hold(registry: Registry, office: EnrolledOffice) -> None:
    forged = signed_by(
        succession(office, keys("somebody's")),
        {Signer.OFFICE: office.office_private, Signer.NEW_OFFICE: keys("not theirs").ed25519},
    )
    assert refused(registry, forged) is Code.BAD_SIGNATURE


def test_keys_never_come_back(registry: Registry, office: EnrolledOffice) -> None:
    first = office.office_private
    assert refused(registry, replace(office).succession(first)) is Code.CONFLICT
    list_all(registry, office.succession(keys("next")))
    assert refused(registry, replaced(office, first)) is Code.CONFLICT


def test_a_devices_key_is_no_offices(registry: Registry, office: EnrolledOffice) -> None:
    assert refused(registry, replaced(office, office.device_keys("first"))) is Code.CONFLICT


def test_both_halves_are_replaced(registry: Registry, office: EnrolledOffice) -> None:
    half = replace(keys("next"), ml_dsa_44=office.office_private.ml_dsa_44)
    assert refused(registry, replaced(office, half)) is Code.CONFLICT


def test_a_succession_continues_its_offices_chain(registry: Registry, office: EnrolledOffice) -> None:
    list_all(registry, first := office.succession(keys("next")))
    assert refused(registry, first) is Code.BAD_SIGNATURE
    office.head = bytes(32)
    assert refused(registry, office.succession(keys("a third"))) is Code.CONFLICT


def test_an_office_that_is_not_enrolled_has_no_keys_to_replace(registry: Registry) -> None:
    assert refused(registry, EnrolledOffice("CNA-NG-01").succession(keys("next"))) is Code.NOT_FOUND


def replaced(office: EnrolledOffice, private: PrivateKeys) -> SignedStatement:
    """A succession to these keys, signed as it should be; the office's own chain stays where it was."""
    return signed_by(
        succession(office, private),
        {Signer.OFFICE: office.office_private, Signer.NEW_OFFICE: private.ed25519},
    )
