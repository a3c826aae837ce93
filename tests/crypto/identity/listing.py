"""Registries that statements are listed in, and what a refusal must leave behind: nothing."""

import copy

import pytest
from tests.crypto.identity.enrolled_office import NOW, EnrolledOffice, new_registry

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import Registry, Role, SignedStatement
from rogatory_crypto.wire.identifier import EntryId

NETWORK = "WACAP"
OTHER_NETWORK = "CASC"
OFFICERS = {
    "first": ("secretary", Role.SECRETARIAT_OFFICER),
    "second": ("head", Role.HEAD),
    "third": ("secretary", Role.SECRETARIAT_OFFICER),
    "clerk": ("clerk", Role.CLERK),
}


def list_all(registry: Registry, *listed: SignedStatement, at: int = NOW) -> None:
    for signed in listed:
        registry.apply(signed.encoded, at, index=registry.size)


def refused(registry: Registry, signed: SignedStatement, at: int = NOW) -> Code:
    before = copy.deepcopy(vars(registry))
    with pytest.raises(PeerError) as raised:
        registry.apply(signed.encoded, at, index=registry.size)
    assert vars(registry) == before
    return raised.value.code


def with_secretariat(*more: EnrolledOffice) -> tuple[Registry, EnrolledOffice]:
    """A network whose secretariat has enrolled, and other secretariats' networks under their own names."""
    secretariat = EnrolledOffice("NET-WACAP")
    runs = {NETWORK: secretariat.entry_id} | {other.name: other.entry_id for other in more}
    registry = new_registry(runs | {OTHER_NETWORK: EntryId("NET-CASC")})
    for office in (secretariat, *more):
        list_all(registry, *beginning(office))
    return registry, secretariat


def beginning(office: EnrolledOffice) -> list[SignedStatement]:
    """The operator's letter, the office's entry, and devices of its officers."""
    invitation = office.invitation()
    entry = office.enrolment(invitation)
    devices = [office.device(name, officer=who, role=role) for name, (who, role) in OFFICERS.items()]
    return [invitation, entry, *devices]
