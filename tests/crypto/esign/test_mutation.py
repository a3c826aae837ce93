"""No change of any class to a valid file of any format leaves it passed and shows something else than signed.

What a file shows is read here by other readers than those of the check. The places of changes are drawn from
a seed, so that every run tries the same ones; each format's own tests go through its bytes one by one.
"""

import io
import random
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import pytest
from asn1crypto import cms, core  # type: ignore[import-untyped]
from lxml import etree  # type: ignore[import-untyped]
from tests.crypto.esign.cms import material as by_cms
from tests.crypto.esign.cms import test_archive_timestamp as in_archive
from tests.crypto.esign.container import material as contained
from tests.crypto.esign.container import test_document as stamped
from tests.crypto.esign.pdf import test_mutation as in_pdf
from tests.crypto.esign.xml import material as by_xml
from tests.effort import examples

from rogatory_crypto.esign import CertificateSummary, Coverage, Indication, Report, check

PASSED = Indication.TOTAL_PASSED
LETTER = contained.LETTER
Show = Callable[[bytes], object]
Told = Sequence[tuple[CertificateSummary | None, int | None]]


@dataclass(frozen=True)
class Form:
    """A valid file of one format, and what it shows to another reader; absent where it shows nothing."""

    make: Callable[[], bytes]
    show: Show
    contents: tuple[bytes, ...] = ()

    def report(self, document: bytes) -> Report:
        trust = [by_cms.authority().root_pem, by_cms.signatory().pem]
        return check(document, trust=trust, contents=self.contents, at=by_cms.NOW + 60, revocation=False)


def in_cms(document: bytes) -> object:
    content = cms.ContentInfo.load(document)["content"]["encap_content_info"]["content"]
    return content.native


def in_xml(document: bytes) -> object:
    """Text and elements beside the signatures, and what an enveloping signature carries."""
    root = etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True))
    objects = root.iter(f"{{{by_xml.DS}}}Object")
    carried = [etree.tostring(each, method="c14n", with_comments=False) for each in objects if each.get("Id")]
    if root.tag == f"{{{by_xml.DS}}}Signature":
        return carried
    etree.strip_elements(root, f"{{{by_xml.DS}}}Signature", with_tail=False)
    return etree.tostring(root.getroottree(), method="c14n", with_comments=False), carried


def in_zip(document: bytes) -> object:
    """Every file by the directory, as most tools show it."""
    with zipfile.ZipFile(io.BytesIO(document)) as opened:
        shown = [
            name for name in opened.namelist() if not name.startswith("META-INF/") and name != "mimetype"
        ]
        return [(name, opened.read(name)) for name in sorted(shown)]


def alone_in_zip(document: bytes) -> object:
    """The one file of an ASiC-S whose name is nowhere signed (EN 319 162-1 clause 4.3)."""
    with zipfile.ZipFile(io.BytesIO(document)) as opened:
        shown = [
            name for name in opened.namelist() if not name.startswith("META-INF/") and name != "mimetype"
        ]
        return [opened.read(name) for name in shown]


def _simple_xades() -> dict[str, bytes]:
    signed = by_xml.signature([by_xml.reference("letter.txt", LETTER)]).encode()
    return {"mimetype": contained.ASIC_S, "letter.txt": LETTER, "META-INF/signatures.xml": signed}


def _extended_xades() -> dict[str, bytes]:
    files = {"letter.txt": LETTER, "annex/1.txt": contained.ANNEX}
    about = [by_xml.reference(name, content) for name, content in files.items()]
    bare = by_xml.signature(about).encode()
    value = by_xml.canonical(by_xml.value_of(bare))
    signed = by_xml.with_unsigned(bare, by_xml.stamp(value))
    return {"mimetype": contained.ASIC_E, **files, "META-INF/signatures1.xml": signed}


def _stamp() -> dict[str, bytes]:
    token = stamped.stamp(LETTER)
    return {"mimetype": contained.ASIC_S, "letter.txt": LETTER, "META-INF/timestamp.tst": token}


def _archived() -> dict[str, bytes]:
    return stamped.archived(contained.extended(), 1, stamped.SIGNED, at=by_cms.NOW + 5)


def _stamped_xades() -> bytes:
    bare = by_xml.enveloped()
    return by_xml.with_unsigned(bare, by_xml.stamp(by_xml.canonical(by_xml.value_of(bare))))


PACKED: Mapping[str, Callable[[], dict[str, bytes]]] = {
    "ASiC-S with CAdES": contained.simple,
    "ASiC-S with XAdES": _simple_xades,
    "ASiC-S with a time stamp": _stamp,
    "ASiC-E with CAdES": contained.extended,
    "ASiC-E with XAdES": _extended_xades,
    "ASiC-E with archive time stamp": _archived,
}
SHOWN: Mapping[str, Show] = {
    "ASiC-S with CAdES": alone_in_zip,
    "ASiC-S with a time stamp": alone_in_zip,
}
FORMS: Mapping[str, Form] = {
    "CAdES attached": Form(cache(by_cms.attached), in_cms),
    "CAdES detached": Form(cache(by_cms.detached), in_cms, (by_cms.CONTENT,)),
    "CAdES LTA": Form(cache(in_archive.archived), in_cms),
    "XAdES enveloped": Form(cache(_stamped_xades), in_xml),
    "XAdES enveloping": Form(cache(by_xml.enveloping), in_xml),
    "XAdES detached": Form(cache(by_xml.detached), in_xml, (by_xml.CONTENT,)),
    **{
        name: Form(cache(lambda files=files: contained.pack(files())), SHOWN.get(name, in_zip))
        for name, files in PACKED.items()
    },
}


@cache
def before(form: str) -> tuple[Told, frozenset[object], object]:
    """What the valid file tells, which times it proves, and what it shows."""
    file = FORMS[form]
    report = file.report(file.make())
    assert report.indication is PASSED, report
    times = {each.best_signature_time for each in report.signatures} | {
        each.time for each in report.timestamps
    }
    return told(report), frozenset(times | {None}), file.show(file.make())


def told(report: Report) -> Told:
    return [(each.signer, each.claimed_time) for each in report.signatures]


def tells_no_more(report: Report, said: Told) -> bool:
    """Tell whether the same signers are named, and no time that they did not claim."""
    now = told(report)
    return len(now) == len(said) and all(
        signer == before and time in {claimed, None}
        for (signer, time), (before, claimed) in zip(now, said, strict=True)
    )


def accepts_wrongly(form: str, changed: bytes) -> bool:
    """Tell whether a changed file passes, and tells or shows something that nobody signed."""
    file, (said, times, seen) = FORMS[form], before(form)
    report = file.report(changed)
    if report.indication is not PASSED:
        return False
    proven = {each.best_signature_time for each in report.signatures} | {
        each.time for each in report.timestamps
    }
    if not tells_no_more(report, said) or not proven <= times:
        return True
    partial = any(each.scope.coverage is Coverage.PARTIAL for each in report.signatures)
    return file.show(changed) != seen and (form in PACKED or not partial)


def spliced(document: bytes, draw: random.Random) -> Iterator[tuple[str, bytes]]:
    """One change of each class that needs to know nothing of a format."""
    place, length = draw.randrange(len(document)), draw.randrange(1, 60)
    other = draw.randrange(len(document))
    piece, rest = document[place : place + length], document[place + length :]
    yield "flip", document[:place] + bytes([document[place] ^ draw.randrange(1, 256)]) + document[place + 1 :]
    yield "bit", document[:place] + bytes([document[place] ^ 1 << draw.randrange(8)]) + document[place + 1 :]
    yield "zeros", document[:place] + bytes(len(piece)) + rest
    yield "cut", document[:place] + rest
    yield "put in", document[:place] + draw.randbytes(length) + document[place:]
    yield "doubled", document[:place] + piece + piece + rest
    yield "copied", document[:other] + piece + document[other:]
    yield "over another", document[:other] + piece + document[other + len(piece) :]
    low, high = sorted((place, other))
    one, two = document[low : low + length], document[high : high + length]
    if low + length <= high:
        yield (
            "swapped",
            document[:low] + two + document[low + length : high] + one + document[high + length :],
        )
    yield "shortened", document[:place]


@pytest.mark.parametrize("form", FORMS)
def test_no_splice_shows_what_nobody_signed(form: str) -> None:
    document, draw = FORMS[form].make(), random.Random(f"{form}")  # noqa: S311 - no secret
    for _ in range(examples(6)):
        for kind, changed in spliced(document, draw):
            assert not accepts_wrongly(form, changed), (kind, form)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("around", ["before", "behind", "twice", "both"])
def test_nothing_around_a_file_shows_what_nobody_signed(form: str, around: str) -> None:
    document = FORMS[form].make()
    added = {
        "before": (b"%PDF-1.7 evil ", b""), "behind": (b"", b"\n%PDF-1.7 evil"),
        "twice": (document, b""), "both": (b"\n", b"\n"),
    }[around]  # fmt: skip
    assert not accepts_wrongly(form, added[0] + document + added[1])


@pytest.mark.parametrize("form", FORMS)
def test_no_change_of_content_given_beside_is_survived(form: str) -> None:
    file, draw = FORMS[form], random.Random(form)  # noqa: S311 - no secret
    for content in file.contents:
        for kind, changed in spliced(content, draw):
            beside = Form(file.make, file.show, (changed,))
            assert changed == content or beside.report(file.make()).indication is not PASSED, kind


FIELDS = ("signed_attrs", "unsigned_attrs")
CMS_FORMS = [form for form in FORMS if form.startswith("CAdES")]


def reordered(items: list[object]) -> Iterator[tuple[str, list[object]]]:
    """Every list that lacks one, has one twice, or has two in each other's places."""
    for place in range(len(items)):
        yield f"without {place}", items[:place] + items[place + 1 :]
        yield f"twice {place}", [*items[: place + 1], *items[place:]]
        if place:
            swapped = [*items[: place - 1], items[place], items[place - 1], *items[place + 1 :]]
            yield f"swapped {place}", swapped


def _signer(document: bytes) -> cms.SignerInfo:
    return cms.ContentInfo.load(document)["content"]["signer_infos"][0]


def _is_there(part: object) -> bool:
    return not isinstance(part, core.Void)


def _with_signer(document: bytes, **fields: object) -> bytes:
    signer = _signer(document)
    kept = {name: signer[name] for name in signer if name not in fields and _is_there(signer[name])}
    return _with(document, signer_infos=[cms.SignerInfo({**kept, **fields})])


def _with(document: bytes, **fields: object) -> bytes:
    """Write a CMS anew with some of its parts changed; the others keep every byte."""
    whole = cms.ContentInfo.load(document)["content"]
    kept = {name: whole[name] for name in whole if name not in fields and _is_there(whole[name])}
    changed = cms.SignedData({**kept, **fields})
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": changed}).dump())


@pytest.mark.parametrize("form", CMS_FORMS)
@pytest.mark.parametrize("field", FIELDS)
def test_no_attribute_may_come_go_or_move_and_tell_something_else(form: str, field: str) -> None:
    document = FORMS[form].make()
    there = _signer(document)[field]
    for kind, attributes in reordered(list(there) if _is_there(there) else []):
        changed = _with_signer(document, **{field: cms.CMSAttributes(attributes)})
        assert not accepts_wrongly(form, changed), (kind, form)
        # A set is written in one order (X.690 section 11.6); another order of the same is the same.
        if field == "signed_attrs" and not kind.startswith("swapped"):
            assert FORMS[form].report(changed).indication is not PASSED, kind


@pytest.mark.parametrize("form", CMS_FORMS)
def test_no_signer_certificate_or_content_may_come_go_or_move(form: str) -> None:
    document, other = FORMS[form].make(), by_cms.issued()
    signer, content = _signer(document), b"something else"
    foreign = by_cms.signer_info(other, by_cms.signed_attributes(other, content))
    for infos in ([], [foreign], [signer, foreign], [foreign, signer]):
        assert FORMS[form].report(_with(document, signer_infos=infos)).indication is not PASSED
    for certificates in ([], [other.certificate], [other.certificate, by_cms.signatory().certificate]):
        choices = [cms.CertificateChoices("certificate", each) for each in certificates]
        assert not accepts_wrongly(form, _with(document, certificates=choices))
    inside = {"content_type": "data", "content": core.OctetString(content)}
    assert FORMS[form].report(_with(document, encap_content_info=inside)).indication is not PASSED


XML_FORMS = [form for form in FORMS if form.startswith("XAdES")]


def every_element(root: etree._Element) -> list[etree._Element]:
    return [each for each in root.iter() if isinstance(each.tag, str)]


def _insert_before(element: etree._Element, added: etree._Element) -> None:
    element.getparent().insert(element.getparent().index(element), added)


def _wrap(element: etree._Element) -> None:
    wrapper = etree.Element("wrapper")
    element.getparent().replace(element, wrapper)
    wrapper.append(element)


def _twin(element: etree._Element) -> etree._Element:
    return etree.fromstring(etree.tostring(element, with_tail=False))


INSIDE: Mapping[str, Callable[[etree._Element], object]] = {
    "emptied": lambda each: each.clear(),
    "renamed": lambda each: setattr(each, "tag", "evil"),
    "in another namespace": lambda each: setattr(each, "tag", f"{{urn:evil}}{etree.QName(each).localname}"),
    "given an Id": lambda each: each.set("id", "p-sig"),
    "commented": lambda each: each.insert(0, etree.Comment("x")),
    "instructed": lambda each: each.insert(0, etree.ProcessingInstruction("x", "y")),
    "given text": lambda each: setattr(each, "text", f"{each.text or ''}evil"),
}
BELOW_A_PARENT: Mapping[str, Callable[[etree._Element], object]] = {
    "taken out": lambda each: each.getparent().remove(each),
    "twice": lambda each: _insert_before(each, _twin(each)),
    "swapped": lambda each: [each.addprevious(other) for other in (each.getnext(),) if other is not None],
    "wrapped": _wrap,
    "beside evil": lambda each: _insert_before(each, etree.fromstring('<evil Id="evil">Pay now.</evil>')),
}


def _rewritten(document: bytes, number: int, kind: str) -> bytes:
    """Do one thing to one element of a document."""
    root = etree.fromstring(document)
    element = every_element(root)[number]
    if kind in INSIDE:
        INSIDE[kind](element)
    elif element is not root:
        BELOW_A_PARENT[kind](element)
    return bytes(etree.tostring(root))


@pytest.mark.parametrize("form", XML_FORMS)
@pytest.mark.parametrize("kind", [*INSIDE, *BELOW_A_PARENT])
def test_no_element_may_come_go_or_move_and_show_something_else(form: str, kind: str) -> None:
    document = FORMS[form].make()
    for number in range(len(every_element(etree.fromstring(document)))):
        changed = _rewritten(document, number, kind)
        assert not accepts_wrongly(form, changed), (kind, number)


@pytest.mark.parametrize("form", PACKED)
def test_no_file_of_a_container_may_come_go_move_or_change(form: str) -> None:
    files = PACKED[form]()
    document = FORMS[form].make()
    files = {name: _content(document, name) for name in files}
    for name in [each for each in files if each != "mimetype"]:
        for kind, changed in (
            ("taken out", {each: files[each] for each in files if each != name}),
            ("renamed", {f"{each}x" if each == name else each: files[each] for each in files}),
            ("emptied", {**files, name: b""}),
            ("longer", {**files, name: files[name] + b"x"}),
            ("copied", {**files, f"copy of {name.replace('/', ' ')}": files[name]}),
            ("swapped", {**files, name: files["letter.txt"], "letter.txt": files[name]}),
        ):
            assert not accepts_wrongly(form, contained.pack(changed)), (kind, name)


@pytest.mark.parametrize("form", PACKED)
def test_no_file_beside_those_signed_is_survived(form: str) -> None:
    document = FORMS[form].make()
    files = {name: _content(document, name) for name in PACKED[form]()}
    for added in ("evil.txt", "META-INF/evil.txt", "annex/evil.txt", "META-INF/sub/evil.pdf", "Mimetype"):
        changed = contained.pack({**files, added: b"Pay at once."})
        assert FORMS[form].report(changed).indication is not PASSED, added


def _content(document: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(document)) as opened:
        return opened.read(name)


@pytest.mark.parametrize("level", ["LT", "LTA"])
def test_no_splice_of_a_pdf_shows_what_nobody_signed(level: str) -> None:
    document, draw = in_pdf.BUILT[level](), random.Random(level)  # noqa: S311 - no secret
    for _ in range(examples(4)):
        for kind, changed in spliced(document, draw):
            assert changed == document or not in_pdf.survives_wrongly(document, changed), kind
