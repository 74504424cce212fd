"""Members: seats, ids and roles; whoever leaves takes all traces along."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.community import Community
from simulator.members import COLUMNS, NEVER, ROLES, Column, Members, Role
from simulator.simulation import Simulation
from simulator.stimuli import Award, Offer, Prospect
from simulator.strategy import Strategy
from tests.worlds import SMALL, scenario, tactics

QUICK = settings(deadline=None, max_examples=40)
EXTRA = {"cards": Column(np.int16, 3, "a strategy's"), "seen:0": Column(np.float32, 0.5, "a mechanism's")}


def blanks(members, where):
    return {n: (members[n][where] == np.array(c.blank, c.dtype)).all() for n, c in members.schema.items()}


def joined(members, ids, replicate=0, **values):
    who = np.asarray(ids, np.uint64)
    return members.join(np.full(len(who), replicate), who, **values)


def test_an_empty_community_is_blank_in_every_column():
    members = Members(2, 3, EXTRA)
    assert set(members) == {*COLUMNS, *EXTRA}
    assert len(members) == len(COLUMNS) + 2
    assert all(blanks(members, np.ones((2, 3), bool)).values())
    assert all(members[n].shape == (2, 3) and members[n].dtype == c.dtype for n, c in members.schema.items())


def test_columns_are_read_by_name_or_as_attributes():
    members = Members(1, 2, EXTRA)
    assert members.habit is members["habit"]
    assert members["seen:0"][0, 1] == 0.5
    with pytest.raises(AttributeError, match="Members have no column 'habits'"):
        _ = members.habits


def test_newcomers_take_the_lowest_free_slots_in_order():
    members = Members(2, 4)
    members.join(
        np.array([0, 1, 1]), np.array([7, 8, 9], np.uint64), joined=3, habit=np.array([0.1, 0.2, 0.3])
    )
    assert members.present.tolist() == [[True, False, False, False], [True, True, False, False]]
    assert members.id.tolist() == [[7, 0, 0, 0], [8, 9, 0, 0]]
    assert members.joined.tolist() == [[3, NEVER, NEVER, NEVER], [3, 3, NEVER, NEVER]]
    assert members.habit[1, 1] == np.float32(0.3)


def test_a_full_group_refuses_the_last_to_come():
    members = Members(2, 2)
    replicate, ids = np.array([0, 0, 0, 1]), np.array([5, 6, 7, 8], np.uint64)
    seated, slot = members.join(replicate, ids, visits=np.array([1, 2, 3, 4]))
    assert seated.tolist() == [0, 1, 3]
    assert slot.tolist() == [0, 1, 0]
    assert members.visits.tolist() == [[1, 2], [4, 0]]
    assert joined(members, [9])[0].size == 0
    assert members.id.tolist() == [[5, 6], [8, 0]]


def test_who_leaves_leaves_nothing_behind():
    members = Members(1, 3, EXTRA)
    ones = {name: 1 for name in members if name not in ("present", "id")}
    joined(members, [1, 2, 3], **ones)
    members.leave(np.array([[False, True, False]]))
    gone = np.array([[False, True, False]])
    assert all(blanks(members, gone).values())
    assert not any(blanks(members, ~gone).values())
    assert joined(members, [4])[1].tolist() == [1]
    assert all(v for n, v in blanks(members, gone).items() if n not in ("present", "id"))


def test_an_empty_slot_cannot_leave():
    members = Members(1, 2, EXTRA)
    joined(members, [1], cards=9)
    members.leave(np.array([[False, True]]))
    assert members.present.tolist() == [[True, False]]
    assert members.cards.tolist() == [[9, 3]]


@QUICK
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 1), st.integers(0, 5)), max_size=40))
def test_seats_are_those_of_a_plain_list(events):
    """Any coming and going, against a list of seats kept by hand."""
    members, seats, next_id = Members(2, 4), [[None] * 4, [None] * 4], 1
    for comes, r, which in events:
        if comes:
            seated, slot = joined(members, [next_id], replicate=r, joined=next_id)
            if None in seats[r]:
                free = seats[r].index(None)
                assert (seated.tolist(), slot.tolist()) == ([0], [free])
                seats[r][free] = next_id
            else:
                assert not seated.size
            next_id += 1
        else:
            gone = np.zeros((2, 4), bool)
            gone[r, which % 4] = True
            members.leave(gone)
            seats[r][which % 4] = None
        for row in range(2):
            for i in range(4):
                who = seats[row][i]
                assert members.present[row, i] == (who is not None)
                assert members.id[row, i] == (who or 0)
                assert members.joined[row, i] == (who or NEVER)


def test_what_strategies_watch_is_live_and_read_only():
    members = Members(1, 2, EXTRA)
    seen = members.watched()
    joined(members, [1], habit=0.5)
    assert seen.habit[0, 0] == 0.5
    assert seen.shape == members.shape
    for name in members:
        with pytest.raises(ValueError, match="read-only"):
            seen[name][0, 0] = 1


# Roles ------------------------------------------------------------------------------------------------------


def test_role_words_are_in_the_order_of_the_roles():
    assert ROLES == ("owner", "kol", "novice", "lurker")
    assert [Role[word.upper()] for word in ROLES] == [0, 1, 2, 3]


@QUICK
@given(st.integers(1, 300), st.integers(0, 5), st.floats(0, 1), st.floats(0, 1))
def test_every_founder_has_one_role(size, owners, kols, novices):
    if kols + novices > 1:
        kols, novices = kols / 2, novices / 2
    role = Community(size=size, owners=owners, kols=kols, novices=novices).roles()
    counts = np.bincount(role, minlength=4)
    assert len(role) == size
    assert (np.diff(role) >= 0).all()
    assert counts[Role.OWNER] == min(owners, size)
    assert abs(counts[Role.KOL] - kols * size) <= 0.5 + owners
    assert abs(counts[Role.NOVICE] - novices * size) <= 1 + owners


# In a running community -------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Sweeper(Strategy):
    """Puts somebody out every day, and watches what newcomers find in their memory."""

    name: ClassVar[str] = "sweeper"
    title: ClassVar[dict[str, str]] = {"en": "Sweeper", "zh": "清理"}
    uses: ClassVar[frozenset[str]] = frozenset({"removals", "reward", "run", "prospects", "prompt"})
    evidence: ClassVar[tuple[str, ...]] = ()
    remembers: ClassVar[dict[str, type]] = {"stamp": np.int32}
    found: ClassVar[list[int]] = []

    def offer(self, day, whom, memory):
        newcomer = whom & (day.members.joined == day.index) & (day.index > 0)
        self.found.extend(memory["stamp"][newcomer].tolist())
        assert not memory["stamp"][~whom].any()
        return Offer(prompt=1.0, prospects=(Prospect(5.0, 0.5),), run=memory["stamp"])

    def award(self, day, whom, came, memory):
        memory["stamp"][whom] += 1
        return Award(reward=1.0, removals=day.pick(whom & (day.members.role != Role.OWNER), 2, "out"))


def test_a_slot_given_again_starts_clean_in_every_column():
    Sweeper.found.clear()
    crowded = Community(size=20, cap=22, arrivals=4.0)
    sim = Simulation(scenario([("sweeper", Sweeper())], community=crowded, days=25), range(3), 3)
    world, reused = sim.world, 0
    for _ in range(25):
        taken, before = world.members.present.copy(), world.members.id.copy()
        sim.step()
        empty = ~world.members.present
        assert all(blanks(world.members, empty).values())
        assert not world.ties.count()[empty].any()
        reused += int((taken & world.members.present & (before != world.members.id)).sum())
    assert reused == 0  # a slot is empty for a night before it is given again
    assert len(Sweeper.found) > 50
    assert set(Sweeper.found) == {0}


def test_a_person_keeps_id_first_role_and_day_of_joining():
    sim = Simulation(scenario(tactics("red_packet"), days=30), range(3), 3)
    m, known = sim.world.members, {}
    for _ in range(30):
        sim.step()
        for r, i in zip(*np.nonzero(m.present), strict=True):
            fixed = (m.joined[r, i], m.first_role[r, i], m.inviter[r, i], i)
            assert known.setdefault((r, m.id[r, i]), fixed) == fixed
        for r in range(3):
            ids = m.id[r][m.present[r]]
            assert len(set(ids.tolist())) == len(ids)


def test_ids_say_where_somebody_came_from():
    sim = Simulation(scenario(days=30, community=SMALL), range(3), 3)
    sim.run(30)
    m = sim.world.members
    founder = m.present & (m.joined <= 0)
    origin = m.id >> np.uint64(62)
    assert (m.id[founder] < SMALL.size).all()
    assert (origin[m.present & ~founder & (m.inviter == 0)] == 1).all()
    assert (origin[m.present & (m.inviter > 0)] >= 2).all()
    assert (m.inviter > 0).any()
    assert (m.present & ~founder & (m.inviter == 0)).any()
