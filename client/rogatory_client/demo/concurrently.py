"""Several things at once; when one fails the others are stopped, and its failure is the one that counts."""

import asyncio
from collections.abc import Coroutine
from typing import Any


async def together(*work: Coroutine[Any, Any, Any]) -> tuple[Any, ...]:
    """Wait for all; returns the results in order, each of its own type.

    Raises:
        Exception: the first failure, itself.
    """
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(each) for each in work]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from failures
    return tuple(task.result() for task in tasks)
