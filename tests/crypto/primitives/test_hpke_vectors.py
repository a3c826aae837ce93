"""HPKE against the vectors of draft-ietf-hpke-pq: derivation, decapsulation, key schedule, opening, export.

Two things cannot run here. ML-KEM-512 (0x0040) is in no library that we depend on. The one-stage KDFs
(0x0010 SHAKE128, 0x0011 SHAKE256, 0x0012 TurboSHAKE128, 0x0013 TurboSHAKE256) belong to no suite of MLS, so
HPKE has no key schedule for them; of those cases the KEM runs.
"""

import json
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from rogatory_crypto.primitives import aead, hybrid_kem, kem, ml_kem
from rogatory_crypto.primitives.hpke import Hpke
from rogatory_crypto.primitives.kdf import HKDF_SHA256, HKDF_SHA384
from rogatory_crypto.primitives.kem import Kem

_KEMS: tuple[Kem, ...] = (
    kem.DHKEM_P256,
    kem.DHKEM_P384,
    kem.DHKEM_X25519,
    kem.DHKEM_X448,
    ml_kem.ML_KEM_768,
    ml_kem.ML_KEM_1024,
    hybrid_kem.MLKEM768_X25519,
    hybrid_kem.MLKEM768_P256,
    hybrid_kem.MLKEM1024_P384,
)
KEMS = {each.code: each for each in _KEMS}
KDFS = {1: HKDF_SHA256, 2: HKDF_SHA384}
AEADS = {1: aead.AES_128_GCM, 2: aead.AES_256_GCM, 3: aead.CHACHA20_POLY1305}

# KEM and KDF of each case.
WHOLE = ((0x41, 1), (0x42, 2), (0x50, 1), (0x51, 2), (0x647A, 1))
KEM_ONLY = (
    (0x10, 0x10),
    (0x11, 0x11),
    (0x20, 0x12),
    (0x21, 0x13),
    (0x42, 0x13),
    (0x50, 0x10),
    (0x647A, 0x11),
)
NOT_RUN = ((0x40, 1),)


class Case:
    """One case of the file."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self.fields = fields
        self.kem = KEMS[fields["kem_id"]]

    def raw(self, name: str) -> bytes:
        return bytes.fromhex(self.fields[name])

    @cached_property
    def shared_secret(self) -> bytes:
        return self.kem.decap(self.raw("enc"), self.raw("skRm"))

    @cached_property
    def hpke(self) -> Hpke:
        return Hpke(self.kem, KDFS[self.fields["kdf_id"]], AEADS[self.fields["aead_id"]])


def _file(shared: Path) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads((shared / "vectors" / "hpke-pq.json").read_text())
    return cases


def _case(shared: Path, pair: tuple[int, int]) -> Case:
    (found,) = [fields for fields in _file(shared) if (fields["kem_id"], fields["kdf_id"]) == pair]
    return Case(found)


def _clamped_448(scalar: bytes) -> bytes:
    """Return the scalar as the file's only case of X448 writes it; the one of X25519 is not clamped."""
    return bytes([scalar[0] & 0xFC]) + scalar[1:-1] + bytes([scalar[-1] | 0x80])


def test_every_case_is_accounted_for(shared: Path) -> None:
    found = sorted((fields["kem_id"], fields["kdf_id"]) for fields in _file(shared))
    assert found == sorted((*WHOLE, *KEM_ONLY, *NOT_RUN))


@pytest.mark.parametrize("pair", [*WHOLE, *KEM_ONLY])
def test_a_key_pair_is_derived_and_gives_the_shared_secret(shared: Path, pair: tuple[int, int]) -> None:
    # S01 S02
    case = _case(shared, pair)
    private, public = case.kem.derive_key_pair(case.raw("ikmR"))
    assert (_clamped_448(private) if pair[0] == 0x21 else private) == case.raw("skRm")
    assert public == case.raw("pkRm")
    assert case.kem.public_key(private) == public
    case.kem.check_public_key(public)
    assert (len(public), len(case.raw("enc"))) == (case.kem.public_size, case.kem.enc_size)
    assert case.shared_secret == case.raw("shared_secret")


@pytest.mark.parametrize("pair", WHOLE)
def test_the_key_schedule_gives_key_nonce_and_exporter(shared: Path, pair: tuple[int, int]) -> None:
    case = _case(shared, pair)
    info = case.hpke.prepare(case.raw("info"))
    key, nonce = case.hpke.key_and_nonce(case.shared_secret, info)
    assert (key, nonce) == (case.raw("key"), case.raw("base_nonce"))
    assert case.hpke.exporter_secret(case.shared_secret, info) == case.raw("exporter_secret")


@pytest.mark.parametrize("pair", WHOLE)
def test_every_ciphertext_opens(shared: Path, pair: tuple[int, int]) -> None:
    case = _case(shared, pair)
    key, base = case.hpke.key_and_nonce(case.shared_secret, case.hpke.prepare(case.raw("info")))
    assert case.fields["encryptions"]
    for sequence, each in enumerate(case.fields["encryptions"]):
        nonce = (int.from_bytes(base, "big") ^ sequence).to_bytes(aead.NONCE_BYTES, "big")
        plaintext = case.hpke.aead.open(key, nonce, bytes.fromhex(each["aad"]), bytes.fromhex(each["ct"]))
        assert plaintext == bytes.fromhex(each["pt"])


@pytest.mark.parametrize("pair", WHOLE)
def test_every_export_is_received(shared: Path, pair: tuple[int, int]) -> None:
    # RFC 9180 section 6.2
    case = _case(shared, pair)
    info = case.hpke.prepare(case.raw("info"))
    assert case.fields["exports"]
    for each in case.fields["exports"]:
        context = bytes.fromhex(each["exporter_context"])
        found = case.hpke.receive_export(case.raw("skRm"), info, case.raw("enc"), context, each["L"])
        assert found == bytes.fromhex(each["exported_value"])
