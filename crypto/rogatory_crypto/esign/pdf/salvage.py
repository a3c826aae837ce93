"""What can still be said of a PDF that cannot be parsed: whether its raw byte ranges match their signatures.

A file damaged so much that no reader opens it may still show that its signed bytes were changed. This never
says that anything is valid: the best it can say is INDETERMINATE.
"""

import hashlib
import re
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from asn1crypto import cms  # type: ignore[import-untyped]

from rogatory_crypto.esign.verdict import SubIndication, Verdict, failed, indeterminate, worse

MAX_FOUND: Final = 16
MAX_CONTENTS: Final = 8 * 1024 * 1024
_BYTE_RANGE: Final = re.compile(
    rb"/ByteRange\s{0,16}\[\s{0,16}(\d{1,10})\s{1,64}(\d{1,10})\s{1,64}(\d{1,10})\s{1,64}(\d{1,10})"
)


@dataclass(frozen=True, slots=True)
class Wreck:
    """A signature seen by its byte range alone."""

    name: str
    verdict: Verdict


def salvage(document: bytes, reason: str) -> tuple[Wreck, ...]:
    """A verdict on each signature in a file that could not be read because of ``reason``.

    Byte ranges that leave out the same place are about one signature, of which the worst is said. Document
    time stamps are no signatures and are left out.
    """
    found: dict[int, Wreck] = {}
    for match in islice(_BYTE_RANGE.finditer(document), MAX_FOUND):
        start, first, second, rest = (int(group) for group in match.groups())
        verdict = judge_range(document, (start, first, second, rest), reason)
        before = found.get(start + first)
        name = before.name if before else f"byte range at {match.start()}"
        found[start + first] = Wreck(name, worse(before.verdict, verdict) if before else verdict)
    return tuple(wreck for place, wreck in found.items() if not _is_timestamp(document, place))


def _is_timestamp(document: bytes, place: int) -> bool:
    """Whether a time-stamp token stands at a place in the file."""
    end = document.find(b">", place, place + MAX_CONTENTS)
    try:
        signed_data = _signed_data(document[place:end])
        return bool(signed_data["encap_content_info"]["content_type"].native == "tst_info")
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        return False


def judge_range(document: bytes, ranges: tuple[int, ...], reason: str) -> Verdict:
    """The verdict on one byte range of four numbers that could not be checked because of ``reason``."""
    start, first, second, rest = ranges
    if start + first > second or second + rest > len(document):
        return failed(SubIndication.FORMAT_FAILURE, f"{reason}; its byte range is not in the file")
    try:
        expected, algorithm = _message_digest(document[start + first : second])
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        return failed(SubIndication.FORMAT_FAILURE, f"{reason}; its signature cannot be read: {error}"[:300])
    content = document[start : start + first] + document[second : second + rest]
    try:
        actual = hashlib.new(algorithm, content, usedforsecurity=False).digest()
    except (ValueError, TypeError):
        return indeterminate(SubIndication.GENERIC, f"{reason}; its digest {algorithm} is not known"[:300])
    if actual != expected:
        return failed(SubIndication.HASH_FAILURE, f"{reason}; the signed bytes were changed")
    return indeterminate(SubIndication.GENERIC, reason)


def _signed_data(gap: bytes) -> Any:  # noqa: ANN401 - untyped library
    raw = bytes.fromhex(gap.strip(b"<> \t\r\n\x00").decode("ascii"))
    return cms.ContentInfo.load(raw)["content"]


def _message_digest(gap: bytes) -> tuple[bytes, str]:
    signed_data = _signed_data(gap)
    content = signed_data["encap_content_info"]
    if content["content_type"].native == "tst_info":
        imprint = content["content"].parsed["message_imprint"]
        return bytes(imprint["hashed_message"].native), str(imprint["hash_algorithm"]["algorithm"].native)
    signer_info = signed_data["signer_infos"][0]
    digests = [
        attribute["values"][0].native
        for attribute in signer_info["signed_attrs"]
        if attribute["type"].native == "message_digest"
    ]
    return bytes(digests[0]), str(signer_info["digest_algorithm"]["algorithm"].native)
