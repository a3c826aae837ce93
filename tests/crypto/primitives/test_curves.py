"""X25519 as it is computed here against another implementation (RFC 7748), for points of every form."""

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from hypothesis import example, given
from hypothesis import strategies as st

from rogatory_crypto.primitives.curves import P256, X25519

SCALARS = st.binary(min_size=32, max_size=32)
PRIME = 2**255 - 19


def _encoded(u: int) -> bytes:
    return u.to_bytes(32, "little")


# Among them what is not canonical: at least the prime, and with the highest bit set, which is ignored.
POINTS = st.binary(min_size=32, max_size=32) | st.integers(PRIME - 3, 2**255 + 3).map(_encoded)


@given(scalar=SCALARS, point=POINTS)
@example(scalar=bytes(32), point=_encoded(9))
@example(scalar=b"\xff" * 32, point=_encoded(0))
@example(scalar=b"\xff" * 32, point=_encoded(PRIME + 1))
@example(scalar=b"\xff" * 32, point=_encoded(2**255 + 1))
def test_products_and_refusals_are_those_of_the_other(scalar: bytes, point: bytes) -> None:
    theirs = X25519PrivateKey.from_private_bytes(scalar)
    public = theirs.public_key().public_bytes_raw()
    assert X25519.public_key(scalar) == public
    try:
        product = theirs.exchange(X25519PublicKey.from_public_bytes(point))
    except ValueError:
        with pytest.raises(ValueError, match="small order"):
            X25519.exchange(scalar, point)
        with pytest.raises(ValueError, match="small order"):
            X25519.check_public_key(point)
        return
    assert X25519.exchange(scalar, point) == (product, public)
    X25519.check_public_key(point)


def test_a_point_of_small_order_gives_no_product_in_any_form() -> None:
    # RFC 7748 section 6.1; the list is the one that check_public_key looks up
    from rogatory_crypto.primitives.curves import _X25519_SMALL_ORDER

    for point in _X25519_SMALL_ORDER:
        for form in (point, point[:31] + bytes([point[31] | 0x80])):
            with pytest.raises(ValueError, match="small order"):
                X25519.check_public_key(form)
            with pytest.raises(ValueError, match="small order"):
                X25519.exchange(b"\x55" * 32, form)


@pytest.mark.parametrize(
    "scalar", [bytes(32), P256.order.to_bytes(32, "big"), b"\xff" * 32, b"", b"\x01" * 33]
)
def test_a_scalar_is_between_zero_and_the_order(scalar: bytes) -> None:
    assert not P256.valid_scalar(scalar)
    assert P256.valid_scalar((P256.order - 1).to_bytes(32, "big"))
