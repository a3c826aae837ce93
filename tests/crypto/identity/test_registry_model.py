"""Whatever an office says in whatever order, the registry agrees with a model that knows no signatures."""

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.crypto.identity.enrolled_office import DAY, NOW, EnrolledOffice, keys, public
from tests.crypto.identity.listing import NETWORK, list_all, with_secretariat

from rogatory_crypto.errors import PeerError
from rogatory_crypto.identity import EnrolmentCode, Role, SignedStatement
from rogatory_crypto.identity.role import MAY_HAND_OVER

ROLES = {"head": Role.HEAD, "clerk": Role.CLERK, "observer": Role.OBSERVER}
TWO_YEARS = 2 * 366 * DAY
# One of the newest devices, or, for the last numbers, one that was never entered.
numbers = st.integers(0, 11)
terms = st.integers(-1, 40) | st.integers(725, 735)


@dataclass
class ModelDevice:
    officer: str
    begins: int
    ends: int
    revoked: bool = False

    def serves(self, at: int) -> bool:
        return not self.revoked and self.begins <= at + 600 and at < self.ends


class OneOffice(RuleBasedStateMachine):
    """Each rule says first whether the registry must take the statement in."""

    @initialize()
    def begin(self) -> None:
        self.registry, self.secretariat = with_secretariat()
        self.office = EnrolledOffice("CNA-SN-01")
        self.at, self.generation, self.entered = NOW, 0, 0
        self.devices: dict[str, ModelDevice] = {}
        self.accepted: list[SignedStatement] = []
        self.enrol_anew()

    def hears(self, signed: SignedStatement) -> bool:
        try:
            list_all(self.registry, signed, at=self.at)
        except PeerError:
            return False
        self.accepted.append(signed)
        return True

    def says(self, say: Callable[[], SignedStatement], *, expected: bool) -> bool:
        """Let the office say something; a refusal leaves its chain where it was."""
        place = (self.office.sequence, self.office.head)
        assert self.hears(say()) == expected
        if not expected:
            self.office.sequence, self.office.head = place
        return expected

    def named(self, number: int) -> str:
        newest = list(self.devices)[-5:]
        return newest[number % 5 % len(newest)] if number < 10 else f"new {number}"

    def serves(self, *devices: str) -> bool:
        return all(name in self.devices and self.devices[name].serves(self.at) for name in devices)

    @precondition(lambda self: self.at < NOW + 300 * DAY)
    @rule(days=st.integers(1, 40))
    def time_passes(self, days: int) -> None:
        self.at += days * DAY

    @rule()
    def enrol_anew(self) -> None:
        self.generation += 1
        self.office.code = EnrolmentCode(self.generation.to_bytes(20))
        self.office.office_private = keys(f"office {self.generation}")
        invitation = self.secretariat.invite(self.office, NETWORK, at=self.at)
        assert self.hears(invitation)
        assert self.hears(self.office.enrolment(invitation))
        for device in self.devices.values():
            device.revoked = True
        for officer in ROLES:
            self.enter_for(f"{officer} {self.generation}", officer, self.at, self.at + 200 * DAY)

    @rule()
    def replace_keys(self) -> None:
        self.generation += 1
        following = keys(f"office {self.generation}")
        assert self.says(lambda: self.office.succession(following), expected=True)

    @rule(number=numbers, officer=st.sampled_from(sorted(ROLES)), begins=st.integers(-9, 9), lasts=terms)
    def enter(self, number: int, officer: str, begins: int, lasts: int) -> None:
        self.entered += 1
        name = self.named(number) if number < 2 else f"entered {self.entered}"
        start = self.at + begins * DAY
        self.enter_for(name, officer, start, start + lasts * DAY)

    def enter_for(self, name: str, officer: str, start: int, end: int) -> None:
        in_term = 0 < end - start <= TWO_YEARS and self.at < end <= self.at + TWO_YEARS + 600
        fresh = name not in self.devices
        if self.says(
            lambda: self.office.device(
                name, officer=officer, role=ROLES[officer], not_before=start, not_after=end
            ),
            expected=fresh and in_term,
        ):
            self.devices[name] = ModelDevice(officer, start, end)

    @rule(number=numbers)
    def revoke(self, number: int) -> None:
        name = self.named(number)
        known = self.devices.get(name)
        live = known is not None and not known.revoked
        if self.says(lambda: self.office.revocation(name), expected=live):
            self.devices[name].revoked = True

    @rule(number=numbers, days=st.integers(-40, 800))
    def renew(self, number: int, days: int) -> None:
        name = self.named(number)
        end = self.at + days * DAY
        longer = self.serves(name) and self.devices[name].ends < end <= self.at + TWO_YEARS
        if self.says(lambda: self.office.renewal(name, not_after=end), expected=longer):
            self.devices[name].ends = end

    @rule(four=st.tuples(numbers, numbers, numbers, numbers))
    def hand_over(self, four: tuple[int, int, int, int]) -> None:
        leaver, successor, proposer, confirmer = map(self.named, four)
        known = self.devices.get(leaver)
        holds = (
            known is not None
            and not known.revoked
            and leaver != successor
            and self.serves(successor, proposer, confirmer)
            and self.devices[proposer].officer != self.devices[confirmer].officer
            and all(ROLES[self.devices[name].officer] in MAY_HAND_OVER for name in (proposer, confirmer))
        )
        handed = (leaver, successor, proposer, confirmer)
        if self.says(lambda: self.office.hand_over(*handed), expected=holds):
            self.devices[leaver].revoked = True

    @rule(number=st.integers(0, 100))
    def repeat(self, number: int) -> None:
        """What was accepted once is never accepted again."""
        again = self.accepted[number % len(self.accepted)]
        assert not self.hears(again)

    @rule(number=st.integers(0, 20), device=numbers)
    def speak_with_former_keys(self, number: int, device: int) -> None:
        former = EnrolledOffice(self.office.name, self.office.sequence, self.office.head)
        former.office_private = keys(f"office {number % self.generation}")
        assert not self.hears(former.revocation(self.named(device)))

    @invariant()
    def agrees(self) -> None:
        if not hasattr(self, "registry"):
            return
        entry_id = self.office.entry_id
        assert self.registry.offices[entry_id].keys == public(self.office.office_private)
        for name, device in self.devices.items():
            held = self.registry.devices[self.office.device_id(name)]
            assert (held.not_after, held.revoked_at is not None) == (device.ends, device.revoked)
        serving = [name for name in self.devices if self.serves(name)]
        assert [each.entry.device_id for each in self.registry.devices_of(entry_id, self.at)] == [
            self.office.device_id(name) for name in serving
        ]


TestOneOffice = OneOffice.TestCase
TestOneOffice.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
