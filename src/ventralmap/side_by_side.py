"""Several things at once, each on one core, where linear algebra would share the cores in one.

Decompositions of some thousand rows gain little from a second core; two at once take half the time.
Each is computed as on one core, however many there are; one alone has them all, and rounds by
their number.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")

ROOM = 2e9
"""Bytes that all things done at once may hold."""


def at_once(n_bytes: float) -> int:
    """Return how many things to do at once: one per thread of linear algebra, if there is room.

    Parameters
    ----------
    n_bytes
        What each of them holds.
    """
    from threadpoolctl import threadpool_info

    threads = [library["num_threads"] for library in threadpool_info()]
    return max(1, min(max(threads, default=1), int(ROOM // max(n_bytes, 1))))


def in_order(work: Callable[[Item], Made], items: Iterable[Item], n: int) -> Iterator[Made]:
    """Do something with each item, `n` at once, and yield what is made in the order of the items.

    Items are taken as they are needed. One at once has all threads of linear algebra, several have
    one each.
    """
    from threadpoolctl import threadpool_limits

    if n == 1:
        yield from map(work, items)
        return
    ahead: deque[Future[Made]] = deque()
    with threadpool_limits(1), ThreadPoolExecutor(n) as pool:
        for item in items:
            ahead.append(pool.submit(work, item))
            if len(ahead) == n:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
