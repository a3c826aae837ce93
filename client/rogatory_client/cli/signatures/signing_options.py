"""What the options of ``rogatory sign`` are, and which go together: told before a secret is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from rogatory_client.signing import Stamp

_STAMP_NUMBERS: Final = 5
DEFAULT_TOKEN_KEY: Final = "seal"  # noqa: S105 - a label
DEFAULT_REASON: Final = "Request for mutual legal assistance"

Function = Annotated[
    str | None, typer.Option(help="The function that signs, for a PDF; never a person's name.")
]
Reason = Annotated[
    str | None, typer.Option(help="Why a PDF is signed.", show_default="a request for legal assistance")
]
KeyFile = Annotated[
    Path | None, typer.Option(help="Key and certificate, PKCS#12; its passphrase is asked for.")
]
TokenLabel = Annotated[
    str | None, typer.Option(metavar="LABEL", help="Smart card or module; its PIN is asked for.")
]
TokenKeyLabel = Annotated[
    str | None, typer.Option(help="Label of key and certificate on the token.", show_default="seal")
]
TokenModule = Annotated[Path | None, typer.Option(help="PKCS#11 library that the token's maker gives.")]
WithOfficeSeal = Annotated[
    bool, typer.Option("--office-seal", help="Sign with the office's newest seal, out of the vault.")
]
Seal = Annotated[str | None, typer.Option(metavar="SHA256", help="Which seal, by the beginning of its hash.")]
Detached = Annotated[
    bool, typer.Option("--detached", help="Write the signature to a file of its own (CAdES).")
]
StampPlace = Annotated[
    str | None,
    typer.Option(metavar="PAGE,LEFT,BOTTOM,RIGHT,TOP", help="Show the signature; pages from 1, points."),
]
StampFonts = Annotated[
    list[Path] | None,
    typer.Option(metavar="FOLDER", help="Folder of fonts for the stamp, beside those of the system."),
]
Tsa = Annotated[str | None, typer.Option(help="URL of a time-stamping authority (RFC 3161).")]
Archive = Annotated[bool, typer.Option("--archive", help="Level LTA: one more time stamp over everything.")]
AcceptHiddenContent = Annotated[
    bool, typer.Option("--accept-hidden-content", help="Sign although the file holds hidden content.")
]
GivenEvidence = Annotated[
    list[Path] | None,
    typer.Option(metavar="FILE", help="Certificate, revocation list or OCSP response to embed; repeatable."),
]
WithoutRevocation = Annotated[
    bool, typer.Option("--without-revocation", help="Level T: a receiver cannot check it offline.")
]


@dataclass(frozen=True, slots=True)
class KeyChoice:
    """Which key the options name.

    Raises:
        MisuseError: none or several, or an option that belongs to another kind of key.
    """

    file: Path | None = None
    token: str | None = None
    token_key: str | None = None
    token_module: Path | None = None
    office_seal: bool = False
    seal: str | None = None

    def __post_init__(self) -> None:
        """Refuse what does not go together."""
        if sum((self.file is not None, self.token is not None, self.office_seal)) != 1:
            raise MisuseError(
                "name one key: a file with --key, a smart card with --token and --token-module, or the"
                " office's own seal with --office-seal"
            )
        if self.token is not None and self.token_module is None:
            raise MisuseError(
                "--token needs --token-module: the PKCS#11 library that the token's maker gives"
            )
        if self.token is None and (self.token_key is not None or self.token_module is not None):
            raise MisuseError("--token-key and --token-module belong to --token: leave them out")
        if self.seal is not None and not self.office_seal:
            raise MisuseError("--seal names one of the office's seals: give --office-seal too")


@dataclass(frozen=True, slots=True)
class ValidationFiles:
    """The files and the address that make a signature last.

    Raises:
        MisuseError: half of what a level needs, or what contradicts itself.
    """

    tsa: str | None = None
    trust: Sequence[Path] = ()
    evidence: Sequence[Path] = ()
    archive: bool = False
    without_revocation: bool = False

    def __post_init__(self) -> None:
        """Refuse what would be ignored."""
        named = {
            "--trust": self.trust,
            "--evidence": self.evidence,
            "--archive": self.archive,
            "--without-revocation": self.without_revocation,
        }
        given = [name for name, value in named.items() if value]
        if self.tsa is None and given:
            raise MisuseError(
                f"{', '.join(given)} would change nothing: without a time stamp the signature is level B-B."
                " Give --tsa, which levels B-T, B-LT and B-LTA need"
            )
        if self.without_revocation and (self.archive or self.evidence):
            raise MisuseError(
                "--without-revocation makes level B-T, which embeds no evidence and has no archive stamp:"
                " leave --evidence and --archive out, or it"
            )


@dataclass(frozen=True, slots=True)
class Form:
    """What is signed and how the signature looks.

    Raises:
        MisuseError: options of a PDF for a detached signature, or no function for a PDF.
    """

    file: Path
    out: Path
    detached: bool = False
    function: str | None = None
    reason: str | None = None
    stamp: "Stamp | None" = None
    accept_hidden_content: bool = False

    def __post_init__(self) -> None:
        """Refuse what does not go together, and a place where nothing can be written."""
        if self.detached:
            self._refuse_options_of_a_pdf()
        elif not (self.function or "").strip():
            raise MisuseError("--function says who signs, such as 'Head of the central authority': give it")
        if self.out.exists():
            raise MisuseError(f"{self.out} exists: choose another name")
        if not self.out.parent.is_dir():
            raise MisuseError(f"{self.out.parent} is no folder: choose another place with --out")

    def _refuse_options_of_a_pdf(self) -> None:
        named = {
            "--stamp": self.stamp is not None,
            "--function": self.function is not None,
            "--reason": self.reason is not None,
            "--accept-hidden-content": self.accept_hidden_content,
        }
        given = [name for name, value in named.items() if value]
        if given:
            raise MisuseError(
                f"{', '.join(given)}: a detached signature is no page and says nothing of itself: leave it"
                " out with --detached"
            )


def read_stamp(text: str | None, font_folders: Sequence[Path]) -> "Stamp | None":
    """Return where a signature is to be shown.

    Args:
        text: page counted from 1, then left, bottom, right and top in points.
        font_folders: where fonts are for its script.

    Raises:
        MisuseError: it is not five whole numbers, or no box, or fonts are given for no stamp.
    """
    from rogatory_client.signing import Stamp

    if text is None:
        if font_folders:
            raise MisuseError("--fonts are for the stamp: give --stamp, or leave them out")
        return None
    numbers = [int(part) for part in text.split(",") if part.strip().isdecimal()]
    if len(numbers) != _STAMP_NUMBERS or text.count(",") != _STAMP_NUMBERS - 1:
        raise MisuseError(f"--stamp {text}: write page,left,bottom,right,top, such as 1,60,60,260,120")
    page, left, bottom, right, top = numbers
    if page < 1 or right - left < 20 or top - bottom < 10:
        raise MisuseError(f"--stamp {text}: pages count from 1, and the box is at least 20 by 10 points")
    return Stamp(page - 1, (left, bottom, right, top), font_folders=tuple(font_folders))
