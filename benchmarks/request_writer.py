"""What it costs to check a request before it is sent, for every type of request.

``first`` reads the tables of a type and checks once; ``again`` is completeness and pre-flight of complete
answers with texts of the usual length; ``long`` the same with every free text 20,000 characters long.
Milliseconds, the slowest type of all and the mean of all.
"""

from collections.abc import Mapping
from datetime import date
from functools import partial
from statistics import mean

from benchmarks.measure import report, timed
from tests.client.casework.sample_answers import ADDRESSEE, AS_OF, SENDER, complete_answers

from rogatory_client.casework.answers.value import Value
from rogatory_client.casework.checks.completeness import completeness
from rogatory_client.casework.checks.finding import Addressee, OfficeStanding
from rogatory_client.casework.checks.preflight import preflight
from rogatory_client.casework.checks.treaties import Treaties, treaties_of
from rogatory_client.casework.forms.catalogue import request_type, type_ids
from rogatory_client.casework.forms.field import FieldKind
from rogatory_directory_sync import Record, read_directory, sample_file

_LONG = 20_000
_REPEATED = 5


def check(
    type_id: str, answers: Mapping[str, Value], records: Mapping[str, Record], treaties: Treaties, as_of: date
) -> None:
    """Do what ``rogatory draft check`` does with a type."""
    chosen = request_type(type_id)
    completeness(chosen, answers, as_of)
    addressee = Addressee(records[ADDRESSEE], OfficeStanding.USABLE)
    preflight(chosen, answers, addressee, records[SENDER], treaties, as_of)


def long_answers(type_id: str) -> dict[str, Value]:
    """Return complete answers whose free texts are long."""
    chosen = request_type(type_id)
    texts = {name: "a" * _LONG for name, field in chosen.fields.items() if field.kind is FieldKind.TEXT}
    return {**complete_answers(chosen), **texts}


def milliseconds(answers: Mapping[str, Mapping[str, Value]], records: Mapping[str, Record]) -> list[float]:
    """Return the time of one check of each type."""
    treaties = treaties_of(records.values())
    return [
        1000 * timed(partial(check, type_id, answers[type_id], records, treaties, AS_OF))[1]
        for type_id in type_ids()
    ]


def main() -> None:
    entries = read_directory(sample_file("state-after-2026-09.json").content)
    records = {entry_id: entry.record for entry_id, entry in entries.items()}
    usual = {type_id: complete_answers(request_type(type_id)) for type_id in type_ids()}
    request_type.cache_clear()
    runs = {"first": milliseconds(usual, records)}
    for name, answers in (("again", usual), ("long", {each: long_answers(each) for each in type_ids()})):
        repeated = [milliseconds(answers, records) for _ in range(_REPEATED)]
        runs[name] = [min(times) for times in zip(*repeated, strict=True)]
    for name, times in runs.items():
        report(f"request_writer.{name}", "slowest_type", max(times), "ms")
        report(f"request_writer.{name}", "mean", mean(times), "ms")


if __name__ == "__main__":
    main()
