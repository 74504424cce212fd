"""What a strategy sees of the ties: all answers, and no way to write."""

import numpy as np
import pytest

from simulator.ties import Ties
from simulator.ties_watched import WatchedTies

TIES = Ties.from_edges(2, 4, [0, 0, 1], [0, 1, 2], [1, 2, 3], [0.5, 0.25, 1.0])
SEEN = WatchedTies(TIES)
WRITERS = (
    "add",
    "bind",
    "strengthen",
    "strengthen_pairs",
    "fade",
    "thin",
    "drop_members",
    "used",
    "strength",
)


def test_it_answers_as_the_ties_do():
    x = np.arange(8.0).reshape(2, 4)
    assert (SEEN.replicates, SEEN.slots) == (2, 4)
    assert SEEN.sum(x).tolist() == TIES.sum(x).tolist()
    assert SEEN.push(x > 1).tolist() == TIES.push(x > 1).tolist()
    assert SEEN.count().tolist() == [[1, 2, 1, 0], [0, 0, 1, 1]]
    assert SEEN.total().tolist() == [2, 1]
    assert SEEN.core_numbers().tolist() == TIES.core_numbers().tolist()
    slots, strength = SEEN.neighbours(0, 1)
    assert (slots.tolist(), strength.tolist()) == ([0, 2], [0.5, 0.25])
    assert [part.tolist() for part in SEEN.edges(1)] == [[2], [3], [1.0]]
    assert sorted(SEEN.to_networkx(0).edges) == [(0, 1), (1, 2)]


def test_what_it_returns_are_copies():
    before = TIES.copy()
    SEEN.count()[:] = 9
    for part in (*SEEN.neighbours(0, 1), *SEEN.edges(0)):
        part[:] = 0
    SEEN.to_networkx(0).clear()
    assert [part.tolist() for part in TIES.edges(0)] == [part.tolist() for part in before.edges(0)]
    assert TIES.count().tolist() == before.count().tolist()


@pytest.mark.parametrize("name", WRITERS)
def test_there_is_no_way_to_write(name):
    with pytest.raises(AttributeError):
        getattr(SEEN, name)
    with pytest.raises(AttributeError):
        SEEN.more = 1
