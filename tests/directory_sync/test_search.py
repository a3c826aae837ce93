"""Search, and who is competent for what."""

import json
from collections.abc import Callable

import pytest

from rogatory_crypto.errors import MisuseError
from rogatory_directory_sync import (
    Entry,
    Function,
    Kind,
    Query,
    ReferenceTables,
    Status,
    SyncResult,
    check_query,
    find_entry,
    read_directory,
    sample_file,
    search,
    who_is_competent,
)


@pytest.fixture(scope="module")
def entries(september: Callable[..., SyncResult]) -> list[Entry]:
    return list(september("json").directory.values())


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query(text="international relations prosecution georgia"), ["CNA-GE-02"]),  # former name, A09-18
        (Query(text="CNA-NG-12"), ["CNA-NG-02"]),  # alias, A09-30
        (Query(text="repression drug"), ["CNA-BJ-02"]),
        (Query(text="swaziland"), ["CNA-SZ-01"]),
        (Query(text="прокуратураи генерали"), ["CNA-TJ-01"]),
        (Query(text="no such office"), []),
        (Query(state="Dahomey", kind=Kind.CENTRAL_AUTHORITY), ["CNA-BJ-01"]),
        (Query(state="UK"), ["CNA-GB-01", "CNA-GB-02"]),
        (Query(state="gb-sct"), ["CNA-GB-02"]),
        (Query(state="Atlantis"), []),
        (Query(article="DRUG1988 17", network="WACAP", state="NG"), ["CNA-NG-02"]),
        (Query(article="UNCAC ch. V", state="TD"), ["CNA-TD-02"]),
        (Query(article="Atlantis 7"), []),
        (Query(article="UNTOC 18(14)"), []),
        (Query(article="UN Convention against Cybercrime"), ["CNA-UZ-03"]),
        (Query(function=Function.CONTACT_24_7), ["CNA-UZ-03"]),
        (Query(language="Kazakh", state="Kazakhstan"), ["CNA-KZ-01", "CNA-KZ-02"]),
        (Query(network="SEA", state="Singapore"), ["CNA-SG-01", "CNA-SG-02"]),
        (Query(network="Hanse"), []),
        (Query(kind=Kind.NETWORK_BODY, network="SEA"), ["NET-SEAJUST"]),
        (Query(status=Status.WITHDRAWN, state="TM"), ["CNA-TM-01", "CNA-TM-02"]),
        (Query(state="TM"), ["CNA-TM-03"]),
        (Query(status=None, state="TM", text="prosecutor"), ["CNA-TM-01", "CNA-TM-03"]),
    ],
)
def test_entries_are_found(
    query: Query, found: list[str], entries: list[Entry], tables: ReferenceTables
) -> None:
    assert [entry.entry_id for entry in search(entries, query, tables)] == found


def test_who_is_competent_names_addressees_and_others(entries: list[Entry], tables: ReferenceTables) -> None:
    competent = who_is_competent(entries, Function.MLA, "Azerbaijan", tables)
    assert [entry.entry_id for entry in competent.addressees] == ["CNA-AZ-01", "CNA-AZ-02"]
    assert competent.scope_matters  # A06-10
    focal = who_is_competent(entries, Function.ASSET_RECOVERY, "Thailand", tables)
    assert (focal.addressees, [entry.entry_id for entry in focal.others]) == ((), ["CNA-TH-02"])
    assert not focal.scope_matters


def test_withdrawn_entries_are_no_addressees(
    entries: list[Entry], tables: ReferenceTables
) -> None:  # A06-04, A09-13
    competent = who_is_competent(entries, Function.MLA, "Turkmenistan", tables)
    assert [entry.entry_id for entry in competent.addressees] == ["CNA-TM-03"]


def test_an_entry_is_found_by_any_of_its_ids(entries: list[Entry]) -> None:
    for wanted in ("CNA-NG-02", "cna-ng-12 "):
        entry = find_entry(entries, wanted)
        assert entry is not None
        assert entry.entry_id == "CNA-NG-02"
    assert find_entry(entries, "CNA-XX-99") is None


@pytest.mark.parametrize(
    "query",
    [
        Query(state="Atlantis"), Query(state="Korea"), Query(network="Hanse"), Query(language="Klingon"),
        Query(article="UNTOC 45"), Query(article="Hague 4"),
    ],
)  # fmt: skip
def test_a_name_nobody_knows_is_no_answer(query: Query, tables: ReferenceTables) -> None:
    with pytest.raises(MisuseError, match="check the spelling"):
        check_query(query, tables)


@pytest.mark.parametrize(
    "query",
    [
        Query(), Query(state="Zaire"), Query(state="swz"), Query(state="gb-sct"), Query(network="SEA"),
        Query(language="pt-BR"), Query(article="Palermo"), Query(article="Merida 46(13)"),
    ],
)  # fmt: skip
def test_a_name_the_tables_know_is_looked_for(query: Query, tables: ReferenceTables) -> None:
    assert check_query(query, tables) is query


@pytest.mark.parametrize(
    ("wanted", "found"), [("pt", True), ("Portuguese", True), ("pt-BR", True), ("pt-PT", False)]
)
def test_a_language_finds_its_varieties(wanted: str, *, found: bool, tables: ReferenceTables) -> None:
    """BCP 47 (RFC 4647 section 3.3.1): a language finds its regional forms, not the other way round."""
    record = json.loads(sample_file("state-after-2026-09.json").content)[0]
    record["languages"]["accepted"] = ["pt-BR"]
    entries = read_directory(json.dumps([record]).encode()).values()
    assert bool(search(entries, Query(language=wanted, status=None), tables)) is found
