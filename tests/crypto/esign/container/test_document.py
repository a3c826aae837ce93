import pytest
from tests.crypto.esign.cms.material import NOW, attached, authority, detached, issued, token
from tests.crypto.esign.container.material import (
    ANNEX,
    ASIC_E,
    ASIC_S,
    LETTER,
    SHA1,
    SHA256,
    extended,
    manifest,
    pack,
    simple,
)

from rogatory_crypto.esign import Coverage, DocumentFormat, Indication, Report, SubIndication, check
from rogatory_crypto.esign.cms.digests import digest
from rogatory_crypto.esign.container.layout import MAX_SIGNING_FILES, NOT_PLAIN

PASSED, FAILED, OPEN = Indication.TOTAL_PASSED, Indication.TOTAL_FAILED, Indication.INDETERMINATE
S = SubIndication


def checked(files: dict[str, bytes], *, at: int = NOW + 60, comment: bytes = b"") -> Report:
    document = pack(files, comment=comment)
    return check(document, trust=[authority().root_pem], at=at, revocation=False)


def verdict(report: Report) -> tuple[Indication, SubIndication | None]:
    return report.signatures[0].indication, report.signatures[0].sub_indication


def test_a_simple_container_passes_and_names_its_file() -> None:
    report = checked(simple())
    assert (report.format, report.indication) == (DocumentFormat.ASIC_S, PASSED)
    assert report.signatures[0].scope.covered == ("letter.txt",)
    assert report.signatures[0].scope.coverage is Coverage.WHOLE_DOCUMENT


def test_an_extended_container_passes_and_names_its_files() -> None:
    report = checked(extended())
    assert (report.format, report.indication) == (DocumentFormat.ASIC_E, PASSED)
    assert report.signatures[0].scope.covered == ("letter.txt", "annex/1.txt")
    assert report.signatures[0].identifier == "META-INF/signature001.p7s"


@pytest.mark.parametrize("kind", ["absent", "compressed", "newline", "comment", "unknown"])
def test_a_container_without_its_type_as_it_should_be_passes_with_a_warning(kind: str) -> None:
    files = extended()
    mimetype = files.pop("mimetype")
    match kind:
        case "newline":
            report = checked({"mimetype": mimetype + b"\r\n", **files})
            assert (report.format, report.indication) == (DocumentFormat.ASIC_E, PASSED)
            return
        case "comment":
            report = checked(files, comment=b"mimetype=" + mimetype)
        case "compressed":
            report = checked({**files, "mimetype": mimetype})
        case "unknown":
            report = checked({"mimetype": b"text/plain", **files})
        case _:
            report = checked(files)
    assert (report.format, report.indication) == (DocumentFormat.ASIC_E, PASSED)
    assert NOT_PLAIN in report.warnings


def test_a_changed_file_is_not_intact() -> None:
    for files in (simple(), extended()):
        assert verdict(checked({**files, "letter.txt": b"another"})) == (FAILED, S.HASH_FAILURE)


def test_a_signed_file_that_is_not_there_leaves_it_open() -> None:
    files = extended()
    del files["annex/1.txt"]
    report = checked(files)
    assert verdict(report) == (OPEN, S.SIGNED_DATA_NOT_FOUND)
    # What is there is covered; the whole of what was signed is not there to be seen.
    assert report.signatures[0].scope.covered == ("letter.txt",)
    assert report.signatures[0].scope.coverage is Coverage.PARTIAL


@pytest.mark.parametrize(
    "name", ["added.txt", "Mimetype.txt", "meta-inf/signature.p7s", "META-INF/added.pdf"]
)
def test_a_file_that_no_signature_covers_leaves_all_of_them_open(name: str) -> None:
    report = checked({**extended(), name: b"added afterwards"})
    assert verdict(report) == (OPEN, S.SIG_CONSTRAINTS_FAILURE)
    assert name in report.signatures[0].reason
    assert report.signatures[0].scope.coverage is Coverage.PARTIAL


def test_files_may_be_covered_by_several_signatures_together() -> None:
    files = extended(named=["letter.txt"])
    second = manifest("META-INF/signature002.p7s", {"annex/1.txt": ANNEX})
    files["META-INF/ASiCManifest002.xml"] = second
    files["META-INF/signature002.p7s"] = detached(issued(), second)
    report = checked(files)
    assert report.indication is PASSED
    assert [each.scope.covered for each in report.signatures] == [("letter.txt",), ("annex/1.txt",)]
    assert {each.scope.coverage for each in report.signatures} == {Coverage.PARTIAL}


def test_a_simple_container_has_exactly_one_file_at_its_root() -> None:
    for files in ({"letter.txt": LETTER, "annex.txt": ANNEX}, {"folder/letter.txt": LETTER}, {}):
        assert verdict(checked(simple(files))) == (FAILED, S.FORMAT_FAILURE)


@pytest.mark.parametrize("change", ["none", "two", "another", "broken", "inside", "no digest", "twice"])
def test_a_manifest_must_bind_its_signature(change: str) -> None:
    files = extended()
    name = "META-INF/ASiCManifest001.xml"
    match change:
        case "none":
            del files[name]
        case "two":
            files["META-INF/ASiCManifest002.xml"] = files[name]
        case "another":
            files[name] = manifest("META-INF/signature002.p7s", {"letter.txt": LETTER, "annex/1.txt": ANNEX})
        case "broken":
            files[name] = files[name].replace(b"</asic:ASiCManifest>", b"")
        case "inside":
            files["META-INF/signature001.p7s"] = attached(issued())
        case "no digest":
            made = manifest("META-INF/signature001.p7s", {})
            files[name], files["META-INF/signature001.p7s"] = made, detached(issued(), made)
        case _:
            made = manifest("META-INF/signature001.p7s", {"letter.txt": LETTER})
            piece = made[made.index(b"<asic:DataObject") : made.index(b"</asic:ASiCManifest>")]
            made = made.replace(piece, piece + piece)
            files[name], files["META-INF/signature001.p7s"] = made, detached(issued(), made)
    assert verdict(checked(files)) == (FAILED, S.FORMAT_FAILURE)


def test_a_manifest_changed_after_signing_is_not_intact() -> None:
    files = extended()
    changed = manifest("META-INF/signature001.p7s", {"letter.txt": LETTER})
    assert verdict(checked({**files, "META-INF/ASiCManifest001.xml": changed})) == (FAILED, S.HASH_FAILURE)


def test_no_signature_is_said() -> None:
    for mimetype in (ASIC_S, ASIC_E):
        report = checked({"mimetype": mimetype, "letter.txt": LETTER})
        assert (report.indication, report.signatures) == (OPEN, ())
        assert "no signature" in report.reason


def test_an_archive_without_signatures_is_no_container() -> None:
    report = checked({"letter.txt": LETTER})
    assert (report.format, report.indication) == (DocumentFormat.ZIP, OPEN)


def test_evidence_records_are_said_to_be_unsupported() -> None:
    report = checked({**simple(), "META-INF/evidencerecord.ers": b"0\x00"})
    assert report.indication is PASSED
    assert any("evidence records" in warning for warning in report.warnings)
    alone = {"mimetype": ASIC_S, "letter.txt": LETTER, "META-INF/evidencerecord.ers": b"0\x00"}
    assert checked(alone).indication is OPEN
    assert "evidence records" in checked(alone).reason


def stamp(content: bytes, *, at: int = NOW) -> bytes:
    return bytes(token(digest("sha256", content), at=at).dump())


def test_a_simple_container_with_a_time_stamp_says_when_its_file_existed() -> None:
    files = {"mimetype": ASIC_S, "letter.txt": LETTER, "META-INF/timestamp.tst": stamp(LETTER)}
    report = checked(files)
    assert (report.indication, report.signatures) == (PASSED, ())
    assert [(each.time, each.scope and each.scope.covered) for each in report.timestamps] == [
        (NOW, ("letter.txt",))
    ]
    assert checked({**files, "letter.txt": b"another"}).timestamps[0].sub_indication is S.HASH_FAILURE
    assert checked({**files, "added.txt": b""}).timestamps[0].sub_indication is S.FORMAT_FAILURE


@pytest.mark.parametrize("name", ["META-INF/signature.p7s", "META-INF/evidencerecord.ers"])
def test_a_simple_container_is_signed_or_stamped_in_one_way(name: str) -> None:
    """EN 319 162-1 clause 4.3.3.2: one signature, one time stamp or one evidence record."""
    files = {"mimetype": ASIC_S, "letter.txt": LETTER, "META-INF/timestamp.tst": stamp(LETTER)}
    report = checked({**files, name: simple().get(name, b"0\x00")})
    assert report.timestamps[0].sub_indication is S.FORMAT_FAILURE
    assert report.indication is FAILED
    assert all(each.sub_indication is S.FORMAT_FAILURE for each in report.signatures)


def test_a_time_stamp_alone_must_cover_every_file() -> None:
    content = {"letter.txt": LETTER, "annex.txt": ANNEX}
    for named, expected in ((content, PASSED), ({"letter.txt": LETTER}, OPEN)):
        made = manifest("META-INF/timestamp001.tst", named)
        files = {
            "mimetype": ASIC_E,
            **content,
            "META-INF/ASiCManifest001.xml": made,
            "META-INF/timestamp001.tst": stamp(made),
        }
        assert checked(files).timestamps[0].indication is expected


def archived(
    files: dict[str, bytes], number: int, names: list[str], *, at: int, digest: str = SHA256
) -> dict[str, bytes]:
    """Add an archive time stamp over files of a container (EN 319 162-1 clause A.7)."""
    listed = {name: files[name] for name in names}
    made = manifest(f"META-INF/timestamp00{number}.tst", listed, digest=digest)
    return {
        **files,
        f"META-INF/ASiCArchiveManifest00{number}.xml": made,
        f"META-INF/timestamp00{number}.tst": stamp(made, at=at),
    }


SIGNED = ["META-INF/signature001.p7s", "META-INF/ASiCManifest001.xml", "letter.txt", "annex/1.txt"]


def test_archive_time_stamps_prove_when_the_signatures_they_name_existed() -> None:
    once = archived(extended(), 1, SIGNED, at=NOW + 5)
    later = ["META-INF/timestamp001.tst", "META-INF/ASiCArchiveManifest001.xml", *SIGNED]
    report = checked(archived(once, 2, later, at=NOW + 30))
    assert report.indication is PASSED
    assert [each.time for each in report.timestamps] == [NOW + 30, NOW + 5]
    assert report.signatures[0].best_signature_time == NOW + 5


def test_an_archive_time_stamp_that_does_not_name_a_signature_proves_nothing_of_it() -> None:
    report = checked(archived(extended(), 1, ["letter.txt"], at=NOW + 5))
    assert report.indication is PASSED
    assert report.signatures[0].best_signature_time is None


def test_a_time_stamp_is_no_stronger_than_the_digests_of_its_manifest() -> None:
    """EN 319 102-1 clause 5.4.4: whoever finds another file of the same digest has it stamped as well."""
    report = checked(archived(extended(), 1, SIGNED, at=NOW + 5, digest=SHA1))
    assert report.timestamps[0].sub_indication is S.CRYPTO_CONSTRAINTS_FAILURE
    assert "SHA1" in report.timestamps[0].reason
    assert report.signatures[0].best_signature_time is None


def test_an_archive_time_stamp_over_something_changed_since_proves_nothing() -> None:
    noted = {**extended(), "META-INF/manifest.xml": b"<manifest/>"}
    files = archived(noted, 1, [*SIGNED, "META-INF/manifest.xml"], at=NOW + 5)
    report = checked({**files, "META-INF/manifest.xml": b"<changed/>"})
    assert report.timestamps[0].sub_indication is S.HASH_FAILURE
    assert report.signatures[0].best_signature_time is None
    assert report.indication is not PASSED


def test_a_token_that_cannot_be_read_is_named_and_spoils_what_it_should_prove() -> None:
    report = checked({**archived(extended(), 1, SIGNED, at=NOW + 5), "META-INF/timestamp001.tst": b"0\x00"})
    assert [each.indication for each in report.timestamps] == [FAILED]
    assert report.indication is OPEN


def test_what_cannot_be_read_as_an_archive_is_not_well_formed() -> None:
    report = check(pack(simple())[:-1], trust=[], at=NOW)
    assert report.indication is FAILED
    assert report.signatures == ()


def test_more_signatures_than_can_be_checked_are_refused() -> None:
    files = {f"META-INF/signature{number}.p7s": b"" for number in range(MAX_SIGNING_FILES + 1)}
    report = checked({"mimetype": ASIC_E, "letter.txt": LETTER, **files})
    assert (report.indication, report.signatures) == (OPEN, ())
