"""What a member allows in a group beyond what RFC 9420 demands; kept with the group, enforced on receipt."""

from dataclasses import dataclass
from typing import ClassVar, Final

from rogatory_crypto.codec import UINT8, UINT16, UINT32, UINT64, Field, Reader, Struct, bounded
from rogatory_crypto.errors import Code, MisuseError, PeerError

PAST_EPOCHS: Final = 5  # Q04
PAST_EPOCH_S: Final = 14 * 86_400  # Q04
PAST_EPOCHS_LIMIT: Final = 256
_DAY_S: Final = 86_400


def _switch(reader: Reader) -> bool:
    value = UINT8.read(reader)
    if value > 1:
        raise PeerError(Code.MALFORMED, "A01: a switch that is neither on nor off")
    return bool(value)


def _count(reader: Reader) -> int:
    return bounded(UINT16.read(reader), PAST_EPOCHS_LIMIT)


_SWITCH: Final[Field[bool]] = Field(_switch, UINT8.write)
_COUNT: Final[Field[int]] = Field(_count, UINT16.write)


@dataclass(frozen=True, slots=True)
class GroupPolicy(Struct):
    """Switches and limits of a group. Everything that lets outsiders in is off unless it is asked for.

    Attributes:
        public_handshakes: whether members may send proposals and commits in the open (B15).
        external_commits: whether outsiders may join by themselves (H08).
        resync: whether a member who lost his state may do so in the place of his old leaf (H08).
        new_member_proposals: whether outsiders may ask to be added (B07).
        past_epochs: how many ended epochs are kept for stragglers (M03).
        past_epoch_s: how long they are kept, in seconds (M03).
        resumption_psks: how many ended epochs may still be named by a resumption PSK (J02).
        max_lifetime_s: the longest lifetime of a KeyPackage, in seconds (D14).
        messages_an_epoch: how many messages we send before a commit is due (C10).
        bytes_an_epoch: how many bytes we send before a commit is due (C10).
    """

    public_handshakes: bool = False
    external_commits: bool = False
    resync: bool = False
    new_member_proposals: bool = False
    past_epochs: int = PAST_EPOCHS
    past_epoch_s: int = PAST_EPOCH_S
    resumption_psks: int = 5
    max_lifetime_s: int = 100 * _DAY_S
    messages_an_epoch: int = 1 << 20
    bytes_an_epoch: int = 1 << 34
    FIELDS: ClassVar = (
        _SWITCH,
        _SWITCH,
        _SWITCH,
        _SWITCH,
        _COUNT,
        UINT64,
        _COUNT,
        UINT64,
        UINT32,
        UINT64,
    )

    def __post_init__(self) -> None:
        try:
            self.encode()
        except (AttributeError, OverflowError, TypeError, ValueError) as error:
            raise MisuseError("a limit of a group is a number that can be stored") from error
        if max(self.past_epochs, self.resumption_psks) > PAST_EPOCHS_LIMIT:
            raise MisuseError(f"at most {PAST_EPOCHS_LIMIT} past epochs are kept")
