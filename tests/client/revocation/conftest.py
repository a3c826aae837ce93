from collections.abc import Iterator

import pytest
from tests.client.revocation.listeners import Server, Trap, served, trap
from tests.client.revocation.openssl_ca import OpensslCa, make_ca

from rogatory_client.revocation import Source
from rogatory_client.revocation.sources import read_certificate


@pytest.fixture
def server() -> Iterator[Server]:
    with served() as running:
        yield running


@pytest.fixture
def snare() -> Iterator[Trap]:
    with trap() as listening:
        yield listening


@pytest.fixture
def ca(tmp_path_factory: pytest.TempPathFactory) -> OpensslCa:
    """An authority with one signer."""
    made = make_ca(tmp_path_factory.mktemp("ca"), "Issuing authority")
    made.issue("signer")
    return made


@pytest.fixture
def stranger(tmp_path_factory: pytest.TempPathFactory) -> OpensslCa:
    """Another authority of the same name."""
    return make_ca(tmp_path_factory.mktemp("stranger"), "Issuing authority")


@pytest.fixture
def issuer(ca: OpensslCa) -> Source:
    """The authority, with an address that is never asked."""
    return Source(read_certificate(ca.pem), crl=("http://ca.example/list.crl",))
