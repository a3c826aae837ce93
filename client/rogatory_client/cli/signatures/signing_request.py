"""Signs as the options of ``rogatory sign`` say: reads the files, opens the key, makes the signature."""

import asyncio
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rogatory_client.bounded_file import read_bytes
from rogatory_client.cli.call import Call
from rogatory_client.cli.signatures.check_commands import read_evidence_file, read_held_evidence, read_trust
from rogatory_client.cli.signatures.signing_options import (
    DEFAULT_REASON,
    DEFAULT_TOKEN_KEY,
    Form,
    KeyChoice,
    ValidationFiles,
)
from rogatory_client.cli.signatures.trusted_list_commands import DEFAULT_FOLDER
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from rogatory_client.office.devices.sealing import OpenedSeal
    from rogatory_client.signing import Checker, LongTerm, SigningKey

_MAX_DOCUMENT_BYTES: Final = 128 << 20
_MAX_KEY_BYTES: Final = 16 << 20


@dataclass(frozen=True, slots=True)
class MadeSignature:
    """The signed PDF or the detached signature, and the name of its level."""

    signature: bytes
    level: str


@dataclass(frozen=True, slots=True)
class _Opened:
    """A key, and what a receiver needs of its issuer: a certificate to trust and a revocation list."""

    key: "SigningKey"
    trust: tuple[bytes, ...] = ()
    evidence: tuple[bytes, ...] = ()


def make_signature(call: Call, form: Form, choice: KeyChoice, files: ValidationFiles) -> MadeSignature:
    """Sign as the options say; a passphrase or PIN is asked for when everything else was read.

    Raises:
        MisuseError: a file or a key that cannot be used.
        SigningRefusedError: the document forbids signing, or a receiver could not rely on the result.
        TransportError: the time-stamping authority cannot be reached.
    """
    from rogatory_client.signing import Checker

    document = read_bytes(form.file, _MAX_DOCUMENT_BYTES)
    with Checker() as checker:
        # It loads what it needs while a person types.
        checker.start()
        long_term = _long_term(files, own_evidence=choice.office_seal)
        opened = _open(call, choice)
        if long_term is not None:
            long_term = replace(
                long_term,
                trust=[*long_term.trust, *opened.trust],
                evidence=[*long_term.evidence, *opened.evidence] if long_term.revocation else (),
            )
        return _signed(document, form, opened.key, long_term, checker)


def _signed(
    document: bytes, form: Form, key: "SigningKey", long_term: "LongTerm | None", checker: "Checker"
) -> MadeSignature:
    from rogatory_client.signing import SignaturePurpose, sign_file, sign_pdf

    level, now = "B" if long_term is None else long_term.level, int(time.time())
    if form.detached:
        signature = sign_file(document, key, now=now, long_term=long_term, checker=checker)
        return MadeSignature(signature, f"CAdES-BASELINE-{level}")
    signature = sign_pdf(
        document,
        key,
        SignaturePurpose(signer_function=form.function or "", reason=form.reason or DEFAULT_REASON),
        now=now,
        long_term=long_term,
        stamp=form.stamp,
        accept_hidden_content=form.accept_hidden_content,
        checker=checker,
    )
    return MadeSignature(signature, f"PAdES-BASELINE-{level}")


def _long_term(files: ValidationFiles, *, own_evidence: bool) -> "LongTerm | None":
    """Return what makes the signature last, without what comes with the key."""
    if files.tsa is None:
        return None
    from rogatory_client.signing import LongTerm
    from rogatory_client.signing.time_stamping import TimeStampingAuthority

    stamper, trust = TimeStampingAuthority(files.tsa), read_trust(files.trust, DEFAULT_FOLDER)
    if not trust:
        raise MisuseError("--tsa needs --trust: the certificates or lists that receivers trust")
    if files.without_revocation:
        return LongTerm(stamper, trust, revocation=False)
    evidence = [*map(read_evidence_file, files.evidence), *read_held_evidence()]
    if not evidence and not own_evidence:
        raise MisuseError(
            "a signature that lasts needs proof that no certificate was revoked: give revocation lists or"
            " OCSP responses with --evidence, or keep them with `rogatory revocation fetch`;"
            " --without-revocation makes level B-T knowingly, which a receiver cannot check offline"
        )
    return LongTerm(stamper, trust, evidence, archive=files.archive)


def _open(call: Call, choice: KeyChoice) -> _Opened:
    from rogatory_client.signing import SealKey, TokenKey

    if choice.office_seal:
        found = asyncio.run(_office_seal(call, choice.seal))
        return _Opened(found.seal, (found.seal.issuer_certificate,), (found.revocation_list,))
    if choice.file is not None:
        content = read_bytes(choice.file, _MAX_KEY_BYTES)
        return _Opened(SealKey(content, call.passphrase.of(choice.file).existing()))
    token, module = choice.token or "", choice.token_module or Path()
    pin = call.passphrase.of(Path(token)).existing().decode(errors="replace")
    return _Opened(TokenKey(module, token, choice.token_key or DEFAULT_TOKEN_KEY, pin))


async def _office_seal(call: Call, name: str | None) -> "OpenedSeal":
    """Return the seal; the vault is closed again before anybody is asked for a time stamp."""
    async with call.office() as office:
        return office.lifecycle.open_seal(name)
