"""What the signer claims beside the content: a policy, roles. Nobody vouches for it; a reader is told."""

import hmac
from collections.abc import Sequence
from typing import Final

from rogatory_crypto.errors import PeerError
from rogatory_crypto.esign.cms.digests import digest
from rogatory_crypto.esign.verdict import PASSED, SubIndication, Verdict, indeterminate
from rogatory_crypto.esign.xml.algorithms import digest_name
from rogatory_crypto.esign.xml.elements import child, octets, required
from rogatory_crypto.esign.xml.names import Element, ds, xades
from rogatory_crypto.esign.xml.qualifying import Qualifying

TIME_MARKS_UNSUPPORTED: Final = (
    "it was signed under the policy of BDOC 2.1, which asks for a time mark; time marks are not supported"
)
_TIME_MARKED: Final = "1.3.6.1.4.1.10015.1000.3.2."
_SHOWN: Final = 120


def claims(qualifying: Qualifying, contents: Sequence[bytes]) -> tuple[str, ...]:
    """Return one warning for each claim that was not checked.

    Args:
        qualifying: the signed properties.
        contents: the files given; a policy may be among them. It is never fetched.
    """
    try:
        return (*_policy(qualifying, contents), *_roles(qualifying))
    except PeerError as error:
        return (f"what the signer claims cannot be read: {error.detail}"[:200],)


def time_mark(qualifying: Qualifying) -> Verdict:
    """Return the verdict on a signature whose policy asks for a time mark, which is not supported.

    BDOC 2.1 clause 6.1: an OCSP answer whose nonce is made of the signature stands for its time stamp.
    """
    try:
        policy = _policy_element(qualifying)
        stated = None if policy is None else child(policy, *xades("SigPolicyId"))
    except PeerError:
        return PASSED
    if stated is None or _TIME_MARKED not in _words(stated):
        return PASSED
    return indeterminate(SubIndication.POLICY_PROCESSING_ERROR, TIME_MARKS_UNSUPPORTED)


def _policy_element(qualifying: Qualifying) -> Element | None:
    stated = qualifying.signed_property("SignaturePolicyIdentifier")
    return None if stated is None else child(stated, *xades("SignaturePolicyId"))


def _policy(qualifying: Qualifying, contents: Sequence[bytes]) -> tuple[str, ...]:
    policy = _policy_element(qualifying)
    if policy is None:
        return ()
    name = _words(required(policy, *xades("SigPolicyId")))
    known = "it is among the files given" if _is_given(policy, contents) else "it was not given"
    return (f"it was signed under the signature policy {name}, whose rules are not checked; {known}",)


def _is_given(policy: Element, contents: Sequence[bytes]) -> bool:
    stated = child(policy, *xades("SigPolicyHash"))
    if stated is None:
        return False
    method = required(stated, ds("DigestMethod"), *xades("DigestMethod"))
    value = octets(required(stated, ds("DigestValue"), *xades("DigestValue")))
    name = digest_name(method)
    return any(hmac.compare_digest(digest(name, content), value) for content in contents)


def _roles(qualifying: Qualifying) -> tuple[str, ...]:
    found = (qualifying.signed_property(name) for name in ("SignerRoleV2", "SignerRole"))
    claimed = [
        _words(role)
        for stated in found
        if stated is not None
        for roles in (child(stated, *xades("ClaimedRoles")),)
        if roles is not None
        for role in roles
        if isinstance(role.tag, str)
    ]
    return tuple(f"the signer claims to act as {each}; nobody vouches for that" for each in claimed[:8])


def _words(element: Element) -> str:
    return " ".join(" ".join(str(part) for part in element.itertext()).split())[:_SHOWN]
