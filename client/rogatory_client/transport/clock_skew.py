"""How far this machine's clock is off the relay's, and what to say about it."""

from typing import Final

from rogatory_client.fault import StandingFailureError

MAX_SKEW_S: Final = 300


def check_clock(own_ms: int, relay_ms: int) -> None:
    """Refuse to go on with a clock more than five minutes off: what is signed carries its time.

    Raises:
        StandingFailureError: says by how much and what to do.
    """
    skew_s = (own_ms - relay_ms) // 1000
    if abs(skew_s) <= MAX_SKEW_S:
        return
    way = "ahead of" if skew_s > 0 else "behind"
    raise StandingFailureError(
        f"this computer's clock is {_spoken(abs(skew_s))} {way} the relay's: set the clock and try again; "
        "nothing was lost, all that waits is sent then"
    )


def _spoken(seconds: int) -> str:
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3600)
    parts = ((days, "d"), (hours, "h"), (rest // 60, "min"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count)
