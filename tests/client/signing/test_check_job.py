"""What is handed to a checking process arrives as it was."""

from io import BytesIO

import pytest
from tests.crypto.esign.cms.material import CONTENT, NOW, authority, detached, issued

from rogatory_client.signing import Checker, CheckLimits
from rogatory_client.signing.check_job import CheckJob, read_job, write_job
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.esign import Indication
from rogatory_crypto.esign.given_evidence import MAX_FILES
from rogatory_crypto.esign.trust.anchor import Shortcoming


def test_a_job_is_read_as_it_was_written() -> None:
    named = [Shortcoming("SN", "the list is dämaged"), Shortcoming("", "")]
    job = CheckJob(
        document=b"document",
        trust=[b"trust", b""],
        contents=[b"content"],
        at=NOW,
        revocation=False,
        limits=CheckLimits(),
        evidence=[b"one", b"", b"two"],
        state="SEN",
        shortcomings=named,
    )
    stream = BytesIO()
    write_job(job, stream)
    write_job(job, stream)
    stream.seek(0)
    assert (read_job(stream), read_job(stream), read_job(stream)) == (job, job, None)


def test_a_job_may_have_as_much_evidence_as_a_check_takes() -> None:
    job = CheckJob(b"", [], [], NOW, True, CheckLimits(), [b"x" * 1000] * MAX_FILES)  # noqa: FBT003 - revocation
    stream = BytesIO()
    write_job(job, stream)
    stream.seek(0)
    read = read_job(stream)
    assert read is not None
    assert len(read.evidence) == MAX_FILES


def test_a_checking_process_uses_evidence_state_and_shortcomings() -> None:
    ours, document = authority(), detached(issued())
    with Checker() as checker:
        proven = checker.check(
            document, trust=[ours.root_pem], contents=[CONTENT], at=NOW + 60, evidence=[ours.crl], state="SEN"
        )
        assert proven.indication is Indication.TOTAL_PASSED
        named = Shortcoming("", "the list that is kept is damaged")
        open_one = checker.check(
            document, trust=[], contents=[CONTENT], at=NOW + 60, evidence=[ours.crl], shortcomings=[named]
        )
        assert open_one.indication is Indication.INDETERMINATE
        assert named.reason in open_one.signatures[0].reason


@pytest.mark.parametrize("wrong", [{"evidence": [b"none"]}, {"state": "Senegal"}, {"at": -1}])
def test_misuse_is_told_before_a_process_is_started(wrong: dict[str, object]) -> None:
    terms: dict[str, object] = {"trust": (), "at": NOW, **wrong}
    with Checker() as checker:
        with pytest.raises(MisuseError):
            checker.check(b"%PDF-1.7", **terms)  # type: ignore[arg-type]
        assert checker._process is None
