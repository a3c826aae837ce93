"""Takes the token out of what a time-stamping authority answers (TimeStampResp, RFC 3161 section 2.4.2)."""

from typing import Any, Final

from asn1crypto import cms, core, tsp  # type: ignore[import-untyped]

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.cms.attributes import ESCAPING
from rogatory_crypto.esign.detection import is_time_stamp_response

_GRANTED: Final = frozenset({"granted", "granted_with_mods"})
_MAX_SAID: Final = 120


class TimeStampResponse(core.Sequence):  # type: ignore[misc]
    """TimeStampResp with a token that may be absent, as the RFC has it and the library does not."""

    _fields: Final = [
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


def unwrap_response(document: bytes) -> bytes:
    """Return the token in a response; anything else as it is.

    Raises:
        PeerError: NOT_FOUND where the authority gave no token, MALFORMED where it cannot be read.
    """
    if not is_time_stamp_response(document[:64]):
        return document
    try:
        response = TimeStampResponse.load(document, strict=True)
        refusal, token = _refusal(response["status"]), response["time_stamp_token"]
        encoded = b"" if isinstance(token, core.Void) else bytes(token.dump())
    except ESCAPING as error:
        raise PeerError(Code.MALFORMED, f"the answer of a time-stamping authority: {error}"[:300]) from error
    if refusal or not encoded:
        raise PeerError(Code.NOT_FOUND, f"the time-stamping authority gave no time stamp{refusal}")
    return encoded


def _refusal(status: Any) -> str:  # noqa: ANN401 - untyped library
    return "" if status["status"].native in _GRANTED else f": {_said(status)}"


def _said(status: Any) -> str:  # noqa: ANN401 - untyped library
    said = [str(status["status"].native)]
    if not isinstance(status["fail_info"], core.Void):
        said += sorted(str(each) for each in status["fail_info"].native)
    if not isinstance(status["status_string"], core.Void):
        said += [str(each)[:_MAX_SAID] for each in status["status_string"].native[:3]]
    return ", ".join(said).replace("_", " ")
