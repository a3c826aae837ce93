import pytest
from tests.crypto.esign.cms.material import NOW, authority, detached, issued
from tests.crypto.esign.container.material import ASIC_E, LETTER, manifest, pack

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign import Indication, check
from rogatory_crypto.esign.container.manifest import file_name, read_manifest

SIGNATURE = "META-INF/signature001.p7s"


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("letter.txt", "letter.txt"),
        ("a%20letter.txt", "a letter.txt"),
        ("%D0%BF%D0%B8%D1%81%D1%8C%D0%BC%D0%BE.txt", "письмо.txt"),
        ("письмо.txt", "письмо.txt"),
        ("./letter.txt", "letter.txt"),
        ("a+b.txt", "a+b.txt"),
        ("100%.txt", "100%.txt"),
    ],
)
def test_a_uri_means_a_name(uri: str, name: str) -> None:
    assert file_name(uri) == name


@pytest.mark.parametrize("uri", ["", None, "%FF%FE"])
def test_a_uri_that_means_no_name_is_refused(uri: str | None) -> None:
    with pytest.raises(PeerError):
        file_name(uri)


def test_names_in_any_script_are_found_by_their_uri() -> None:
    made = manifest(SIGNATURE, {"%D0%BF%D0%B8%D1%81%D1%8C%D0%BC%D0%BE%201.txt": LETTER})
    files = {
        "mimetype": ASIC_E,
        "письмо 1.txt": LETTER,
        "META-INF/ASiCManifest.xml": made,
        SIGNATURE: detached(issued(), made),
    }
    report = check(pack(files), trust=[authority().root_pem], at=NOW + 60, revocation=False)
    assert report.indication is Indication.TOTAL_PASSED
    assert report.signatures[0].scope.covered == ("письмо 1.txt",)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"ASiCManifest", b"OtherManifest", Code.MALFORMED),
        (b"xmlenc#sha256", b"xmlenc#other", Code.UNSUPPORTED),
        (b"<ds:DigestValue>", b"<ds:DigestValue>!", Code.MALFORMED),
        (b"</asic:ASiCManifest>", b'<asic:SigReference URI="x"/></asic:ASiCManifest>', Code.MALFORMED),
        (b"<asic:ASiCManifest", b"<!DOCTYPE x><asic:ASiCManifest", Code.MALFORMED),
        (b"<ds:DigestMethod", b"<ds:DigestMethod/><ds:DigestMethod", Code.MALFORMED),
    ],
)
def test_a_manifest_of_another_shape_is_refused(old: bytes, new: bytes, code: Code) -> None:
    with pytest.raises(PeerError) as caught:
        read_manifest("META-INF/ASiCManifest.xml", manifest(SIGNATURE, {"a": LETTER}).replace(old, new))
    assert caught.value.code is code
