"""Reports of devices that could not follow a commit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_crypto import cbor
from rogatory_crypto.content.epoch_report import MEDIA_TYPE, EpochReport, read_report, report_part
from rogatory_crypto.content.nested_part import Disposition, NullPart, SinglePart
from rogatory_crypto.errors import Code, PeerError


@given(st.integers(0, (1 << 63) - 1), st.text("abc-", min_size=1, max_size=64))
def test_a_report_reads_as_it_was_written(epoch: int, code: str) -> None:
    report = EpochReport(epoch, code)
    part = report_part(report)
    assert read_report(part) == report
    assert EpochReport.decode(part.content).encode() == part.content


@pytest.mark.parametrize("plain", [[], [1], [1, ""], [1, "c" * 65], [-1, "c"], ["1", "c"], [1, "c", 2], {}])
def test_anything_else_is_refused(plain: object) -> None:
    part = SinglePart(Disposition.UNSPECIFIED, "", MEDIA_TYPE, cbor.encode(plain))
    with pytest.raises(PeerError) as caught:
        read_report(part)
    assert caught.value.code in {Code.MALFORMED, Code.TOO_LARGE}


def test_other_parts_are_no_reports() -> None:
    assert read_report(NullPart(Disposition.RENDER, "")) is None
    assert read_report(SinglePart(Disposition.RENDER, "", "text/plain", b"")) is None
