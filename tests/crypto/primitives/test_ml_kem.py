"""The check of an encapsulation key against the library's own (FIPS 203 section 7.2, S01)."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.primitives.ml_kem import ML_KEM_768, ML_KEM_1024, MlKem

MODULUS = 3329
KEYS = {kem.code: kem.derive_key_pair(bytes(32))[1] for kem in (ML_KEM_768, ML_KEM_1024)}


def _with_coefficient(public: bytes, place: int, value: int) -> bytes:
    """Return the key with one coefficient replaced; two of them share three bytes."""
    at = place // 2 * 3
    pair = int.from_bytes(public[at : at + 3], "little")
    shift = 12 * (place % 2)
    pair = pair & ~(0xFFF << shift) | value << shift
    return public[:at] + pair.to_bytes(3, "little") + public[at + 3 :]


def _loads(kem: MlKem, public: bytes) -> bool:
    try:
        kem.lattice.load_public(public)
    except PeerError:
        return False
    return True


@pytest.mark.parametrize("kem", [ML_KEM_768, ML_KEM_1024], ids=["768", "1024"])
@given(place=st.integers(0, 1023), value=st.integers(MODULUS - 20, 4095) | st.integers(0, 4095))
@example(place=0, value=MODULUS)
@example(place=0, value=MODULUS - 1)
@example(place=767, value=MODULUS)
@example(place=767, value=4095)
@example(place=1023, value=MODULUS)
def test_a_key_passes_where_the_library_loads_it(kem: MlKem, place: int, value: int) -> None:
    count = (kem.public_size - 32) * 8 // 12
    public = _with_coefficient(KEYS[kem.code], place % count, value)
    assert _loads(kem, public) == (value < MODULUS)
    if value < MODULUS:
        kem.check_public_key(public)
        return
    with pytest.raises(PeerError, match="S01") as caught:
        kem.check_public_key(public)
    assert caught.value.code is Code.MALFORMED


@pytest.mark.parametrize("kem", [ML_KEM_768, ML_KEM_1024], ids=["768", "1024"])
@given(data=st.data())
def test_the_seed_of_the_matrix_may_be_anything(kem: MlKem, data: st.DataObject) -> None:
    public = KEYS[kem.code][:-32] + data.draw(st.binary(min_size=32, max_size=32))
    assert _loads(kem, public)
    kem.check_public_key(public)
