"""Fetches revocation data from allowed addresses, verifies them, and keeps what is newer than what is held.

A failure leaves what is held as it was. No document is read here: what to ask about is decided before.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rogatory_client.revocation.answers import MAX_ANSWER_BYTES, NONCE_BYTES, Question, read_answer
from rogatory_client.revocation.concerned import Concerned
from rogatory_client.revocation.download import Download, Moved, Patience, Request, download
from rogatory_client.revocation.held import HeldEvidence, Writing, answer_place, list_place
from rogatory_client.revocation.index import Held, Place
from rogatory_client.revocation.lists import read_list
from rogatory_client.revocation.outcome import Outcome, Result, is_served
from rogatory_client.revocation.sources import Source
from rogatory_client.revocation.statement import Kind
from rogatory_crypto.errors import MisuseError, PeerError, TransportError
from rogatory_crypto.esign.given_evidence import MAX_FILE_BYTES

PATIENCE: Final = Patience()
_AT_ONCE: Final = 4
_OCSP_HEADERS: Final = {
    "Content-Type": "application/ocsp-request",
    "Accept": "application/ocsp-response",
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What fetching takes from outside.

    Attributes:
        now: the clock, unix seconds.
        random: source of nonces.
        patience: how long an address is waited for.
        moved: told of progress.
    """

    now: Callable[[], int]
    random: Callable[[int], bytes]
    patience: Patience = PATIENCE
    moved: Moved | None = None


async def fetch_lists(
    folder: Path, sources: Sequence[Source], surroundings: Surroundings
) -> tuple[tuple[Outcome, ...], ...]:
    """Fetch every list of some issuers; each stands for itself in what is returned.

    Raises:
        VaultError: another process is at it.
        OSError: what came cannot be written; what was held stays.
    """
    with HeldEvidence(folder).writing() as writing:
        fetcher = _Fetcher(writing, surroundings)
        return await _together([fetcher.alone(source, each) for source in sources for each in source.crl])


async def fetch_about(
    folder: Path, concerned: Sequence[Concerned], surroundings: Surroundings
) -> tuple[tuple[Outcome, ...], ...]:
    """Ask about certificates: the issuer's responders one after the other, then for its lists.

    Returns:
        What was asked for each certificate.

    Raises:
        VaultError: another process is at it.
        OSError: what came cannot be written; what was held stays.
    """
    with HeldEvidence(folder).writing() as writing:
        fetcher = _Fetcher(writing, surroundings)
        answered = await _together([fetcher.ask(each) for each in concerned])
        missing = {
            each.source.identifier: each.source
            for each, outcomes in zip(concerned, answered, strict=True)
            if not is_served(outcomes)
        }
        lists = await _together([fetcher.lists(source) for source in missing.values()])
        by_issuer = dict(zip(missing, lists, strict=True))
        return tuple(
            outcomes if is_served(outcomes) else outcomes + by_issuer[each.source.identifier]
            for each, outcomes in zip(concerned, answered, strict=True)
        )


class _Fetcher:
    def __init__(self, writing: Writing, surroundings: Surroundings) -> None:
        self._writing = writing
        self._surroundings = surroundings
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def alone(self, source: Source, address: str) -> tuple[Outcome, ...]:
        """Fetch one list."""
        return (await self._settled(list_place(source, address), source, address, "", self._list),)

    async def lists(self, source: Source) -> tuple[Outcome, ...]:
        """Fetch every list of an issuer."""
        return tuple([outcome for each in source.crl for outcome in await self.alone(source, each)])

    async def ask(self, concerned: Concerned) -> tuple[Outcome, ...]:
        """Ask the responders of a certificate's issuer until one answers."""
        place = answer_place(concerned.source, concerned.serial)
        outcomes: list[Outcome] = []
        for address in concerned.source.ocsp:
            if not is_served(outcomes):
                outcomes.append(await self._answered(place, concerned, address))
        return tuple(outcomes)

    async def _answered(self, place: Place, concerned: Concerned, address: str) -> Outcome:
        source, subject = concerned.source, concerned.subject
        held = self._writing.held(place)
        expired = concerned.expires_at < self._surroundings.now()
        if held is not None and expired and self._writing.is_whole(held):
            # RFC 6960 section 4.4.4: what is said after the expiry may count for less than what is held.
            detail = "the certificate has expired; what was said before stays"
            return Outcome(Kind.OCSP, source, address, subject, Result.UNCHANGED, detail, held)
        question = Question(source, concerned.serial, self._surroundings.random(NONCE_BYTES))

        async def asked(place: Place, _source: Source, address: str) -> Held:
            return await self._answer(place, question, address)

        return await self._settled(place, source, address, subject, asked)

    async def _settled(
        self,
        place: Place,
        source: Source,
        address: str,
        about: str,
        fetch: Callable[[Place, Source, str], Coroutine[None, None, Held]],
    ) -> Outcome:
        before = self._writing.held(place)
        try:
            async with self._turns:
                held = await fetch(place, source, address)
        except TransportError as error:
            return Outcome(place.kind, source, address, about, Result.FAILED, str(error), before)
        except (PeerError, MisuseError) as error:
            detail = error.detail if isinstance(error, PeerError) else str(error)
            return Outcome(place.kind, source, address, about, Result.REFUSED, detail, before)
        is_new = before is None or before.sha256 != held.sha256
        return Outcome(
            place.kind, source, address, about, Result.NEW if is_new else Result.UNCHANGED, "", held
        )

    async def _list(self, place: Place, source: Source, address: str) -> Held:
        now, held = self._surroundings.now(), self._writing.held(place)
        conditions = self._conditions(held, now)
        request = Request(address, MAX_FILE_BYTES, headers=conditions, private=source.private)
        came = await self._download(request)
        if came.content is None and held is not None:
            return held
        statement = read_list(came.content or b"", source, now)
        return self._writing.put(place, statement, now=now, etag=came.etag, last_modified=came.last_modified)

    async def _answer(self, place: Place, question: Question, address: str) -> Held:
        request = Request(
            address, MAX_ANSWER_BYTES, question.encode(), _OCSP_HEADERS, private=question.source.private
        )
        came = await self._download(request)
        now = self._surroundings.now()
        return self._writing.put(place, read_answer(came.content or b"", question, now), now=now)

    async def _download(self, request: Request) -> Download:
        return await download(request, self._surroundings.patience, self._surroundings.moved)

    def _conditions(self, held: Held | None, now: int) -> dict[str, str]:
        """Return how to ask only for what is newer; what has run out or is damaged is fetched whole."""
        if held is None or (held.next_update or 0) < now or not self._writing.is_whole(held):
            return {}
        stated = {"If-None-Match": held.etag, "If-Modified-Since": held.last_modified}
        return {name: value for name, value in stated.items() if value}


async def _together(
    asked: Sequence[Coroutine[None, None, tuple[Outcome, ...]]],
) -> tuple[tuple[Outcome, ...], ...]:
    """Wait for all; the first failure that is nobody's answer ends the others before it is told."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(each) for each in asked]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from failures
    return tuple(each.result() for each in tasks)
