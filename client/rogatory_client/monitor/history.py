"""The history of a log in plain words: who did what, when, and whether it was theirs to do."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from rogatory_client.monitor.together import verified_together
from rogatory_client.monitor.words import who_and_what
from rogatory_crypto.errors import PeerError
from rogatory_crypto.identity import SignedStatement
from rogatory_crypto.log.audit import Audit, Trust
from rogatory_crypto.log.entry import LogEntry
from rogatory_crypto.log.entry_body import Body, SignedContent, decode_body
from rogatory_crypto.log.entry_content import DirectorySnapshot
from rogatory_crypto.log.replay import Replay
from rogatory_crypto.signing import Verify
from rogatory_crypto.wire.identifier import EntryId


@dataclass(frozen=True, slots=True)
class Told:
    """One entry of the log.

    Attributes:
        index: its number in the log, from 0.
        at: when the log took it in, unix seconds; None for one that cannot be read.
        who: whose word it is.
        what: what they did.
        concerns: the authorities that it is about.
        refused: why it is not believed; empty for what is.
    """

    index: int
    at: int | None
    who: str
    what: str
    concerns: tuple[EntryId, ...] = ()
    refused: str = ""


def tell(read: Callable[[], Iterable[bytes]], trust: Trust, about: str | None = None) -> tuple[Told, ...]:
    """Replay entries and tell each; what cannot be read or believed is told as such.

    Args:
        read: yields the encoded entries, from the first, each time it is called.
        trust: what they are measured against.
        about: an authority, to be told of nothing else.
    """

    def told(verify: Verify) -> tuple[Told, ...]:
        all_told = _tell(read(), trust, verify)
        return tuple(each for each in all_told if about is None or about in each.concerns)

    return verified_together(told)


def _tell(entries: Iterable[bytes], trust: Trust, verify: Verify) -> Iterator[Told]:
    replayed = Replay(Audit(trust), verify=verify)
    for data in entries:
        index, before = replayed.tree.size, len(replayed.findings)
        accepted = replayed.feed(data)
        refused = "" if accepted else "; ".join(finding.detail for finding in replayed.findings[before:])
        try:
            entry = LogEntry.decode(data)
            body = decode_body(entry)
        except PeerError:
            yield Told(index, None, "", "an entry that cannot be read", refused=refused)
            continue
        who, what = who_and_what(body, replayed.audit)
        yield Told(index, entry.appended_at, who, what, _concerns(body), refused)


def _concerns(body: Body) -> tuple[EntryId, ...]:
    match body:
        case SignedStatement(statement=statement):
            return (statement.entry_id,)
        case SignedContent(content=said) if not isinstance(said, DirectorySnapshot):
            return (said.entry_id,)
        case _:
            return ()
