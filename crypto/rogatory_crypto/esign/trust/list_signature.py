"""The signature of a trusted list: one, enveloped, over all of the list (TS 119 612 clause 5.7 and annex B).

Only this form is accepted; what a signature with other transforms covers is for nobody to guess. Who may sign
is the caller's question: this module says who did.
"""

from typing import Final

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.terms import Terms
from rogatory_crypto.esign.trust.anchor import Anchors
from rogatory_crypto.esign.verdict import PASSED
from rogatory_crypto.esign.xml.names import DS, EXC_C14N, Element, ds
from rogatory_crypto.esign.xml.reading import XmlDocument
from rogatory_crypto.esign.xml.signatures import find_xml_signatures

_ENVELOPED: Final = f"{DS}enveloped-signature"
# Each of them covers every element and attribute; the standard asks for the exclusive one.
_CANONICAL: Final = frozenset(
    {EXC_C14N, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315", "http://www.w3.org/2006/12/xml-c14n11"}
)
# With these, another list could bear the same signature.
_BROKEN_DIGESTS: Final = frozenset({"md5", "sha1", "ripemd160"})
_NOTHING_TRUSTED: Final = Terms(Anchors(), 0)


def signer_of(document: bytes, opened: XmlDocument) -> bytes | None:
    """The certificate (DER) whose key signed a list; absent where the list bears no signature at all.

    Args:
        document: the file.
        opened: the same, opened.

    Raises:
        PeerError: BAD_SIGNATURE where there is a signature that does not hold, or is not of the form that a
            trusted list has; MALFORMED where there are several.
    """
    if not opened.signatures:
        return None
    require_form(opened)
    return _signer(document)


def require_form(opened: XmlDocument) -> None:
    """Return only if a list bears one signature and that covers all of it.

    Raises:
        PeerError: MALFORMED where there is not exactly one; BAD_SIGNATURE where it is of another form.
    """
    if len(opened.signatures) != 1:
        count = len(opened.signatures)
        raise PeerError(Code.MALFORMED, f"a trusted list has one signature, this one {count}")
    (signature,) = opened.signatures
    references = signature.findall(f"{ds('SignedInfo')}/{ds('Reference')}")
    whole = [each for each in references if each.get("URI") in _whole(opened)]
    others = [each for each in references if each not in whole]
    if signature.getparent() is not opened.root or len(whole) != 1:
        raise PeerError(Code.BAD_SIGNATURE, "the signature does not cover the whole list")
    enveloped, *canonical = _transforms(whole[0]) or [""]
    if enveloped != _ENVELOPED or len(canonical) != 1 or canonical[0] not in _CANONICAL:
        raise PeerError(Code.BAD_SIGNATURE, "the signature has transforms that no trusted list has")
    if any(not _is_own(opened, signature, each) for each in others):
        raise PeerError(Code.BAD_SIGNATURE, "the signature refers to something beside the list")


def _whole(opened: XmlDocument) -> tuple[str, ...]:
    identifier = opened.root.get("Id")
    unique = identifier and len(opened.ids.get(identifier, ())) == 1
    return ("", f"#{identifier}") if unique else ("",)


def _transforms(reference: Element) -> list[str]:
    found = reference.findall(f"{ds('Transforms')}/{ds('Transform')}")
    return [each.get("Algorithm", "") for each in found]


def _is_own(opened: XmlDocument, signature: Element, reference: Element) -> bool:
    """Whether a reference is to a part of its signature: its properties, or the certificate it names."""
    target = opened.by_id(reference.get("URI", "").removeprefix("#"))
    return target is not None and signature in target.iterancestors()


def _signer(document: bytes) -> bytes:
    (found,) = find_xml_signatures(document, None, _NOTHING_TRUSTED)
    if found.integrity != PASSED or found.signer is None:
        reason = found.integrity.reason or "it does not name its signer's certificate"
        raise PeerError(Code.BAD_SIGNATURE, f"the signature of the list does not hold: {reason}"[:300])
    if weak := found.digests & _BROKEN_DIGESTS:
        broken = ", ".join(sorted(weak))
        raise PeerError(Code.BAD_SIGNATURE, f"the signature of the list rests on {broken}, which is broken")
    return bytes(found.signer.dump())
