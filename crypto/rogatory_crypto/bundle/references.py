"""Which messages a message names, and which of them a bundle passes over in silence.

What a signed event or an answer names was said. Where a bundle neither holds it nor names it as left out, its
reader learns so: it may be informal, may never have reached the maker, or was left away.
"""

from collections.abc import Iterable, Iterator

from rogatory_crypto.bundle.correspondence import ReadMessage
from rogatory_crypto.bundle.finding import About, Finding, passed
from rogatory_crypto.bundle.manifest import Manifest
from rogatory_crypto.content.carry_over import CarryOverAnswered, CarryOverProposed
from rogatory_crypto.content.case_company import CircleSet, StandingProposed
from rogatory_crypto.content.case_progress import DeadlineWithdrawn, ProgressAnswer, StateSet
from rogatory_crypto.content.events import Acknowledged, CaseEvent, RequestSubmitted
from rogatory_crypto.content.mimi import MessageId


def named_in(event: CaseEvent) -> Iterator[MessageId]:
    """Yield the messages that an event names."""
    match event:
        case RequestSubmitted(carried_over=names) | CarryOverProposed(messages=names):
            yield from names
        case CarryOverAnswered(proposal=name, agreed=names):
            yield from (name, *names)
        case StateSet(builds_on=names, consultation=consultation, message=message):
            yield from (each for each in (*names, consultation, message) if each is not None)
        case (
            Acknowledged(message_id=name)
            | DeadlineWithdrawn(deadline=name)
            | ProgressAnswer(enquiry=name)
            | CircleSet(follows=bytes() as name)
            | StandingProposed(answers=bytes() as name)
        ):
            yield name
        case _:
            pass


def _named_by(read: ReadMessage) -> Iterator[MessageId]:
    content = read.message.content
    yield from (each for each in (content.in_reply_to, content.replaces) if each is not None)
    for event in read.said.events:
        yield from named_in(event)


def check_references(read: Iterable[ReadMessage], manifest: Manifest) -> Iterator[Finding]:
    """Name every message that is named in a bundle and stands nowhere in it."""
    known = {each.message_id for each in manifest.messages}
    for each in read:
        for name in dict.fromkeys(_named_by(each)):
            if name not in known:
                said = f"refers to message {name.hex()[:12]} that is not in the bundle"
                yield passed(About.MISSING, each.listed.file, said)
