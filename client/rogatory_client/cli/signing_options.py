"""What the options of ``rogatory sign`` mean: which key, what to embed, where to show it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from rogatory_client.bounded_file import read_bytes
from rogatory_client.cli.call import Call
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from rogatory_client.signing import LongTerm, SealKey, Stamp, TokenKey

_MAX_DOCUMENT_BYTES: Final = 128 << 20
_MAX_ANCHORS_BYTES: Final = 16 << 20
_STAMP_NUMBERS: Final = 5
DEFAULT_TOKEN_KEY: Final = "seal"  # noqa: S105 - a label

KeyFile = Annotated[
    Path | None, typer.Option(help="Key and certificate, PKCS#12; its passphrase is asked for.")
]
TokenLabel = Annotated[
    str | None, typer.Option(metavar="LABEL", help="Smart card or module; its PIN is asked for.")
]
TokenKeyLabel = Annotated[str, typer.Option(help="Label of key and certificate on the token.")]
TokenModule = Annotated[Path | None, typer.Option(help="PKCS#11 library that the token's maker gives.")]
Detached = Annotated[
    bool, typer.Option("--detached", help="Write the signature to a file of its own (CAdES).")
]
StampPlace = Annotated[
    str | None,
    typer.Option(metavar="PAGE,LEFT,BOTTOM,RIGHT,TOP", help="Show the signature; pages from 1, points."),
]
Tsa = Annotated[str | None, typer.Option(help="URL of a time-stamping authority (RFC 3161).")]
Archive = Annotated[bool, typer.Option("--archive", help="Level LTA: one more time stamp over everything.")]
AcceptHiddenContent = Annotated[
    bool, typer.Option("--accept-hidden-content", help="Sign although the file holds hidden content.")
]
Crls = Annotated[list[Path] | None, typer.Option(help="Revocation list to embed (DER); repeatable.")]
Ocsps = Annotated[list[Path] | None, typer.Option(help="OCSP answer to embed (DER); repeatable.")]
Certificates = Annotated[
    list[Path] | None, typer.Option(help="Further certificate to embed (PEM or DER); repeatable.")
]


@dataclass(frozen=True, slots=True)
class ValidationFiles:
    """The files and the address that make a signature last."""

    tsa: str | None
    trust: Sequence[Path]
    crls: Sequence[Path]
    ocsps: Sequence[Path]
    certificates: Sequence[Path]
    archive: bool

    def __post_init__(self) -> None:
        """Refuse half of what level LT needs, before a passphrase or a PIN is asked for.

        Raises:
            MisuseError: some of it is missing.
        """
        answers = [*self.crls, *self.ocsps]
        wanted = self.tsa is not None or answers or self.archive
        if wanted and (self.tsa is None or not answers or not self.trust):
            raise MisuseError("levels B-LT and B-LTA need --tsa, --trust and --crl or --ocsp together")


@dataclass(frozen=True, slots=True)
class SigningRequest:
    """What is to be signed and what the signature says."""

    file: Path
    detached: bool
    function: str
    reason: str
    stamp: "Stamp | None"
    accept_hidden_content: bool = False


@dataclass(frozen=True, slots=True)
class MadeSignature:
    """The signed PDF or the detached signature, the name of its level, and whether it outlasts its key."""

    signature: bytes
    level: str
    lasts: bool


def make_signature(
    request: SigningRequest, key: "SealKey | TokenKey", validation: ValidationFiles
) -> MadeSignature:
    """Sign as the options say.

    Raises:
        MisuseError: options that do not go together, or a key that cannot be used.
        SigningRefusedError: the document forbids or prevents signing.
        TransportError: the time-stamping authority cannot be reached.
    """
    from rogatory_client.signing import SignaturePurpose, sign_file, sign_pdf

    long_term = _long_term(validation)
    document, now = read_bytes(request.file, _MAX_DOCUMENT_BYTES), int(time.time())
    level = "B" if long_term is None else long_term.level
    if request.detached:
        if request.stamp is not None:
            raise MisuseError("--stamp shows a signature on a page: leave it out with --detached")
        signature = sign_file(document, key, now=now, long_term=long_term)
        return MadeSignature(signature, f"CAdES-BASELINE-{level}", long_term is not None)
    purpose = SignaturePurpose(signer_function=request.function, reason=request.reason)
    signature = sign_pdf(
        document,
        key,
        purpose,
        now=now,
        long_term=long_term,
        stamp=request.stamp,
        accept_hidden_content=request.accept_hidden_content,
    )
    return MadeSignature(signature, f"PAdES-BASELINE-{level}", long_term is not None)


def read_key(
    call: Call, file: Path | None, token: str | None, token_key: str, module: Path | None
) -> "SealKey | TokenKey":
    """Return the key that the options name; its passphrase or PIN is asked for.

    Raises:
        MisuseError: none or two are named, or no module for a token.
    """
    from rogatory_client.signing import SealKey, TokenKey

    if (file is None) == (token is None):
        raise MisuseError("name one key: a file with --key, or a smart card with --token and --token-module")
    if file is not None:
        return SealKey(read_bytes(file, _MAX_ANCHORS_BYTES), call.passphrase.of(file).existing())
    if module is None or token is None:
        raise MisuseError("--token needs --token-module: the PKCS#11 library that the token's maker gives")
    return TokenKey(module, token, token_key, call.passphrase.of(Path(token)).existing().decode())


def read_stamp(text: str | None, font_folders: Sequence[Path]) -> "Stamp | None":
    """Return where a signature is to be shown.

    Args:
        text: page counted from 1, then left, bottom, right and top in points.
        font_folders: where fonts are for its script.

    Raises:
        MisuseError: it is not five whole numbers, or no box.
    """
    from rogatory_client.signing import Stamp

    if text is None:
        return None
    numbers = [int(part) for part in text.split(",") if part.strip().isdecimal()]
    if len(numbers) != _STAMP_NUMBERS or text.count(",") != _STAMP_NUMBERS - 1:
        raise MisuseError(f"--stamp {text}: write page,left,bottom,right,top, such as 1,60,60,260,120")
    page, left, bottom, right, top = numbers
    if page < 1 or right - left < 20 or top - bottom < 10:
        raise MisuseError(f"--stamp {text}: pages count from 1, and the box is at least 20 by 10 points")
    return Stamp(page - 1, (left, bottom, right, top), font_folders=tuple(font_folders))


def _long_term(files: ValidationFiles) -> "LongTerm | None":
    if files.tsa is None:
        return None
    from rogatory_client.signing import LongTerm
    from rogatory_client.signing.time_stamping import TimeStampingAuthority

    return LongTerm(
        time_stamper=TimeStampingAuthority(files.tsa),
        trust=_contents(files.trust),
        crls=_contents(files.crls),
        other_certificates=_contents(files.certificates),
        ocsps=_contents(files.ocsps),
        archive=files.archive,
    )


def _contents(paths: Sequence[Path]) -> list[bytes]:
    return [read_bytes(path, _MAX_ANCHORS_BYTES) for path in paths]
