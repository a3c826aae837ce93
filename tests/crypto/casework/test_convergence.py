"""Several officers in three offices over a line that loses, repeats and reorders: all see the same case.

Each device acts on what it holds, whether that is all or not, and starts anew with that in another order;
some say what they may not, or unsigned. The relay's place and time on a message are part of it; which device
has it when is not.
"""

from dataclasses import dataclass, field
from random import Random

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.crypto.casework.cases import ASKED, ASKING, BEGIN_MS, NOW, Case, request, requested
from tests.effort import examples

from rogatory_crypto.casework import Entry, Record, Side, Standing, State, Timeline, project
from rogatory_crypto.content.case_progress import (
    DeadlineSet,
    DeadlineWithdrawn,
    ProgressAnswer,
    ProgressEnquiry,
    StateSet,
)
from rogatory_crypto.content.events import Acknowledged, CaseEvent
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.request_wishes import HandlingWished, SentDespite
from rogatory_crypto.content.urgent import CaseLinked, OralRequest, PresenceEnded
from rogatory_crypto.identity import Role
from rogatory_crypto.wire.identifier import EntryId, GroupId

THIRD = EntryId("CNA-NG-01")
DEVICES = (
    (ASKING, Role.HEAD),
    (ASKING, Role.CASE_OFFICER),
    (ASKED, Role.HEAD),
    (ASKED, Role.CASE_OFFICER),
    (ASKED, Role.DUTY_OFFICER),
    (ASKED, Role.CLERK),
    (THIRD, Role.HEAD),
)
WHO = st.integers(0, len(DEVICES) - 1)
OFFICES = st.sampled_from([ASKING, ASKED, THIRD])
# Of a call: before the case, within it, and still to come.
TIMES = st.sampled_from([NOW - 7_200, NOW, NOW + 86_400])


@dataclass
class Device:
    office: EntryId
    role: Role
    held: list[Entry] = field(default_factory=list)
    said: dict[MessageId, EntryId] = field(default_factory=dict)

    def timeline(self) -> Timeline:
        return project(Record(tuple(self.held), self.said, {}), NOW)

    def receive(self, name: MessageId, office: EntryId, entry: Entry | None) -> None:
        self.said[name] = office
        if entry is not None:
            self.held.append(entry)


class Offices(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.case = requested()
        self.devices = [Device(office, role) for office, role in DEVICES]
        self.mail: list[tuple[int, MessageId]] = []
        self.everything: dict[MessageId, tuple[EntryId, Entry | None]] = {}
        (first,) = self.case.entries
        self.post(0, first.message_id, first)

    def say(self, who: int, *events: CaseEvent, flaw: str | None = None) -> None:
        device = self.devices[who]
        name = self.case.say(device.office, *events, role=device.role, flaw=flaw)
        self.post(who, name, self.case.entries[-1] if events else None)

    def post(self, who: int, name: MessageId, entry: Entry | None) -> None:
        office = self.devices[who].office
        self.everything[name] = (office, entry)
        self.devices[who].receive(name, office, entry)
        self.mail += [(other, name) for other in range(len(DEVICES)) if other != who]

    @rule(data=st.data())
    def deliver(self, data: st.DataObject) -> None:
        """One message, to one device, in any order; it may stay in the post and come again."""
        if self.mail:
            index = data.draw(st.integers(0, len(self.mail) - 1))
            other, name = self.mail[index]
            if data.draw(st.booleans()):
                del self.mail[index]
            self.devices[other].receive(name, *self.everything[name])

    @rule(who=WHO)
    def catch_up(self, who: int) -> None:
        for other, name in self.mail:
            if other == who:
                self.devices[who].receive(name, *self.everything[name])
        self.mail = [each for each in self.mail if each[0] != who]

    @rule(who=WHO, chance=st.randoms(use_true_random=False))
    def start_anew(self, who: int, chance: Random) -> None:
        """What is on disk is read again, some of it twice, in whatever order."""
        device = self.devices[who]
        device.held += chance.sample(device.held, len(device.held) // 2)
        chance.shuffle(device.held)

    @rule(who=WHO, data=st.data())
    def go_on(self, who: int, data: st.DataObject) -> None:
        """Set what this device believes may be set next."""
        device = self.devices[who]
        timeline = device.timeline()
        side = timeline.side_of(device.office)
        steps = timeline.next_steps(side)
        if steps and timeline.heads:
            step = data.draw(st.sampled_from(steps))
            self.say(who, *self.words(device, step.target, timeline.heads))

    @rule(who=WHO, state=st.sampled_from([*State, "gone"]), data=st.data())
    def attempt(self, who: int, state: str, data: st.DataObject) -> None:
        """Set anything, upon anything, and perhaps unsigned or after the device was revoked."""
        flaw = data.draw(st.sampled_from([None, "it is not signed", "its device was revoked"]))
        names = st.sampled_from([*self.everything, MessageId(bytes(32))])
        upon = tuple(data.draw(st.lists(names, max_size=2)))
        self.say(who, *self.words(self.devices[who], state, upon), flaw=flaw)

    def words(self, device: Device, state: str, upon: tuple[MessageId, ...]) -> tuple[CaseEvent, ...]:
        own = [name for name, office in device.said.items() if office == device.office]
        talk = [name for name in device.said if name not in upon]
        said = StateSet(
            str(state),
            upon,
            reasons="Because.",
            items=("One.",),
            ground="essential_interests",
            consultation=talk[-1] if talk else None,
            message=own[-1] if own else None,
            confidentiality="can_keep",
            due="2026-12-31",
        )
        if state == State.ACKNOWLEDGED and upon:
            return (Acknowledged(upon[0], "GH/9"),)
        return (request(), said) if state == State.SENT else (said,)

    @rule(who=WHO)
    def settle(self, who: int) -> None:
        device = self.devices[who]
        timeline = device.timeline()
        if timeline.conflict is None:
            return
        own = timeline.side_of(device.office)
        choice = next((each for each in timeline.conflict.between if each.side is own), None)
        if choice is not None and choice.state is not None:
            self.say(who, StateSet(choice.state.value, timeline.heads))
            after = device.timeline()
            assert after.state == choice.state
            assert after.conflict is None

    @rule(who=WHO, data=st.data())
    def say_something_else(self, who: int, data: st.DataObject) -> None:
        names = st.sampled_from(list(self.everything))
        name, device = data.draw(names), self.devices[who]
        words: tuple[CaseEvent, ...] = (
            ProgressEnquiry(None),
            ProgressAnswer(name, "Soon.", None),
            DeadlineSet("hearing", "2026-12-31", device.office, ""),
            DeadlineWithdrawn(name, ""),
            OralRequest(data.draw(TIMES), device.office, "", data.draw(OFFICES), "", "Freeze the account."),
            PresenceEnded("2026-11-18", None, ""),
            CaseLinked("follow_up", GroupId(bytes(32))),
            HandlingWished("substance"),
            SentDespite("It cannot wait."),
        )
        said = data.draw(st.sampled_from([(), *((word,) for word in words)]))
        self.say(who, *said, flaw=data.draw(st.sampled_from([None, None, "it is not signed"])))

    @invariant()
    def nothing_that_is_held_is_lost(self) -> None:
        for device in self.devices:
            timeline = device.timeline()
            wanted = {
                entry.message_id
                for entry in device.held
                if any(isinstance(event, StateSet) for event in entry.events)
            }
            assert wanted <= {each.entry.message_id for each in timeline.changes}
            assert all(each.reason for each in timeline.changes if each.standing is not Standing.VALID)
            assert not (timeline.conflict is not None and timeline.state is not None)

    @invariant()
    def only_a_side_that_may_has_set_what_counts(self) -> None:
        for each in self.devices[0].timeline().with_standing(Standing.VALID):
            if each.state in {State.REFUSED, State.EXECUTED, State.POSTPONED, State.INFO_REQUESTED}:
                assert each.side is Side.REQUESTED or each.settles
            if each.state in {State.WITHDRAWN, State.SENT}:
                assert each.side is Side.REQUESTING or each.settles
            assert each.entry.flaw is None
            assert each.entry.role is not Role.CLERK

    def teardown(self) -> None:
        if not hasattr(self, "devices"):
            return
        for who in range(len(DEVICES)):
            self.catch_up(who)
        timelines = [device.timeline() for device in self.devices]
        assert all(timeline == timelines[0] for timeline in timelines)
        everywhere = Case(self.case.entries, self.case.said).timeline()
        assert everywhere == timelines[0]
        assert NOW * 1000 > BEGIN_MS


Offices.TestCase.settings = settings(max_examples=examples(60), stateful_step_count=40, deadline=None)
test_all_offices_come_to_the_same_timeline = Offices.TestCase
