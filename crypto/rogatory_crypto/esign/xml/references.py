"""References of a signature or a manifest: what they name, and whether it has the digest they give.

XMLDSig 1.1 sections 4.4.3 and 4.5. A reference names the document itself, one element of it by its Id, or
something outside. Nothing outside is ever fetched: it is among what was given, or it is not found.
"""

import hmac
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.cms.signer import as_verdict
from rogatory_crypto.esign.verdict import PASSED, SubIndication, Verdict, failed, indeterminate, worse
from rogatory_crypto.esign.xml.algorithms import digest_name
from rogatory_crypto.esign.xml.canonical import NodeSet
from rogatory_crypto.esign.xml.elements import child, children, octets, required
from rogatory_crypto.esign.xml.names import Element, ds
from rogatory_crypto.esign.xml.source import Source
from rogatory_crypto.esign.xml.transforms import Data, Transformed, digest_input, transform

MAX_REFERENCES: Final = 1024
OBJECT: Final = "http://www.w3.org/2000/09/xmldsig#Object"
MANIFEST: Final = "http://www.w3.org/2000/09/xmldsig#Manifest"
_BY_POINTER: Final = re.compile(r"#xpointer\(id\((['\"])(.{1,256})\1\)\)")

Resolve: TypeAlias = Callable[[str], bytes | None]
"""The content that a URI names, such as a file's name in a container; absent where there is none."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What references to something outside of the document may be met with.

    Attributes:
        resolve: the content a URI names, in a container.
        contents: outside of a container, the files given: whichever has the digest is the one.
    """

    resolve: Resolve | None
    contents: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Checked:
    """One reference after its check.

    Attributes:
        element: the ``ds:Reference``.
        uri: what it names; absent where it leaves that to the application.
        kind: its ``Type``; may be empty.
        digest: the name that ``hashlib`` gives its digest; empty where that is unknown.
        verdict: PASSED where the content is there and has the digest.
        transformed: what the transforms made of the content; absent where they could not.
        content: the file that met it, where it names something outside.
    """

    element: Element
    uri: str | None
    kind: str
    digest: str
    verdict: Verdict
    transformed: Transformed | None = None
    content: bytes | None = None

    @property
    def nodes(self) -> NodeSet | None:
        """What it covers of the document."""
        return self.transformed.nodes if self.transformed else None


def check_references(parent: Element, source: Source, outside: Outside) -> tuple[Checked, ...]:
    """Check every reference of a ``SignedInfo`` or a ``Manifest``, in order.

    Raises:
        PeerError: MALFORMED where there is none; TOO_LARGE where there are too many.
    """
    if len(parent) > MAX_REFERENCES:
        raise PeerError(Code.TOO_LARGE, f"more than {MAX_REFERENCES} references")
    references = list(children(parent, ds("Reference")))
    if not references:
        raise PeerError(Code.MALFORMED, "no reference says what is signed")
    alone = sum(_is_outside(each.get("URI")) for each in references) == 1
    return tuple(_check(each, source, outside, alone=alone) for each in references)


def verdict_on(checked: Sequence[Checked]) -> Verdict:
    """Return the worst verdict of references."""
    verdict = PASSED
    for each in checked:
        verdict = worse(verdict, each.verdict)
    return verdict


def _is_outside(uri: str | None) -> bool:
    return uri is None or (uri != "" and not uri.startswith("#"))


def _check(element: Element, source: Source, outside: Outside, *, alone: bool) -> Checked:
    uri, kind, digest = element.get("URI"), element.get("Type") or "", ""
    try:
        digest = digest_name(required(element, ds("DigestMethod")))
        expected = octets(required(element, ds("DigestValue")))
        steps = child(element, ds("Transforms"))
        transforms = [] if steps is None else list(children(steps, ds("Transform")))
        if _is_outside(uri):
            return _check_outside(
                Checked(element, uri, kind, digest, PASSED),
                transforms,
                expected,
                source,
                outside,
                alone=alone,
            )
        transformed = transform(_named(str(uri), source), transforms, source)
        intact = _has_digest(transformed, digest, expected, source)
    except PeerError as error:
        return Checked(element, uri, kind, digest, as_verdict(error))
    return Checked(element, uri, kind, digest, PASSED if intact else _changed(uri), transformed)


def _has_digest(transformed: Transformed, digest: str, expected: bytes, source: Source) -> bool:
    made = source.canonicalizer.digest(digest_input(transformed, source), digest)
    return hmac.compare_digest(made, expected)


def _changed(uri: str | None) -> Verdict:
    return failed(SubIndication.HASH_FAILURE, f"what the reference {(uri or '')[:80]!r} names was changed")


def _named(uri: str, source: Source) -> Data:
    """Return the nodes a same-document reference names (XMLDSig 1.1 section 4.4.3.3)."""
    root = source.document.root
    if uri in {"", "#xpointer(/)"}:
        return NodeSet((root,), document=True, comments=uri != "")
    if pointer := _BY_POINTER.fullmatch(uri):
        return NodeSet((_by_id(pointer[2], source),), comments=True)
    if uri.startswith("#xpointer("):
        raise PeerError(Code.UNSUPPORTED, f"the reference {uri[:80]}")
    return NodeSet((_by_id(uri[1:], source),))


def _by_id(identifier: str, source: Source) -> Element:
    found = source.document.by_id(identifier)
    if found is None:
        raise PeerError(Code.NOT_FOUND, f"nothing in the document has the Id {identifier[:80]}")
    return found


def _check_outside(
    named: Checked,
    transforms: Sequence[Element],
    expected: bytes,
    source: Source,
    outside: Outside,
    *,
    alone: bool,
) -> Checked:
    contents, sure = _candidates(named.uri, outside, alone=alone)
    if not contents:
        raise PeerError(Code.NOT_FOUND, f"the signed file {(named.uri or '')[:80]!r} was not given")
    for content in contents:
        made = _made_of(content, transforms, source)
        if made is None:
            continue
        if _has_digest(made, named.digest, expected, source):
            return replace(named, transformed=made, content=content)
    missing = indeterminate(
        SubIndication.SIGNED_DATA_NOT_FOUND, f"none of the files given is {(named.uri or '')[:80]!r}"
    )
    return replace(named, verdict=_changed(named.uri) if sure else missing)


def _made_of(content: bytes, transforms: Sequence[Element], source: Source) -> Transformed | None:
    """Return what transforms make of a file; absent where it is nothing that they apply to."""
    try:
        return transform(content, transforms, source)
    except PeerError as error:
        if error.code is Code.MALFORMED:
            return None
        raise


def _candidates(uri: str | None, outside: Outside, *, alone: bool) -> tuple[Sequence[bytes], bool]:
    """Return the contents that may meet a reference, and whether it can be no other than these."""
    if outside.resolve is None:
        return outside.contents, alone and len(outside.contents) == 1
    content = outside.resolve(uri or "")
    return ([] if content is None else [content]), True
