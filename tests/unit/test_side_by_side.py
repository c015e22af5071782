import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from ventralmap import side_by_side


def n_threads(_=None):
    return max(library["num_threads"] for library in threadpool_info())


@pytest.mark.parametrize("n", [1, 2, 5])
def test_what_is_made_comes_in_the_order_of_the_items(n):
    first = threading.Event()

    def work(item):
        if n > 1 and item == 0:
            assert first.wait(60)  # the first ends after the second
        if item == 1:
            first.set()
        return 10 * item

    assert list(side_by_side.in_order(work, range(4), n)) == [0, 10, 20, 30]


def test_items_are_taken_as_they_are_needed():
    taken = []
    made = side_by_side.in_order(str, (taken.append(i) or i for i in range(9)), 2)
    assert next(made) == "0"
    assert taken == [0, 1]


def test_several_at_once_have_one_thread_each_and_one_has_all():
    with threadpool_limits(2):
        assert set(side_by_side.in_order(n_threads, range(3), 2)) == {1}
        assert set(side_by_side.in_order(n_threads, range(3), 1)) == {2}
        assert n_threads() == 2


def test_errors_are_raised_where_the_item_would_have_come():
    made = side_by_side.in_order(lambda x: 1 // x, [1, 0, 1], 2)
    assert next(made) == 1
    with pytest.raises(ZeroDivisionError):
        next(made)


def test_as_many_at_once_as_there_are_threads_and_room_for():
    np.zeros(1)  # NumPy's library is loaded
    with threadpool_limits(2):
        assert side_by_side.at_once(1e6) == 2
        assert side_by_side.at_once(1.5e9) == 1
        assert side_by_side.at_once(1e12) == 1
    with threadpool_limits(1):
        assert side_by_side.at_once(1e6) == 1
