"""Words that two officers read to each other over the telephone to know that they hold the same office key.

A newly enrolled office and whoever checks it each compute them, the office from its own keys, the other from
the keys that stand in the log. Who checks calls the office on its number in the directory, never the other
way round: whoever stole the letter would call too. Each says its own part and compares the other's. What the
caller reads differs from what the called office reads, so nobody can answer by repeating, and a "yes, the
same" is worth nothing to either.

**Why nobody finds keys that give the same words.** A relay that put keys of its own in the office's place
would have to find such keys whose words are those of the office: a second preimage of one part of 65.9 bits,
or of 66.4 as digits, where each attempt costs an Argon2id of 64 MiB (RFC 9106 section 4, the second
recommended option). A machine that tries a thousand a second would take some 10^9 years. The salt is of the
one office, so no attempt serves for two.

**Why syllables and not a list of words.** The officers share no mother tongue. A word is three syllables of a
consonant and a vowel, spelt as in Swahili, Malay or Spanish. Each letter stands for a family of sounds that
some language of the networks does not tell apart (b p v, t d, k g, s z, l r; i e; u o), and only one of a
family is ever used: an accent cannot turn one word into another, and a part written down by ear still
compares equal. Nothing has to be translated or licensed. Who prefers digits reads those instead.
"""

import hmac
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from rogatory_crypto import cbor, signing
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.primitives.kdf import HKDF_SHA256
from rogatory_crypto.wire.identifier import EntryId

WORDS: Final = 5
SYLLABLES: Final = 3
GROUPS: Final = 5
DIGITS: Final = 4
_CONSONANTS: Final = "bklmnst"
_VOWELS: Final = "aiu"
_SYLLABLES: Final = tuple(consonant + vowel for consonant in _CONSONANTS for vowel in _VOWELS)
_FAMILIES: Final = {
    ord(heard): meant
    for meant, family in {"b": "pv", "k": "gcq", "l": "r", "s": "z", "t": "d", "i": "ey", "u": "ow"}.items()
    for heard in family
}
_ML_DSA_44_BYTES: Final = 1312
_LABEL: Final = "Rogatory 1.0 Call-Back"
# 40 bytes over a range of less than 9 leave no noticeable bias.
_EXPANDED_BYTES: Final = 40
_MAX_HEARD: Final = 1000


@dataclass(frozen=True, slots=True)
class Part:
    """What one side reads aloud: either form says the same keys.

    Attributes:
        words: five, of three syllables each.
        numbers: five groups of four digits.
    """

    words: tuple[str, ...]
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CallBack:
    """The two parts of one call.

    Attributes:
        caller: read by who calls.
        called: read by who is called.
    """

    caller: Part
    called: Part


# The cost is meant for attackers; a command that shows the parts and then compares them pays it once.
@lru_cache(maxsize=16)
def call_back(ed25519: bytes, ml_dsa_44: bytes, entry_id: EntryId, origin: str) -> CallBack:
    """Return what is read aloud about an office's keys; takes a tenth of a second and 64 MiB.

    Args:
        ed25519: the office key, 32 bytes.
        ml_dsa_44: its post-quantum half, 1312 bytes.
        entry_id: the office.
        origin: the relay's name.

    Raises:
        MisuseError: a key of the wrong length.
    """
    if (len(ed25519), len(ml_dsa_44)) != (signing.KEY_BYTES, _ML_DSA_44_BYTES):
        raise MisuseError("call-back words are made from both keys of an office")
    salt = sha256(cbor.encode([_LABEL, origin, entry_id])).digest()[:16]
    kdf = Argon2id(salt=salt, length=32, iterations=3, lanes=4, memory_cost=64 * 1024)
    secret = kdf.derive(cbor.encode([_LABEL, origin, entry_id, ed25519, ml_dsa_44]))
    return CallBack(_part(secret, "caller"), _part(secret, "called"))


def verify_heard(heard: str, expected: Part) -> None:
    """Return only if what was heard is the expected part, as words or as digits.

    Case, spaces, dashes, accents and the sounds of one family do not matter.

    Raises:
        PeerError: MALFORMED for what is no such part, HASH_MISMATCH where it is about other keys.
    """
    text = _folded(heard)
    digits = text.isdecimal()
    meant = "".join(expected.numbers if digits else expected.words)
    if len(text) != len(meant) or not (digits or _is_spoken(text)):
        raise PeerError(
            Code.MALFORMED, f"a part has {WORDS} words or {GROUPS} groups of {DIGITS} digits, all of one kind"
        )
    if not hmac.compare_digest(text, meant):
        raise PeerError(
            Code.HASH_MISMATCH, "the words are those of other keys: stop, and tell the secretariat"
        )


def _part(secret: bytes, speaker: str) -> Part:
    return Part(_words(_number(secret, speaker, "words")), _numbers(_number(secret, speaker, "numbers")))


def _number(secret: bytes, speaker: str, form: str) -> int:
    info = cbor.encode([_LABEL, speaker, form])
    return int.from_bytes(HKDF_SHA256.expand(secret, info, _EXPANDED_BYTES))


def _words(number: int) -> tuple[str, ...]:
    syllables = []
    for _ in range(WORDS * SYLLABLES):
        number, at = divmod(number, len(_SYLLABLES))
        syllables.append(_SYLLABLES[at])
    return tuple("".join(syllables[at : at + SYLLABLES]) for at in range(0, len(syllables), SYLLABLES))


def _numbers(number: int) -> tuple[str, ...]:
    digits = f"{number % 10 ** (GROUPS * DIGITS):0{GROUPS * DIGITS}}"
    return tuple(digits[at : at + DIGITS] for at in range(0, len(digits), DIGITS))


def _folded(heard: str) -> str:
    # Digits of every script are decimals to Python; what is compared is ASCII only.
    decomposed = unicodedata.normalize("NFKD", heard[:_MAX_HEARD]).casefold()
    kept = (_plain(character) for character in decomposed if unicodedata.category(character)[0] in "LNS")
    return "".join(kept).translate(_FAMILIES)


def _plain(character: str) -> str:
    return str(unicodedata.decimal(character)) if character.isdecimal() else character


def _is_spoken(text: str) -> bool:
    return all(text[at : at + 2] in _SYLLABLES for at in range(0, len(text), 2))
