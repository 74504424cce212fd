"""An arm that forks off another's community is, bit for bit, that arm run by itself."""

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest

from simulator.community import Community
from simulator.errors import UserError
from simulator.model import CommunityModel
from simulator.registry import make_strategy, strategies
from simulator.scenario import Scenario
from simulator.schedule import When, Who
from simulator.simulation import Simulation
from tests.worlds import differences

GROUP = Community(size=24, cap=36, arrivals=0.4, invitations=0.4, visiting=(0.9, 0.6, 0.4, 0.2), age=20)
NEW = replace(GROUP, age=0, purpose_days=4, event_share=0.5, muted=0.2)
ROWS, SEED = (0, 2), 5


def arm(*tactics, warmup=16, **told):
    told = {"community": GROUP, "days": 9, "follow_up": 3} | told
    return Scenario("arm", strategies=tactics, warmup=warmup, **told)


def named(name, **knobs):
    return name, make_strategy(name, **knobs)


def sop():
    """Nodes that look at the warm-up's last days, wait for one another, and choose whom they address."""
    return (
        ("waker", make_strategy("personal_care", triggers="voices<9 for 3 days cooldown 2", top=4)),
        ("packet", make_strategy("red_packet", triggers="since(waker)>=2", share=0.5)),
        ("calm", make_strategy("praise", triggers="quiet>=1 and dormant>=5%", tiers="watching")),
        ("later", replace(make_strategy("topic_talk"), when=When(start=2), who=Who(tenure_min=5))),
    )


ARMS = {
    **{name: arm(named(name)) for name in strategies()},
    "baseline": arm(),
    "all": arm(*(named(name) for name in strategies())),
    "sop": arm(*sop()),
    "sham": arm(named("praise"), luck_from=0),
    "later sham": arm(luck_from=2, luck_salt=7),
}


@pytest.fixture(scope="module")
def ground():
    """The community warmed up."""
    return Simulation(arm().ground, ROWS, SEED).warm_up()


def assert_same(one, other):
    """Refuse two records that are not the same to the bit."""
    assert one.scenario == other.scenario
    assert differences(one, other) == []
    assert one.ledger.keys() == other.ledger.keys()
    for label, book in one.ledger.items():
        for kind, column in book.items():
            assert column.tobytes() == other.ledger[label][kind].tobytes(), (label, kind)
    for name, column in one.groups.items():
        assert column.tobytes() == other.groups[name].tobytes()


@pytest.mark.parametrize("name", ARMS)
def test_after_a_warm_up_every_arm_forks(ground, name):
    assert_same(ground.fork(ARMS[name]).run(), Simulation(ARMS[name], ROWS, SEED).run())


@pytest.mark.parametrize("name", ARMS)
def test_without_one_arms_fork_straight_after_founding(name):
    told = replace(ARMS[name], warmup=0, days=3, follow_up=0, community=NEW)
    ground = Simulation(told.ground, ROWS, SEED)
    assert_same(ground.fork(told).run(), Simulation(told, ROWS, SEED).run())


@pytest.mark.parametrize("day", [-16, -9, -1])
def test_an_arm_forks_on_any_day_of_the_warm_up_and_off_an_arm_with_tactics(day):
    parent = Simulation(ARMS["all"], ROWS, SEED)
    while parent.world.day < day:
        parent.step()
    assert_same(parent.fork(ARMS["sop"]).run(), Simulation(ARMS["sop"], ROWS, SEED).run())


def test_an_arm_forks_off_a_fork_and_off_a_mesa_model(ground):
    by_itself = Simulation(ARMS["sop"], ROWS, SEED).run()
    assert_same(ground.fork(ARMS["all"]).fork(ARMS["sop"]).run(), by_itself)
    model = CommunityModel(ARMS["all"], replicates=1, rng=SEED)
    fork = model.simulation.fork(ARMS["sop"])
    assert differences(fork.run(), Simulation(ARMS["sop"], [0], SEED).run()) == []
    assert model.simulation.world.day == -16


def test_parameters_that_were_prescribed_are_the_forks_too():
    given = {"habit": {"growth": [0.02, 0.1]}}
    ground = Simulation(arm(warmup=3).ground, ROWS, SEED, given).warm_up()
    told = arm(named("red_packet"), warmup=3)
    assert_same(ground.fork(told).run(), Simulation(told, ROWS, SEED, given).run())


#: What is only ever read.
FOR_READING = {"replicates", "draws.replicates", "_plain", "nought"}


def arrays(world):
    """Every array within reach of a world, by where it is found; those of the community apart."""
    found, seen, stack = {}, set(), list(vars(world).items())
    while stack:
        where, one = stack.pop()
        if id(one) in seen or where == "community":
            continue
        seen.add(id(one))
        if isinstance(one, np.ndarray):
            found[where] = one
        elif isinstance(one, dict):
            stack += [(f"{where}[{key}]", value) for key, value in one.items()]
        elif isinstance(one, list | tuple):
            stack += [(f"{where}[{n}]", value) for n, value in enumerate(one)]
        elif hasattr(one, "__dict__") and not callable(one):
            stack += [(f"{where}.{key}", value) for key, value in vars(one).items()]
    return found


def test_only_what_is_for_reading_is_shared(ground):
    fork, other = arrays(ground.fork(ARMS["all"]).world), arrays(ground.fork(ARMS["all"]).world)
    assert len(fork) > 150
    for theirs in (arrays(ground.world), other):
        shared = {a for a, x in fork.items() for y in theirs.values() if x.size and np.shares_memory(x, y)}
        assert shared <= FOR_READING


def test_what_one_fork_does_neither_its_parent_nor_another_sees(ground):
    before = {name: array.copy() for name, array in arrays(ground.world).items()}
    untouched, waiting = ground.fork(ARMS["praise"]).run(), ground.fork(ARMS["praise"])
    spoilt = ground.fork(ARMS["all"])
    spoilt.run()
    for name, array in arrays(spoilt.world).items():
        if array.flags.writeable and name not in FOR_READING:
            array[...] = 1
    assert_same(waiting.run(), untouched)
    after = arrays(ground.world)
    assert before.keys() == after.keys()
    assert [name for name in before if before[name].tobytes() != after[name].tobytes()] == []


def test_a_copy_of_a_simulation_forks_as_well(ground):
    assert_same(deepcopy(ground).fork(ARMS["sop"]).run(), ground.fork(ARMS["sop"]).run())


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (arm(community=NEW), "differ in community"),
        (arm(warmup=15), "differ in warmup"),
        (arm(days=10), "differ in days"),
        (arm(mechanisms={"habit": {"on": False}}), "differ in mechanisms"),
        (arm(uncertainty="luck"), "differ in uncertainty"),
        (arm(luck_from=-3), "differ in luck_from"),
    ],
)
def test_an_arm_that_differs_before_the_campaign_is_refused(ground, told, said):
    with pytest.raises(UserError, match=said) as caught:
        ground.fork(told)
    assert "\n" not in str(caught.value)


def test_founders_who_would_be_asked_to_pay_are_another_ground():
    told = replace(arm(named("paid_entry"), named("praise"), warmup=0), community=NEW)
    assert [label for label, _ in told.ground.strategies] == ["paid_entry"]
    with pytest.raises(UserError, match="what founders are asked"):
        Simulation(arm(warmup=0, community=NEW), ROWS, SEED).fork(told)
    later = arm(("door", make_strategy("paid_entry", start=1)), ("calm", make_strategy("praise")), warmup=0)
    assert later.ground.strategies == arm(named("paid_entry")).ground.strategies == ()


def test_a_campaign_that_has_begun_cannot_be_forked():
    simulation = Simulation(arm(warmup=2), ROWS, SEED)
    simulation.run(3)
    with pytest.raises(UserError, match="fork comes on day 1"):
        simulation.fork(arm(warmup=2))
