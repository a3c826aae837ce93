import pytest
from tests.crypto.esign.container.material import ASIC_E, ASIC_S, LETTER, pack

from rogatory_crypto.esign.container.archive import read_archive
from rogatory_crypto.esign.container.layout import Container, form_of, lay_out
from rogatory_crypto.esign.report import DocumentFormat

E, S, ZIP = DocumentFormat.ASIC_E, DocumentFormat.ASIC_S, DocumentFormat.ZIP


def laid_out(*names: str) -> Container:
    return lay_out(read_archive(pack(dict.fromkeys(names, b"x"))))


@pytest.mark.parametrize(
    ("mimetype", "names", "expected"),
    [
        (ASIC_S, ["a.txt"], S),
        (ASIC_E, ["a.txt"], E),
        (b"application/vnd.oasis.opendocument.text", ["content.xml"], E),
        (b"text/plain", ["a.txt"], ZIP),
        (b"", ["a.txt", "META-INF/signature.p7s"], S),
        (b"", ["a.txt", "META-INF/timestamp.tst"], S),
        (b"", ["a.txt", "b.txt", "META-INF/signatures.xml"], E),
        (b"", ["a.txt", "META-INF/signatures001.xml"], E),
        (b"", ["a.txt", "META-INF/signature.p7s", "META-INF/ASiCManifest.xml"], E),
        (b"", ["word/document.xml", "_rels/.rels"], ZIP),
    ],
)
def test_the_form_is_told_by_type_or_by_files(
    mimetype: bytes, names: list[str], expected: DocumentFormat
) -> None:
    files = {"mimetype": mimetype} if mimetype else {}
    document = pack({**files, **dict.fromkeys(names, LETTER)})
    assert form_of(read_archive(document)) is expected


def test_each_file_is_one_thing() -> None:
    found = laid_out(
        "mimetype",
        "a.txt",
        "folder/b.txt",
        "META-INF/manifest.xml",
        "META-INF/signature001.p7s",
        "META-INF/signatures001.xml",
        "META-INF/signatures/signatures0.xml",
        "META-INF/timestamp001.tst",
        "META-INF/ASiCManifest001.xml",
        "META-INF/ASiCArchiveManifest001.xml",
        "META-INF/evidencerecord001.ers",
    )
    assert found.data == ("a.txt", "folder/b.txt")
    assert found.cms == ("META-INF/signature001.p7s",)
    assert found.xml == ("META-INF/signatures001.xml", "META-INF/signatures/signatures0.xml")
    assert found.tokens == ("META-INF/timestamp001.tst",)
    assert found.manifests == ("META-INF/ASiCManifest001.xml", "META-INF/ASiCArchiveManifest001.xml")
    assert found.records == ("META-INF/evidencerecord001.ers",)


@pytest.mark.parametrize(
    "name",
    [
        "Mimetype",
        "meta-inf/manifest.xml",
        "META-INF/note.txt",
        "META-INF/signature.p7s.txt",
        "x/META-INF/manifest.xml",
    ],
)
def test_what_is_nothing_else_is_a_file_that_has_to_be_signed(name: str) -> None:
    assert laid_out("a.txt", name).data == ("a.txt", name)
