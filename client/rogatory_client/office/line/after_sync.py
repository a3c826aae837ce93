"""What a device does for itself once it has read all there is and said what it had to say."""

from rogatory_client.office.cases import digesting
from rogatory_client.office.desk import Desk
from rogatory_client.office.retention import purging


async def put_in_order(desk: Desk) -> None:
    """Purge what officers have ordered, then compute what the next look is to find ready."""
    purging.carry_out_orders(desk)
    await digesting.refresh(desk)
