"""Cosignatures (C2SP tlog-cosignature): the exact signed bytes, times, and what does not verify."""

from dataclasses import replace
from hashlib import sha256

import pytest
from tests.crypto.log.log_world import COSIGNER, LOG_KEY, ML_DSA, NOW, ORIGIN, World, signing_key

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.log.cosignature import cosign, signed_message, verify_cosignature
from rogatory_crypto.log.note_key import SigningKey

HEAD = World().grow(5).checkpoint()
CLASSIC = signing_key("witness.example/a", COSIGNER)
QUANTUM = signing_key("witness.example/a", ML_DSA)
BOTH = pytest.mark.parametrize("key", [CLASSIC, QUANTUM], ids=["Ed25519", "ML-DSA-44"])


@BOTH
def test_a_cosignature_verifies_with_its_time(key: SigningKey) -> None:
    line = cosign(HEAD, key, NOW)
    assert (line.name, line.key_id) == (key.name, key.verifier.key_id)
    assert len(line.signature) == 8 + (64 if key is CLASSIC else 2420)
    assert verify_cosignature(HEAD, key.verifier, line.signature).timestamp == NOW


def test_the_signed_message_of_ed25519_is_two_lines_and_the_checkpoint() -> None:
    expected = b"cosignature/v1\ntime 1679315147\n" + HEAD.encode().encode()
    assert signed_message(HEAD, CLASSIC.verifier, 1679315147) == expected


def test_the_signed_message_of_ml_dsa_is_the_structure_of_the_specification() -> None:
    """Label, name, time, origin, start, end, hash, in the presentation language of RFC 8446."""
    name, origin = b"witness.example/a", ORIGIN.encode()
    parts = [
        "7375627472656c".removesuffix("6c") + "652f76310a00",
        bytes([len(name)]).hex() + name.hex(),
        "000000006417ff4b",
        bytes([len(origin)]).hex() + origin.hex(),
        "0000000000000000",
        "0000000000000005",
        HEAD.root.hex(),
    ]
    assert signed_message(HEAD, QUANTUM.verifier, 0x6417FF4B) == bytes.fromhex("".join(parts))
    assert signed_message(HEAD, QUANTUM.verifier, 1)[:12] == b"subtree/v1\n\x00"


def test_the_key_ids_are_those_of_the_specification() -> None:
    for key, kind in ((CLASSIC, b"\x04"), (QUANTUM, b"\x06")):
        material = b"witness.example/a\n" + kind + key.verifier.public
        assert key.verifier.key_id == sha256(material).digest()[:4]


@BOTH
def test_another_head_time_name_or_signature_does_not_verify(key: SigningKey) -> None:
    signature = cosign(HEAD, key, NOW).signature
    others = (replace(HEAD, size=6), replace(HEAD, root=bytes(32)), replace(HEAD, origin="other.example"))
    attempts = [(other, key.verifier, signature) for other in others]
    attempts.append((HEAD, key.verifier, (NOW + 1).to_bytes(8) + signature[8:]))
    attempts.append((HEAD, key.verifier, signature[:-1]))
    attempts.append((HEAD, key.verifier, signature + b"x"))
    attempts.append((HEAD, key.verifier, signature[:-1] + bytes([signature[-1] ^ 1])))
    attempts.append((HEAD, signing_key("witness.example/b", key.type).verifier, signature))
    attempts.extend((HEAD, key.verifier, signature[:cut]) for cut in (1, 7, 8, 9))
    for checkpoint, verifier, tried in attempts:
        with pytest.raises(PeerError):
            verify_cosignature(checkpoint, verifier, tried)


def test_only_ml_dsa_binds_the_cosigners_name_and_only_ed25519_the_extensions() -> None:
    """The two formats of the specification differ in what they cover."""
    renamed = replace(QUANTUM.verifier, name="witness.example/b")
    with pytest.raises(PeerError):
        verify_cosignature(HEAD, renamed, cosign(HEAD, QUANTUM, NOW).signature)
    extended = replace(HEAD, extensions=("more",))
    verify_cosignature(extended, QUANTUM.verifier, cosign(HEAD, QUANTUM, NOW).signature)
    with pytest.raises(PeerError):
        verify_cosignature(extended, CLASSIC.verifier, cosign(HEAD, CLASSIC, NOW).signature)


def test_times_have_63_bits_and_only_ml_dsa_may_leave_them_out() -> None:
    for key in (CLASSIC, QUANTUM):
        late = cosign(HEAD, key, (1 << 63) - 1)
        assert verify_cosignature(HEAD, key.verifier, late.signature).timestamp == (1 << 63) - 1
        with pytest.raises(PeerError) as raised:
            verify_cosignature(HEAD, key.verifier, (1 << 63).to_bytes(8) + late.signature[8:])
        assert raised.value.code is Code.MALFORMED
        for wrong in (0, -1, 1 << 63):
            with pytest.raises(MisuseError):
                cosign(HEAD, key, wrong)
    message = signed_message(HEAD, QUANTUM.verifier, 0)
    untimed = bytes(8) + ML_DSA.scheme.sign(QUANTUM.seed, message)
    assert verify_cosignature(HEAD, QUANTUM.verifier, untimed).timestamp == 0
    message = signed_message(HEAD, CLASSIC.verifier, 0)
    untimed = bytes(8) + COSIGNER.scheme.sign(CLASSIC.seed, message)
    with pytest.raises(PeerError):
        verify_cosignature(HEAD, CLASSIC.verifier, untimed)


def test_a_key_for_notes_makes_no_cosignature() -> None:
    with pytest.raises(MisuseError):
        cosign(HEAD, LOG_KEY, NOW)
