"""The community as a Mesa model: its words, its days, and everything Mesa does with a model."""

import copy
import gc
import inspect
import pickle
import weakref

import mesa
import networkx as nx
import numpy as np
import pytest
from mesa.discrete_space import Network

import simulator
from simulator import (
    KOL,
    Community,
    CommunityModel,
    Founders,
    Lurker,
    Novice,
    Owner,
    Scenario,
    Simulation,
    UserError,
    make_strategy,
)
from simulator.metrics import METRICS
from simulator.options import seed_from

SMALL = Scenario(community=Community(size=30, cap=40, kols=0.1, arrivals=1.0), days=8, follow_up=4)
ALL_TACTICS = "red_packet+check_in_streak+uncertain_reward+offline_meetup"


def village(rng=1, **words):
    return CommunityModel(SMALL, rng=rng, **words)


def same(a, b):
    """Two records are equal bit for bit."""
    assert a.scenario == b.scenario
    assert a.seed == b.seed
    pairs = [(a.daily, b.daily), (a.members, b.members)]
    assert a.ledger.keys() == b.ledger.keys()
    for one, two in [*pairs, *((a.ledger[label], b.ledger[label]) for label in a.ledger)]:
        assert one.keys() == two.keys()
        for name in one:
            np.testing.assert_array_equal(one[name], two[name], err_msg=name)


class Watched(CommunityModel):
    """A user's own model, with agent reporters."""

    def __init__(self, size=30, tactics="baseline", rng=None):
        super().__init__(SMALL, size=size, tactics=tactics, rng=rng)
        self.datacollector = mesa.DataCollector(
            {"voices": "voices", "agents": lambda model: len(model.agents)},
            {"belonging": "belonging", "role": "role", "far": lambda agent: agent.cell.coordinate},
        )

    @property
    def voices(self):
        return self.today("voices")


# --- the words ---


def test_alone_it_is_the_default_community():
    model = CommunityModel(rng=1)
    assert isinstance(model, mesa.Model)
    assert model.spec == Scenario()
    model.step()
    assert (model.steps, model.running, model.simulation.world.day) == (1, True, 1)
    assert model.record().days == 1


def test_words_change_the_scenario_and_none_leaves_it():
    assert village().spec == SMALL
    model = village(size=25, days=5, follow_up=2, tactics="red_packet", uncertainty="luck", replicates=3)
    spec = model.spec
    assert (spec.community.size, spec.days, spec.follow_up, spec.uncertainty) == (25, 5, 2, "luck")
    assert (spec.label, spec.strategies) == ("red_packet", (("red_packet", make_strategy("red_packet")),))
    assert spec.community.cap == SMALL.community.cap
    assert model.members.shape == (3, 40)
    assert CommunityModel(spec, tactics="baseline").spec.strategies == ()


def test_words_come_as_sweeps_and_sliders_give_them():
    model = village(size=np.int64(25), days=5.0, follow_up=np.float64(2), replicates=np.int64(2), rng="7")
    assert (model.spec.community.size, model.spec.days, model.spec.follow_up) == (25, 5, 2)
    assert model.simulation.seed == 7
    assert {type(model.spec.days), type(model.spec.follow_up), type(model.spec.community.size)} == {int}


RED, BIG = make_strategy("red_packet"), make_strategy("red_packet", purse=200)


@pytest.mark.parametrize(
    ("tactics", "labels", "strategies"),
    [
        ("baseline", "baseline", ()),
        ("", "baseline", ()),
        ((), "baseline", ()),
        (RED, "red_packet", (RED,)),
        (
            "red_packet + check_in_streak",
            "red_packet+check_in_streak",
            (RED, make_strategy("check_in_streak")),
        ),
        (["red_packet"], "red_packet", (RED,)),
        ([BIG], "red_packet", (BIG,)),
        ([("big", BIG), "red_packet"], "big+red_packet", (BIG, RED)),
        ({"red_packet": {"purse": 200}}, "red_packet", (BIG,)),
        ({"big": BIG, "red_packet": {}}, "big+red_packet", (BIG, RED)),
    ],
)
def test_ways_of_naming_tactics(tactics, labels, strategies):
    spec = village(tactics=tactics).spec
    assert spec.label == labels
    assert tuple(s for _, s in spec.strategies) == strategies
    assert labels == ("+".join(label for label, _ in spec.strategies) or "baseline")


LOG = Founders(
    role=np.array([0, 2], np.int8),
    messages=np.ones(2),
    visiting=np.full(2, 0.5),
    tenure=np.zeros(2, np.int32),
    a=np.array([0], np.int32),
    b=np.array([1], np.int32),
    strength=np.array([0.5], np.float32),
)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ({"spec": 500}, "spec is 500; it must be a Scenario"),
        ({"size": 0}, "community.size is 0"),
        ({"size": "many"}, "size is 'many'"),
        ({"size": 2.5}, "size is 2.5"),
        (
            {"size": 3, "spec": Scenario(community=Community(size=2, founders=LOG))},
            "size is 3; it cannot be changed",
        ),
        ({"days": 0}, "days is 0"),
        ({"follow_up": -1}, "follow_up is -1"),
        ({"replicates": 0}, "replicates is 0; it must be at least 1"),
        ({"replicates": -2}, "replicates is -2"),
        ({"replicates": None}, "replicates is None"),
        ({"uncertainty": "some"}, "uncertainty.*'some'"),
        ({"tactics": "red_pocket"}, "Did you mean 'red_packet'"),
        ({"tactics": {"red_packet": {"purze": 3}}}, "Did you mean 'purse'"),
        ({"tactics": {"red_packet": {"purse": -3}}}, "red_packet.purse is -3"),
        ({"tactics": [3]}, "tactics holds 3"),
        ({"tactics": ["red_packet", "red_packet"]}, "two tactics with one label"),
        ({"rng": -1}, "rng is -1"),
        ({"rng": True}, "rng is True"),
        ({"rng": 1.5}, "rng is 1.5"),
        ({"rng": "x"}, "rng is 'x'"),
    ],
)
def test_what_is_not_allowed_is_refused_in_one_line(words, text):
    with pytest.raises(UserError, match=text.replace("(", r"\(")) as error:
        CommunityModel(**words)
    assert "\n" not in str(error.value)


def test_words_are_plain_so_that_mesa_can_vary_them():
    words = inspect.signature(CommunityModel).parameters
    assert "seed" not in words
    assert not {p.kind for p in words.values()} & {
        inspect.Parameter.VAR_KEYWORD,
        inspect.Parameter.VAR_POSITIONAL,
    }


@pytest.mark.parametrize(
    "rng",
    [
        lambda: np.random.default_rng(3),
        lambda: np.random.SeedSequence(3),
        lambda: np.random.SeedSequence(3).spawn(2)[1],
        lambda: np.random.PCG64(3),
        lambda: [1, 2],
        lambda: 2**40,
    ],
)
def test_a_seed_comes_from_whatever_mesa_takes(rng):
    seed = seed_from(rng())
    assert 0 <= seed < 2**32
    assert seed == seed_from(rng()) != seed_from(4)
    assert village(rng=rng()).simulation.seed == seed


def test_a_number_is_the_seed_and_none_a_new_one_each_time():
    assert [seed_from(n) for n in (0, 7, np.int64(9), np.uint32(2**32 - 1))] == [0, 7, 9, 2**32 - 1]
    assert len({seed_from(None) for _ in range(8)}) > 1
    sequence = np.random.SeedSequence(5)
    assert seed_from(sequence) == seed_from(sequence)


# --- the days ---


def test_days_are_those_of_the_simulation():
    model = village(replicates=3, tactics=ALL_TACTICS, rng=5)
    same(model.run(), Simulation(model.spec, range(3), 5).run())
    assert model.plan() == Simulation(model.spec, range(3), 5).plan()


def test_a_replicate_alone_is_the_same_as_among_others():
    one, many = village().run(), village(replicates=3).run()
    for name in one.daily:
        np.testing.assert_array_equal(one.daily[name][0], many.daily[name][0])


def look(model):
    """Look at everything there is to look at, and use up what randomness Mesa has."""
    model.random.random()
    model.rng.random(3)
    model.agents.shuffle_do("step")
    model.agents.shuffle(inplace=True)
    assert [(a.belonging, repr(a), len(a.neighbors)) for a in model.agents]
    assert len(model.agents_by_type) == len(model.agent_types) == 4
    assert len(model.grid.agents) == len(model.G) == model.members.present[0].sum()
    assert [seat.neighborhood for seat in model.grid.all_cells]
    assert model.plan()
    assert model.record()


@pytest.mark.parametrize("tactics", ["baseline", ALL_TACTICS])
def test_looking_changes_nothing(tactics):
    blind, seen = village(replicates=2, tactics=tactics), village(replicates=2, tactics=tactics)
    seen.datacollector = mesa.DataCollector(
        {"n": lambda m: len(m.agents)}, {"habit": "habit"}, {KOL: {"m": "mood"}}
    )
    for _ in range(SMALL.horizon):
        look(seen)
        seen.step()
    same(blind.run(), seen.record())
    assert len(blind.views) == 0


def test_a_row_a_day_of_means_over_replicates():
    model = village(replicates=3, tactics="red_packet")
    assert model.datacollector.get_model_vars_dataframe().empty
    record = model.run(5)
    frame = model.datacollector.get_model_vars_dataframe()
    assert list(frame) == ["members", *(metric.name for metric in METRICS if metric.daily)]
    for name in frame:
        np.testing.assert_array_equal(frame[name], record.daily[name].mean(axis=0), err_msg=name)


def test_today():
    model = village(replicates=2)
    assert np.isnan(model.today("voices"))
    record = model.run(3)
    assert model.today("voices") == record.daily["voices"][:, -1].mean()
    with pytest.raises(UserError, match="Did you mean 'voices'"):
        model.today("voice")


def test_it_runs_until_the_horizon_and_on_if_asked():
    model = village(tactics="red_packet")
    model.run_model()
    assert (model.steps, model.running) == (SMALL.horizon, False)
    assert model.run().days == SMALL.horizon
    record = model.run(3)
    assert (record.days, model.running) == (SMALL.horizon + 3, False)
    assert record.daily["cost"][:, : SMALL.days].sum() > 0
    assert record.daily["cost"][:, SMALL.days :].sum() == 0
    assert record.summary()["voices_after"].shape == (1,)
    assert model.run(0).days == record.days


@pytest.mark.parametrize("days", [-1, 1.5, "week", True])
def test_days_to_run_are_a_whole_number(days):
    with pytest.raises(UserError, match="days is "):
        village().run(days)


@pytest.mark.parametrize(
    "community",
    [
        Community(size=1),
        Community(size=1, owners=0, cap=1),
        Community(size=20, kols=0.0),
        Community(size=20, owners=0, kols=0.0, novices=0.0),
    ],
    ids=["one owner", "one lurker", "no KOL", "lurkers"],
)
def test_odd_communities(community):
    model = CommunityModel(Scenario(community=community, days=6, follow_up=2), tactics=ALL_TACTICS, rng=3)
    assert set(model.agents_by_type) == {Owner, KOL, Novice, Lurker}
    assert len(model.agents) == community.size
    assert (len(model.agents_by_type[KOL]), len(model.G), len(model.grid.agents)) == (
        0,
        community.size,
        community.size,
    )
    model.run()
    assert model.record().summary()["voices"].shape == (1,)


# --- what Mesa does with a model ---


@pytest.mark.parametrize(("max_steps", "enough"), [(5, False), (100, True)])
def test_batch_run(max_steps, enough):
    rows = mesa.batch_run(
        CommunityModel,
        {"spec": [SMALL], "tactics": ["baseline", "red_packet"], "size": np.array([20, 30]), "rng": [1]},
        max_steps=max_steps,
        data_collection_period=1,
        display_progress=False,
        **({"rng": [1]} if "rng" in inspect.signature(mesa.batch_run).parameters else {}),
    )
    assert {(row["tactics"], row["size"]) for row in rows} == {
        (t, n) for t in ("baseline", "red_packet") for n in (20, 30)
    }
    record = village(size=20, tactics="red_packet", rng=1).run()
    mine = [row["voices"] for row in rows if (row["tactics"], row["size"]) == ("red_packet", 20)]
    assert len(mine) == SMALL.horizon if enough else max_steps <= len(mine) <= max_steps + 1
    assert mine == record.daily["voices"][0, : len(mine)].tolist()


def test_batch_run_in_two_processes():
    words = {"spec": [SMALL], "days": [3], "follow_up": [1], "size": [10, 12], "rng": [2]}
    more = {"rng": [2]} if "rng" in inspect.signature(mesa.batch_run).parameters else {}
    one, two = (
        mesa.batch_run(CommunityModel, words, number_processes=n, display_progress=False, **more)
        for n in (1, 2)
    )
    assert len(one) == 2
    assert sorted(one, key=lambda row: row["RunId"]) == sorted(two, key=lambda row: row["RunId"])


def test_batch_run_with_agent_reporters():
    more = {"rng": [1]} if "rng" in inspect.signature(mesa.batch_run).parameters else {}
    rows = mesa.batch_run(
        Watched, {"size": [20], "rng": [1]}, data_collection_period=1, display_progress=False, **more
    )
    assert {"AgentID", "belonging", "role", "far", "voices", "agents", "Step"} <= rows[-1].keys()


def test_agents_are_collected():
    model = Watched(rng=1)
    model.run(4)
    frame = model.datacollector.get_agent_vars_dataframe()
    last = frame.xs(4, level="Step")
    assert len(last) == model.datacollector.model_vars["agents"][-1] == len(model.agents)
    for agent in model.agents:
        assert tuple(last.loc[agent.unique_id]) == (agent.belonging, agent.role, agent.slot)


def test_the_graph_is_the_first_community_today():
    model = village(replicates=2)
    for _ in range(3):
        model.run(4)
        for replicate, graph in ((0, model.G), (1, model.graph(1))):
            people = {a.person: a for a in model.agents if a.replicate == replicate}
            assert isinstance(graph, nx.Graph)
            assert set(graph) == set(people)
            for person, agent in people.items():
                assert set(graph[person]) == {friend.person for friend in agent.neighbors}
                assert graph.nodes[person]["belonging"] == agent.belonging
                assert graph.nodes[person].keys() == model.members.keys() - {"id", "present"}
            assert graph.number_of_edges() == model.ties.total()[replicate]
            assert all(0 < strength <= 1 for _, _, strength in graph.edges(data="strength"))


def test_the_grid_is_a_mesa_network_of_today():
    model = village(replicates=2)
    assert model.grid is model.grid
    seen = model.grid
    model.run(5)
    grid = model.grid
    assert grid is not seen
    assert isinstance(grid, Network)
    assert list(grid.G) == list(range(40))
    agents = [a for a in model.agents if a.replicate == 0]
    assert set(grid.agents) == set(agents)
    assert len(grid.empties) == 40 - len(agents)
    for agent in agents:
        assert agent.cell is grid[agent.slot]
        assert agent.cell.agents == [agent]
        assert {seat.agents[0] for seat in agent.cell.neighborhood} == set(agent.neighbors)
        friends = {friend for a in agent.neighbors for friend in (a, *a.neighbors)} - {agent}
        assert {seat.agents[0] for seat in agent.cell.get_neighborhood(radius=2)} == friends
    assert {a.cell for a in model.agents if a.replicate == 1} == {None}
    assert [np.ndim(getattr(seat, "_position", None)) for seat in grid] == [0] * 40  # no layout was drawn


@pytest.mark.parametrize(
    "change", [Lurker, lambda m: list(m.agents)[3].remove(), lambda m: m.remove_all_agents()]
)
def test_the_grid_follows_changes_by_hand(change):
    model = village()
    assert len(model.grid.agents) == 30
    change(model)
    assert set(model.grid.agents) == set(model.agents)
    old = model.grid
    for one, other in zip(list(model.agents)[:1], list(model.agents)[-1:], strict=True):
        one.tie(other)
        assert model.grid is not old
        assert other.cell in one.cell.neighborhood


def test_all_can_leave_at_once_and_life_goes_on():
    model = village(replicates=2)
    model.remove_all_agents()
    assert (len(model.agents), model.members.present.sum(), model.ties.total().sum()) == (0, 0, 0)
    record = model.run()
    assert len(record.members["id"]) == 2 * 30 + record.daily["joined"].sum()


def test_models_do_not_live_for_ever():
    def used():
        model = village(replicates=2)
        model.run(2)
        look(model)
        Novice(model)
        return weakref.ref(model)

    left = [used() for _ in range(3)]
    gc.collect()
    assert [ref() for ref in left] == [None] * 3


@pytest.mark.parametrize("looked", [False, True])
@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))], ids=["copy", "pickle"]
)
def test_a_copy_goes_its_own_way(copied, looked):
    model = village(replicates=2, tactics=ALL_TACTICS)
    model.run(4)
    if looked:
        look(model)
    twin = copied(model)
    assert (len(twin.views), twin.steps) == (len(model.views), 4)
    agent, other, *_ = (a for a in twin.agents if a.replicate == 0)
    assert (agent.model, agent.cell.agents) == (twin, [agent])
    at = 0, agent.slot
    same(twin.run(4), village(replicates=2, tactics=ALL_TACTICS).run(8))
    assert (model.steps, twin.steps) == (4, 8)
    agent.belonging = 1.0
    assert twin.members.belonging[at] == twin.simulation.world.watched.belonging[at] == 1.0
    assert not twin.simulation.world.watched.belonging.flags.writeable
    assert model.members.belonging[at] != 1.0
    other.remove()
    same(model.run(4), village(replicates=2, tactics=ALL_TACTICS).run(8))


def test_public_names():
    assert simulator.__all__ == sorted(simulator._HOME)
    for name in simulator.__all__:
        assert getattr(simulator, name).__name__ == name
        assert name in dir(simulator)
    source = inspect.getsource(simulator)
    assert all(f"import {name} as {name}\n" in source for name in simulator.__all__)
    with pytest.raises(AttributeError, match="CommunityModle"):
        _ = simulator.CommunityModle
