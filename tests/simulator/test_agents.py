"""Agents: what they read and write, who has one, and what becomes of them when people come, go and change."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import KOL, Community, CommunityModel, Lurker, Member, Novice, Owner, Role, Scenario, UserError
from simulator.agents import CLASSES
from simulator.members import COLUMNS
from simulator.traits import traits

SMALL = Community(size=30, cap=40, kols=0.1, arrivals=1.0)


def village(replicates=1, community=SMALL, **words):
    spec = Scenario(community=community, days=10, follow_up=20)
    return CommunityModel(spec, replicates=replicates, rng=1, **words)


def first(model, kind):
    return next(iter(model.agents_by_type[kind]))


def agree(model):
    """Mesa's registers hold one agent for each person, of the class of their role, and nobody else."""
    m = model.members
    people = {(r, int(m.id[r, i])): CLASSES[m.role[r, i]] for r, i in np.argwhere(m.present).tolist()}
    agents = list(model.agents)
    assert {(a.replicate, a.person): type(a) for a in agents} == people
    assert len(agents) == len(people) == len({a.unique_id for a in agents})
    for kind, those in model.agents_by_type.items():
        assert {a for a in agents if type(a) is kind} == set(those)
    assert all((m.id[a.replicate, a.slot], a.present) == (a.person, True) for a in agents)


def test_nobody_has_an_agent_before_somebody_looks():
    model = village()
    model.run(5)
    assert len(model.views) == 0
    assert len(model.agents) == len(model.views) == model.members.present.sum()


def test_looking_again_makes_nobody_anew():
    model = village(replicates=3)
    once = list(model.agents)
    assert list(model.agents) == once
    model.run(3)
    assert [a for a in model.agents if a in set(once)] == [a for a in once if a.present]


def test_every_column_is_an_attribute_and_a_python_number():
    model = village(replicates=2, tactics="check_in_streak+red_packet")
    model.run(4)
    names = [*COLUMNS, "check_in_streak:run", "seen:0"]
    assert set(names) < set(model.members)
    for agent in model.agents:
        for name in model.members:
            value = getattr(agent, name)
            assert type(value) in (bool, int, float)
            assert value == model.members[name][agent.replicate, agent.slot]
    assert set(names) < set(dir(agent))


def test_writing_writes_the_column():
    model = village(replicates=2)
    agent = list(model.agents)[-1]
    at = agent.replicate, agent.slot
    for name, value in {"belonging": 0.5, "habit": 1, "messages": 7, "muted": True, "joined": -5}.items():
        before = model.members[name].copy()
        setattr(agent, name, value)
        assert model.members[name][at] == getattr(agent, name) == value
        before[at] = value
        np.testing.assert_array_equal(model.members[name], before)
    agent.nickname = "Lu"
    assert agent.nickname == "Lu"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("belonging", float("nan")),
        ("belonging", "much"),
        ("belonging", 1e300),
        ("belonging", True),
        ("belonging", None),
        ("messages", 2.5),
        ("messages", 2**40),
        ("muted", 1),
        ("muted", "no"),
        ("role", 4),
        ("first_role", -1),
        ("id", 5),
        ("present", False),
    ],
)
def test_what_does_not_fit_a_column_is_refused(name, value):
    model = village()
    agent = first(model, Novice)
    before = getattr(agent, name)
    with pytest.raises(UserError, match=name) as error:
        setattr(agent, name, value)
    assert "\n" not in str(error.value)
    assert getattr(agent, name) == before


def test_an_unknown_attribute_is_one():
    agent = first(village(), Novice)
    with pytest.raises(AttributeError, match="belongin"):
        _ = agent.belongin


def test_identity_survives_a_change_of_role():
    model = village()
    agent, place = first(model, Novice), list(model.agents).index(first(model, Novice))
    number = agent.unique_id
    agent.role = Role.KOL
    assert agent in model.agents_by_type[KOL]
    assert agent not in model.agents_by_type[Novice]
    assert isinstance(agent, KOL)
    assert agent.unique_id == number
    assert list(model.agents)[place] is agent
    model.members.role[0, agent.slot] = Role.LURKER
    assert agent in model.agents_by_type[Lurker]
    agree(model)


def test_registers_follow_the_days():
    model = village(replicates=4, community=Community(size=30, cap=33, arrivals=3.0))
    agree(model)
    roles = {agent: type(agent) for agent in model.agents}
    for _ in range(30):
        model.step()
        agree(model)
    assert any(agent.present and type(agent) is not kind for agent, kind in roles.items())
    assert not all(agent.present for agent in roles)


def test_who_left_is_read_as_they_were():
    model = village(replicates=16)
    met = {(a.replicate, a.person): a for a in model.agents}
    table = model.run().members
    gone = np.flatnonzero(table["left"] >= 0)
    seen = [row for row in gone if (table["replicate"][row], table["id"][row]) in met]
    assert seen
    for row in seen:
        agent = met[table["replicate"][row], table["id"][row]]
        assert agent not in model.agents
        for name in ("first_role", "role", "joined", "last_came", "visits", "messages", "muted"):
            assert getattr(agent, name) == table[name][row]
        assert (agent.present, agent.slot, agent.cell, agent.neighbors) == (False, None, None, [])
        with pytest.raises(UserError, match="left"):
            agent.belonging = 0.5


def test_a_seat_taken_again_has_a_new_agent():
    model = village()
    old = first(model, Lurker)
    slot, person = old.slot, old.person
    old.remove()
    new = Lurker(model)
    assert new.slot == slot
    assert new is not old
    assert old.person == person != new.person
    assert old not in model.agents
    assert new in model.agents
    everybody = list(model.agents)
    old.remove()
    assert list(model.agents) == everybody
    agree(model)


@pytest.mark.parametrize("look", [True, False])
def test_columns_emptied_and_filled_by_hand_leave_no_agent_behind(look):
    model = village()
    m = model.members
    agents, old = list(model.agents), first(model, Novice)
    m.leave(m.role == Role.NOVICE)
    if look:
        assert set(model.agents) == {a for a in agents if not isinstance(a, Novice)}
        agree(model)
    m.join(np.zeros(1, np.int64), np.array([77], np.uint64), role=Role.NOVICE)
    new = Novice(model)
    agree(model)
    assert {a.person for a in model.agents_by_type[Novice]} == {77, new.person}
    assert old not in model.agents


def test_leaving_ends_ties_and_keeps_the_row_of_the_life_table():
    model = village(replicates=2)
    model.run(6)
    agent = next(a for a in model.agents if a.replicate == 1 and len(a.neighbors) > 2)
    row, slot, friends = agent.replicate, agent.slot, agent.neighbors
    messages, others = agent.messages, [a for a in model.agents if a is not agent]
    agent.remove()
    assert list(model.agents) == others
    assert not model.members.present[row, slot]
    assert model.ties.count()[row, slot] == 0
    assert all(agent not in friend.neighbors for friend in friends)
    agent.remove()
    table = model.record().members
    (at,) = np.flatnonzero((table["replicate"] == 1) & (table["id"] == agent.person))
    assert (table["left"][at], table["messages"][at]) == (6, messages)
    assert len(table["id"]) == len({*zip(table["replicate"], table["id"], strict=True)})
    model.run(3)
    agree(model)


def test_the_life_of_others_goes_on_the_same_in_other_replicates():
    one, two = village(replicates=2), village(replicates=2)
    next(iter(one.agents)).remove()
    Novice(one)
    a, b = one.run(10), two.run(10)
    for name in a.daily:
        np.testing.assert_array_equal(a.daily[name][1], b.daily[name][1])


def test_by_hand_comes_a_new_person_drawn_like_any_other():
    model = village(replicates=2)
    model.run(3)
    before = model.members.present.copy()
    agent = Novice(model, replicate=1, belonging=0.9)
    assert (model.members.present.sum(), agent.replicate) == (before.sum() + 1, 1)
    assert agent.person == 2**61
    assert (agent.role, agent.first_role, agent.joined, agent.belonging) == (2, 2, 3, np.float32(0.9))
    ids, rows, role = np.array([2**61], np.uint64), np.array([1]), np.array([2], np.int8)
    for name, drawn in traits(model.simulation.world, ids, rows, role).items():
        if name != "belonging":
            assert getattr(agent, name) == np.asarray(drawn).astype(COLUMNS[name].dtype).item()
    assert agent.neighbors == []
    assert [Novice(model, replicate=r).person - 2**61 for r in (0, 1, 0)] == [0, 1, 1]
    agree(model)
    model.run(5)
    agree(model)


def test_a_new_person_inherits_nothing_of_today():
    model = village()
    model.step()
    w = model.simulation.world
    today = (w.came, w.posts, w.replied, w.echo, w.gone, w.exiting)
    for array in today:
        array[...] = 1
    agent = Novice(model)
    assert [array[0, agent.slot].item() for array in today] == [0] * len(today)


def test_many_by_hand_at_once():
    model = village()
    three = Lurker.create_agents(model, 3, belonging=[0.1, 0.2, 0.3], muted=True)
    assert [a.belonging for a in three] == [pytest.approx(x) for x in (0.1, 0.2, 0.3)]
    assert all(a.muted and a in model.agents_by_type[Lurker] for a in three)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"belongin": 0.5}, "Did you mean 'belonging'"),
        ({"belonging": "high"}, "belonging is 'high'"),
        ({"role": Role.KOL}, "no column to be given: 'role'"),
        ({"id": 3}, "no column to be given: 'id'"),
        ({"replicate": 2}, "replicate is 2"),
        ({"replicate": "x"}, "replicate is 'x'"),
    ],
)
def test_what_cannot_be_given_by_hand_is_refused_and_nobody_joins(values, text):
    model = village(replicates=2)
    before = len(model.agents)
    with pytest.raises(UserError, match=text):
        Novice(model, **values)
    assert len(model.agents) == before == model.members.present.sum()


def test_a_full_community_refuses():
    model = village(community=Community(size=5, cap=6))
    Novice(model)
    with pytest.raises(UserError, match="Replicate 0 is full: 6 seats") as error:
        Novice(model)
    assert "\n" not in str(error.value)
    agree(model)


def test_somebody_without_a_role_is_refused():
    with pytest.raises(UserError, match="Member is no role"):
        Member(village())


def test_a_class_of_ones_own():
    class Guard(KOL):
        def __init__(self, model, shift, **values):
            super().__init__(model, **values)
            self.shift = shift

    model = village()
    guard = Guard(model, shift="night", interest=1.0)
    assert (guard.shift, guard.interest, guard.role) == ("night", 1.0, Role.KOL)
    assert set(model.agents_by_type[Guard]) == {guard}
    model.run(2)
    assert type(guard) is Guard


def test_neighbors_and_ties():
    model = village(replicates=2)
    for agent in model.agents:
        slots, _ = model.ties.neighbours(agent.replicate, agent.slot)
        assert [(a.replicate, a.slot) for a in agent.neighbors] == [(agent.replicate, s) for s in slots]
    new, other, far = Novice(model), first(model, Owner), list(model.agents)[-2]
    new.tie(other)
    assert (new.neighbors, new in other.neighbors) == ([other], True)
    (strength,) = model.ties.neighbours(0, new.slot)[1]
    assert strength == pytest.approx(model.spec.community.tie_strength)
    new.tie(other, strength=1.0)
    assert model.ties.neighbours(0, new.slot)[1].tolist() == [1.0]
    for wrong in (far, new):
        with pytest.raises(UserError):
            new.tie(wrong)
    other.remove()
    with pytest.raises(UserError, match="not members of one community"):
        new.tie(other)


def test_ids_are_the_same_whenever_one_looks():
    early, late = village(replicates=3), village(replicates=3)
    for _ in range(10):
        early.step()
        list(early.agents)
    late.run(10)
    assert {a.unique_id for a in early.agents} == {a.unique_id for a in late.agents}
    assert len({a.unique_id for a in late.agents}) == late.members.present.sum()
    assert all(a.unique_id == a.person == a.id for a in late.agents if a.replicate == 0)


def test_everything_mesa_does_with_agents():
    model = village()
    n = len(model.agents)
    assert [a.belonging for a in model.agents] == model.agents.get("belonging")
    some = model.agents.select(lambda a: a.interest > 0.5)
    assert 0 < len(some) < n
    some.shuffle_do(lambda a: setattr(a, "interest", 0.5))
    assert max(model.agents.get("interest")) == 0.5
    by_habit = list(some.sort("expertise", ascending=True))
    assert by_habit == sorted(by_habit, key=lambda a: a.expertise)
    low, mean = model.agents.agg("expertise", [min, np.mean])
    assert 0 <= low <= mean <= 1
    assert model.agents.groupby(type).count() == {k: len(v) for k, v in model.agents_by_type.items()}
    assert len(model.agents.select(agent_type=KOL)) == len(model.agents_by_type[KOL])
    model.agents.groupby("role").agg("expertise", np.mean)
    model.agents.set("mood", 0.25)
    assert (model.members.mood[model.members.present] == 0.25).all()
    model.agents.shuffle(inplace=True)
    agree(model)
    model.agents.do("step")
    model.agents.do("remove")
    assert len(model.agents) == model.members.present.sum() == 0
    model.run(2)
    agree(model)


OPERATIONS = st.tuples(st.sampled_from(["step", "look", "join", "leave", "role", "tie"]), st.integers(0, 99))


@given(st.lists(OPERATIONS, max_size=12))
@settings(max_examples=25, deadline=None)
def test_registers_agree_whatever_happens(operations):
    model = village(replicates=2, community=Community(size=4, cap=6, arrivals=2.0))
    for name, k in operations:
        if name == "step":
            model.step()
        elif name == "join" and not model.members.present[k % 2].all():
            CLASSES[k % 4](model, replicate=k % 2)
        elif name == "look":
            agree(model)
        elif len(model.agents):
            agent = list(model.agents)[k % len(model.agents)]
            if name == "leave":
                agent.remove()
            elif name == "role":
                agent.role = k % 4
            elif name == "tie":
                friends = [a for a in model.agents if a.replicate == agent.replicate and a is not agent]
                for friend in friends[:1]:
                    agent.tie(friend)
    agree(model)
