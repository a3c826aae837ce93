"""Keys that sign: a file under a passphrase, a token that never lets its key out, or a seal out of the vault.

A passphrase or PIN is a value, never an argument of a program; it stands in no repr. The libraries are loaded
by the first use.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity.office_seal import SealCertificate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pkcs11 import Session
    from pyhanko.sign.signers import Signer

    from rogatory_crypto.esign.asn1_types import Certificate


@dataclass(frozen=True, slots=True)
class SealKey:
    """A signing key with its certificates, as a PKCS#12 file and its passphrase."""

    pkcs12: bytes = field(repr=False)
    passphrase: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokenKey:
    """A signing key on a smart card or in a hardware module, spoken to by PKCS#11.

    Attributes:
        module: the shared library that the token's maker gives.
        token: the token's label.
        key: the label of the key and of its certificate on the token.
        pin: the user's PIN.
        issuers: certificates (PEM or DER) between the signer's and its anchor, where the token lacks them.
    """

    module: Path
    token: str
    key: str
    pin: str = field(repr=False)
    issuers: tuple[bytes, ...] = ()


SigningKey: TypeAlias = SealKey | TokenKey | SealCertificate


@contextmanager
def opened(key: SigningKey) -> Iterator[Signer]:
    """Open a key for signing; a token is logged out at the end.

    Raises:
        MisuseError: it cannot be opened or holds no such key; the sentence says what to do.
    """
    match key:
        case SealKey():
            yield _from_file(key)
        case TokenKey():
            with _from_token(key) as signer:
                yield signer
        case SealCertificate():
            yield _from_seal(key)


def _from_file(key: SealKey) -> Signer:
    from pyhanko.sign.signers import SimpleSigner

    try:
        signer: Signer = SimpleSigner.load_pkcs12_data(key.pkcs12, other_certs=(), passphrase=key.passphrase)
    except (ValueError, TypeError) as error:
        raise MisuseError("the signing key could not be opened with this passphrase") from error
    return signer


def _from_seal(seal: SealCertificate) -> Signer:
    from asn1crypto import keys, x509  # type: ignore[import-untyped]
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    above = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    above.register(x509.Certificate.load(seal.issuer_certificate))
    return SimpleSigner(
        signing_cert=x509.Certificate.load(seal.certificate),
        signing_key=keys.PrivateKeyInfo.load(seal.private_key),
        cert_registry=above,
    )


@contextmanager
def _from_token(key: TokenKey) -> Iterator[Signer]:
    from pkcs11.exceptions import PKCS11Error
    from pyhanko.config.pkcs11 import TokenCriteria
    from pyhanko.sign.pkcs11 import open_pkcs11_session

    from rogatory_crypto.esign.trust.given import read_anchors

    issuers = [each.certificate for each in read_anchors(key.issuers).anchors]
    try:
        session = open_pkcs11_session(
            str(key.module), token_criteria=TokenCriteria(label=key.token), user_pin=key.pin
        )
    except PKCS11Error as error:
        raise MisuseError(_why(error, key)) from error
    try:
        yield _signer(session, key, issuers)
    except PKCS11Error as error:
        raise MisuseError(_why_unsigned(error, key)) from error
    finally:
        # A token that is gone needs no farewell, and what it signed before is signed.
        with suppress(PKCS11Error):
            session.close()


def _signer(session: Session, key: TokenKey, issuers: list[Certificate]) -> Signer:
    from pyhanko.sign.pkcs11 import PKCS11Signer

    signer = PKCS11Signer(session, cert_label=key.key, key_label=key.key, ca_chain=issuers)
    certificate = signer.signing_cert
    if certificate is None:
        raise MisuseError(
            f"the token {key.token!r} holds no certificate {key.key!r}: import it beside the key"
        )
    # Many tokens sign a digest with an elliptic key, but do not make the digest themselves.
    raw = certificate.public_key.algorithm == "ec"
    return PKCS11Signer(
        session, signing_cert=certificate, key_label=key.key, ca_chain=issuers, use_raw_mechanism=raw
    )


def _attempts_left(key: TokenKey) -> str:
    """Return what the token says of further attempts (CK_TOKEN_INFO of PKCS#11); it gives no number."""
    import pkcs11

    try:
        flags = pkcs11.lib(str(key.module)).get_token(token_label=key.token).flags
    except pkcs11.PKCS11Error:
        flags = pkcs11.TokenFlag(0)
    if pkcs11.TokenFlag.USER_PIN_LOCKED in flags:
        return "it is locked now; unlock it with the tools of its maker"
    if pkcs11.TokenFlag.USER_PIN_FINAL_TRY in flags:
        return "one more wrong PIN locks it"
    return "a token locks itself after a few attempts"


def _why(error: Exception, key: TokenKey) -> str:
    """Return what is wrong and what to do, without the PIN."""
    from pkcs11 import exceptions

    match error:
        case exceptions.PinLocked():
            return f"the PIN of the token {key.token!r} is locked: unlock it with the tools of its maker"
        case exceptions.PinIncorrect() | exceptions.PinInvalid() | exceptions.PinLenRange():
            return f"the PIN of the token {key.token!r} is wrong: {_attempts_left(key)}"
        case exceptions.DeviceRemoved() | exceptions.TokenNotPresent():
            return f"the token {key.token!r} was removed: put it back and sign again"
        case _:
            return (
                f"the token {key.token!r} could not be used through {key.module}: is it plugged in, and is "
                f"that its maker's PKCS#11 module? ({type(error).__name__}: {error})"
            )


def _why_unsigned(error: Exception, key: TokenKey) -> str:
    """Return what is wrong with a token that was opened; one that is gone holds nothing any more."""
    from pkcs11 import PKCS11Error, exceptions

    match error:
        case exceptions.SessionHandleInvalid() | exceptions.SessionClosed():
            return f"the token {key.token!r} was removed: put it back and sign again"
        case _ if isinstance(error, exceptions.NoSuchKey) or type(error) is PKCS11Error:
            # The library tells what it did not find, or found twice, by its most general error.
            return (
                f"the token {key.token!r} does not hold one key and one certificate {key.key!r}, or was"
                f" removed meanwhile: put it back, or list what it holds with its maker's tools ({error})"
            )
        case _:
            return _why(error, key)
