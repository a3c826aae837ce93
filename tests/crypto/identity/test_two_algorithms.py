"""The level above signs with Ed25519 and ML-DSA-44; with either half missing or wrong nothing is listed."""

import pytest
from tests.crypto.identity.enrolled_office import NOW, EnrolledOffice, keys
from tests.crypto.identity.listing import NETWORK, list_all, refused, with_secretariat

from rogatory_crypto import cbor, signing
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity import (
    Registry,
    SignedStatement,
    Signer,
    decode_statement,
    join_signatures,
    signature_of,
)
from rogatory_crypto.identity.signed_statement import required_signers
from rogatory_crypto.primitives.ml_dsa import ML_DSA_44
from rogatory_crypto.signing import PAIR_BYTES, SIGNATURE_BYTES, Check, PrivateKeys, verify_now

# How each signature of each kind is made: the whole pair, or the one of a key that proves possession.
BOTH, ALONE = PAIR_BYTES, SIGNATURE_BYTES
KINDS = {
    "invitation by the operator": [BOTH],
    "invitation by two officers": [BOTH, BOTH],
    "enrolment": [ALONE, ALONE],
    "device": [BOTH, ALONE],
    "revocation": [BOTH],
    "succession": [BOTH, ALONE],
    "renewal": [BOTH],
    "hand-over": [BOTH, BOTH, BOTH],
}
PLACES = [(kind, place) for kind, signers in KINDS.items() for place in range(len(signers))]
PAIRS = [(kind, place) for kind, place in PLACES if KINDS[kind][place] == BOTH]


def next_statement(kind: str) -> tuple[Registry, SignedStatement]:
    """A registry, and a statement that it would take in next."""
    registry, office = with_secretariat()
    other = EnrolledOffice("NET-CASC") if kind.endswith("operator") else EnrolledOffice("CNA-SN-01")
    match kind:
        case "invitation by the operator":
            return registry, other.invitation()
        case "invitation by two officers":
            return registry, office.invite(other, NETWORK)
        case "enrolment":
            invitation = office.invite(other, NETWORK)
            list_all(registry, invitation)
            return registry, other.enrolment(invitation)
        case "device":
            return registry, office.device("next")
        case "revocation":
            return registry, office.revocation()
        case "succession":
            return registry, office.succession(keys("next"))
        case "renewal":
            return registry, office.renewal()
        case _:
            return registry, office.hand_over("first", "third", "first", "second")


def with_signature(signed: SignedStatement, place: int, signature: bytes) -> bytes:
    signatures = [*signed.signatures]
    signatures[place] = signature
    return cbor.encode([signed.statement.TYPE, signed.body, signatures])


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_signed_by_who_answers_for_it(kind: str) -> None:
    registry, signed = next_statement(kind)
    assert [len(signature) for signature in signed.signatures] == KINDS[kind]
    list_all(registry, signed)


@pytest.mark.parametrize(("kind", "place"), PLACES)
@pytest.mark.parametrize("half", ["ed25519", "ml_dsa_44"])
def test_a_wrong_half_is_noticed(kind: str, place: int, half: str) -> None:
    registry, signed = next_statement(kind)
    signature = bytearray(signed.signatures[place])
    if half == "ml_dsa_44" and len(signature) == ALONE:
        return
    signature[5 if half == "ed25519" else SIGNATURE_BYTES + 5] ^= 1
    forged = decode_statement(with_signature(signed, place, bytes(signature)))
    assert refused(registry, forged) is Code.BAD_SIGNATURE


@pytest.mark.parametrize(("kind", "place"), PAIRS)
@pytest.mark.parametrize("kept", [slice(SIGNATURE_BYTES), slice(SIGNATURE_BYTES, None), slice(0)])
def test_a_missing_half_is_malformed(kind: str, place: int, kept: slice) -> None:
    _, signed = next_statement(kind)
    with pytest.raises(PeerError) as raised:
        decode_statement(with_signature(signed, place, signed.signatures[place][kept]))
    assert raised.value.code is Code.MALFORMED


@pytest.mark.parametrize(("kind", "place"), PAIRS)
def test_whoever_has_broken_one_algorithm_has_gained_nothing(kind: str, place: int) -> None:
    """He signs one half with the right key, the other with one of his own."""
    registry, signed = next_statement(kind)
    signer = required_signers(signed.statement)[place]
    own = signature_of(signed.statement, signer, keys("stranger"))
    right = signed.signatures[place]
    for mixed in (
        right[:SIGNATURE_BYTES] + own[SIGNATURE_BYTES:],
        own[:SIGNATURE_BYTES] + right[SIGNATURE_BYTES:],
    ):
        forged = decode_statement(with_signature(signed, place, mixed))
        assert refused(registry, forged) is Code.BAD_SIGNATURE


def test_a_signature_for_one_part_is_none_for_another() -> None:
    """The proposer's does not confirm, though the same device could do either."""
    registry, signed = next_statement("invitation by two officers")
    swapped = cbor.encode([signed.statement.TYPE, signed.body, signed.signatures[::-1]])
    assert refused(registry, decode_statement(swapped)) is Code.BAD_SIGNATURE


def test_the_other_half_of_a_new_key_is_held_by_whom_it_is_signed_with_next() -> None:
    """A device may name any ML-DSA-44 key as its own; what it signs as an officer shows whether it is."""
    registry, office = with_secretariat()
    bluff = PrivateKeys(keys("bluff").ed25519, keys("never held").ml_dsa_44)
    honest = office.device_keys

    def device_keys(device: str) -> PrivateKeys:
        return bluff if device == "bluff" else honest(device)

    office.device_keys = device_keys  # type: ignore[method-assign]
    list_all(registry, office.device("bluff", officer="deputy"))
    bluff = PrivateKeys(bluff.ed25519, keys("another").ml_dsa_44)
    assert refused(registry, office.hand_over("first", "third", "bluff", "second")) is Code.BAD_SIGNATURE


def test_signing_with_keys_of_another_kind_is_our_mistake() -> None:
    _, signed = next_statement("device")
    with pytest.raises(MisuseError):
        signature_of(signed.statement, Signer.OFFICE, keys("x").ed25519)
    with pytest.raises(MisuseError):
        signature_of(signed.statement, Signer.DEVICE, keys("x"))
    with pytest.raises(MisuseError, match="device"):
        join_signatures(signed.statement, {Signer.OFFICE: signed.signatures[0]})


def test_signatures_made_in_several_places_are_those_made_in_one() -> None:
    registry, signed = next_statement("device")
    parts = dict(zip(required_signers(signed.statement), signed.signatures, strict=True))
    assert join_signatures(signed.statement, parts) == signed
    list_all(registry, signed)


@pytest.mark.parametrize("kind", KINDS)
def test_checks_can_be_collected_and_made_later(kind: str) -> None:
    registry, signed = next_statement(kind)
    collected: list[Check] = []
    registry.apply(signed.encoded, NOW, index=9, verify=collected.append)
    assert len(collected) == len(signed.signatures)
    for check in collected:
        verify_now(check)


@pytest.mark.parametrize(("kind", "place"), PLACES)
def test_a_forgery_shows_in_the_collected_checks(kind: str, place: int) -> None:
    registry, signed = next_statement(kind)
    signature = bytearray(signed.signatures[place])
    signature[-1] ^= 1
    collected: list[Check] = []
    registry.apply(with_signature(signed, place, bytes(signature)), NOW, index=9, verify=collected.append)
    with pytest.raises(PeerError) as raised:
        verify_now(collected[place])
    assert raised.value.code is Code.BAD_SIGNATURE


def test_what_was_verified_before_is_taken_in_without_a_second_look() -> None:
    """Every other rule holds all the same."""
    registry, signed = next_statement("device")
    unsigned = with_signature(signed, 0, bytes(BOTH))
    registry.apply(unsigned, NOW, index=9, verify=lambda _: None)
    with pytest.raises(PeerError) as raised:
        registry.apply(unsigned, NOW, index=10, verify=lambda _: None)
    assert raised.value.code is Code.CONFLICT


def test_the_log_index_is_what_the_credential_names() -> None:
    registry, signed = next_statement("device")
    registry.apply(signed.encoded, NOW, index=1_234)
    office = EnrolledOffice("NET-WACAP")
    assert registry.credential_of(office.device_id("next")).index == 1_234
    assert registry.devices[office.device_id("next")].index == 1_234


def test_public_keys_are_one_text() -> None:
    public = keys("x").public
    assert signing.PublicKeys.from_hex(public.hex()) == public
    assert public.ml_dsa_44 == ML_DSA_44.public_key(keys("x").ml_dsa_44)
    assert len(public.fingerprint) == 64
    assert public.fingerprint != keys("y").public.fingerprint
    for text, code in (
        ("", Code.MALFORMED),
        ("zz", Code.MALFORMED),
        (public.hex().upper(), Code.MALFORMED),
        (public.hex() + "00", Code.MALFORMED),
        (public.hex()[:-2], Code.MALFORMED),
        ("01" + "00" * 31 + public.hex()[64:], Code.BAD_SIGNATURE),
    ):
        with pytest.raises(PeerError) as raised:
            signing.PublicKeys.from_hex(text)
        assert raised.value.code is code


def test_private_keys_hide_themselves() -> None:
    private = keys("x")
    for seed in (private.ed25519, private.ml_dsa_44):
        assert seed.hex() not in repr(private)
        assert repr(seed) not in repr(private)
