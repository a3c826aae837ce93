"""Certificates an office names for its documents: by two of its officers, or not at all."""

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.crypto.esign.trust.list_builder import Party

from rogatory_crypto import signing
from rogatory_crypto.esign.trust.directory import directory_anchors
from rogatory_directory_sync import (
    Held,
    SourceFile,
    SyncResult,
    confirm_edit,
    propose_edit,
    sample_file,
    synchronise,
)

FIRST, SECOND = (bytes([number]) * 32 for number in (1, 2))
OFFICE = "CNA-SG-01"
KEYS = {OFFICE: frozenset(map(signing.public_key, (FIRST, SECOND)))}
AT = "2026-08-04T09:12:00Z"
PATH = ["x_platform", "trusted_certificates"]
SEAL = Party("Seal of the office")
NAMED = [{"certificate": b64encode(SEAL.der).decode(), "purpose": "signer", "since": AT}]


def proposed(june: SyncResult, new: Any = None) -> dict[str, Any]:
    entry = june.directory[OFFICE]
    return propose_edit(entry, PATH, NAMED if new is None else new, at=AT, private=FIRST)


def after(june: SyncResult, edit: dict[str, Any], keys: Any = KEYS) -> tuple[list[dict[str, Any]], str]:
    file = SourceFile("edits.json", json.dumps([edit]).encode())
    held = Held(SourceFile("held.json", june.state), june.annotations, file, keys)
    result = synchronise(sample_file("export-2026-09.json"), held)
    return json.loads(result.state), result.report.decode()


def test_two_officers_name_a_certificate_and_it_outlives_the_next_export(
    june: Callable[..., SyncResult],
) -> None:
    edit = confirm_edit(proposed(june("json")), SECOND)
    state, _ = after(june("json"), edit)
    (anchor,) = directory_anchors(state).anchors
    assert anchor.certificate.dump() == SEAL.der
    assert anchor.source.territory == "SG"


def test_one_officer_names_nothing(june: Callable[..., SyncResult]) -> None:
    state, report = after(june("json"), proposed(june("json")))
    assert not directory_anchors(state).anchors
    assert "edit_not_signed_by_two" in report


def test_without_known_keys_certificates_do_not_count(june: Callable[..., SyncResult]) -> None:
    edit = confirm_edit(proposed(june("json")), SECOND)
    state, report = after(june("json"), edit, None)
    assert not directory_anchors(state).anchors
    assert "no keys are known" in report


@pytest.mark.parametrize("new", [[{"certificate": "x", "purpose": "signer", "since": AT}], [7]])
def test_what_is_no_certificate_is_not_named(june: Callable[..., SyncResult], new: Any) -> None:
    state, report = after(june("json"), confirm_edit(proposed(june("json"), new), SECOND))
    assert not any("trusted_certificates" in item.get("x_platform", {}) for item in state)
    assert "edit_invalid" in report


def test_an_edit_of_what_is_no_longer_there_changes_nothing(june: Callable[..., SyncResult]) -> None:
    entry = june("json").directory[OFFICE]
    other = [NAMED[0] | {"purpose": "issuer"}]
    before = replace(entry, record=replace(entry.record, x_platform={"trusted_certificates": other}))
    edit = confirm_edit(propose_edit(before, PATH, NAMED, at=AT, private=FIRST), SECOND)
    state, report = after(june("json"), edit)
    assert not directory_anchors(state).anchors
    assert "edit_does_not_fit" in report
