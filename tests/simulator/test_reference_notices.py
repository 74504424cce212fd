"""What the comparison of both engines is worth: it notices every parameter and every wrong equation."""

import ast
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import simulator.reference
from simulator import registry
from simulator.errors import UserError
from simulator.knobs import drawn, knobs
from simulator.mechanism import PHASES, Mechanism
from simulator.reference import ReferenceModel, group, luck, model, person
from simulator.reference.luck import Luck
from simulator.reference.member import CLASSES, Member
from simulator.registry import make_mechanisms, mechanisms, strategies
from simulator.simulation import Simulation
from tests.lockstep import compare, lockstep
from tests.simulator.test_reference import Everything
from tests.worlds import SMALL, plug_in, scenario, tactics

#: A group in which something of everything happens within a few weeks.
BUSY = replace(
    SMALL, cap=150, arrivals=3.0, invitations=2.0, muted=0.3, age=5, purpose_days=4, event_share=1.0,
    messages=(30.0, 20.0, 8.0, 1.0),
)  # fmt: skip
TOLD = {
    "strategies": [*tactics(*strategies()), ("everything", Everything())],
    "community": BUSY,
    "days": 30,
    "uncertainty": "luck",
}
OPTIONAL = {"topics": {"on": True, "moderation": "personalised"}, "social_pull": {"on": True}}
CORE = {"kcore": {"on": True}}


def unnoticed(settings, only=None):
    """Parameters that may be another in one engine alone, and a month does not tell."""
    on, _ = make_mechanisms(settings)
    wanted = [m for m in on if only is None or m.name in only]
    changed = [(m.name, name) for m in wanted for name, (f, _) in knobs(m).items() if drawn(f)]
    rows = len(changed) + 1
    columns = {}
    for k, (name, parameter) in enumerate(changed):
        mechanism = next(m for m in wanted if m.name == name)
        spec, value = knobs(mechanism)[parameter][1], getattr(mechanism, parameter)
        column = np.full(rows, value)
        column[k + 1] = spec.high if spec.high - value > value - spec.low else spec.low
        columns.setdefault(name, {})[parameter] = column
    told = scenario(**TOLD, mechanisms=settings)
    fast, slow = Simulation(told, [3] * rows, 5, columns), ReferenceModel(told, 3, 5)
    left = dict(enumerate([("nothing", "at all"), *changed]))
    for _ in range(told.days):
        fast.step()
        slow.step()
        left = {r: what for r, what in left.items() if not compare(fast.world, r, fast._ledger[-1], slow)}
    return set(left.values())


def test_a_parameter_changed_in_one_engine_alone_is_noticed():
    assert unnoticed(OPTIONAL) == {("nothing", "at all")}
    assert unnoticed(CORE, ["kcore"]) == {("nothing", "at all")}


# Mutants: one equation of the reference is wrong ------------------------------------------------------------


def misses_do_harm(member):
    """Habit that a missed day undoes by a tenth."""
    growth = member.model.p.habit.growth
    member.habit += growth * (1 - member.habit) if member.came else -0.1 * member.habit


def any_streak_hurts(member):
    """A sting from the loss of two days on."""
    for s in member.shown:
        if s.run is not None:
            held, wound = member.held.get(s.label, 0.0), member.wound.get(s.label, 0.0)
            wound *= 0.5 ** (1 / member.model.p.streaks.half_life)
            if s.run < held:
                wound = max(wound, (1 - s.run / held) * min(held, 7) / 7)
            member.held[s.label], member.wound[s.label] = s.run, wound


def learns_though_away(member):
    """Expectations that fall even where somebody did not come."""
    came, member.came = member.came, True
    Member.gets(member)
    member.came = came


def fades_daily(group):
    """Ties that fade every day instead of every week."""
    day, group.day = group.day, 6
    bonding(group)
    group.day = day


def grief_twice(group):
    """Contagion that counts each loss from both ends."""
    contagion(group)
    contagion(group)


def closes_none(one, friend, gain):
    """A tie that strengthens past what is left to gain."""
    old = one.friends.get(friend, 0.0)
    one.friends[friend] = friend.friends[one] = min(old + gain, 1.0)
    return old == 0.0


def owners_mute(member):
    """Owners who mute their group like anybody else."""
    Member.may_go(member)


def sure_replies(member, scale, n):
    """Replies that are no cluster but their mean."""
    starts_talk(member, scale, n)
    member.replies = round(member.seeds * n / (1 - n))
    member.replied = member.replies > 0


bonding, contagion, starts_talk = group.bonding, group.contagion, Member.starts_talk
MUTANTS = {
    "habit": lambda patch: patch.setitem(model.PLAN["habit"], "habit", model.each(misses_do_harm)),
    "streaks": lambda patch: patch.setitem(model.PLAN["pull"], "streaks", model.each(any_streak_hurts)),
    "rewards": lambda patch: patch.setitem(model.PLAN["learning"], "rewards", model.each(learns_though_away)),
    "fading": lambda patch: patch.setitem(model.PLAN["bonding"], "bonding", fades_daily),
    "contagion": lambda patch: patch.setitem(model.PLAN["contagion"], "contagion", grief_twice),
    "bonding": lambda patch: patch.setattr(person.Person, "meet", closes_none),
    "departure": lambda patch: patch.setattr(CLASSES[0], "may_go", owners_mute),
    "conversation": lambda patch: patch.setattr(Member, "starts_talk", sure_replies),
    "no weekday": lambda patch: patch.setattr(model, "log", lambda x: np.log(x) if x < 0.5 or x > 1 else 0.0),
    "a phase left out": lambda patch: patch.setitem(model.PLAN, "gifts", {}),
}


MUTATED = scenario(tactics(*strategies()), community=replace(BUSY, owners=8), days=40)


def test_right_equations_pass():
    assert lockstep(MUTATED, 3).wrong == []


@pytest.mark.parametrize("name", MUTANTS)
def test_a_wrong_equation_is_noticed(monkeypatch, name):
    MUTANTS[name](monkeypatch)
    assert lockstep(MUTATED, 3).wrong != []


# What the reference is --------------------------------------------------------------------------------------


def test_its_plan_is_the_fast_engines():
    ours = {name: kind for name, kind in mechanisms().items() if name in model.KNOWN}
    plan = {phase: set(acts) for phase, acts in model.PLAN.items()}
    plan["pull"] |= set(model.PULLS)
    for phase in PHASES:
        assert plan.get(phase, set()) == {name for name, kind in ours.items() if phase in kind().phases()}


def test_it_knows_every_mechanism_of_this_package():
    home = {name for name in mechanisms() if registry.distribution(registry.MECHANISMS, name) == "qunlab"}
    assert home == model.KNOWN


def test_a_mechanism_of_somebody_else_is_one_line(monkeypatch):
    class Weather(Mechanism):
        name = "weather"

    plug_in(monkeypatch, Weather)
    monkeypatch.setattr(registry, "starts_on", lambda name: True)
    with pytest.raises(UserError, match=r"does not know mechanism 'weather'; switch it off\.$") as caught:
        ReferenceModel(scenario())
    assert "\n" not in str(caught.value)


def test_its_rules_share_no_code_with_the_fast_engines():
    folder = Path(simulator.reference.__file__).parent
    for rules in ("coming", "member", "group", "person", "prospects", "topics", "counting"):
        names = {
            node.module or ""
            for node in ast.walk(ast.parse((folder / f"{rules}.py").read_text()))
            if isinstance(node, ast.ImportFrom)
        }
        assert not {
            name for name in names if name.startswith(("simulator.mechanisms", "simulator.ties", "numba"))
        }
        assert not names & {"simulator.world", "simulator.day", "simulator.traits", "simulator.measure"}


def test_agents_are_mesas():
    group = ReferenceModel(scenario(community=replace(SMALL, size=60)), 1)
    for _ in range(40):
        group.step()
    assert set(group.agents) == set(group.people)
    assert len(group.people) == group.daily["members"]
    for kind in CLASSES:
        assert all(type(member) is kind for member in group.agents_by_type.get(kind, ()))
    assert any(member.first_role != member.role for member in group.people)
    assert all(member.unique_id == member.person for member in group.people)


def test_an_umpire_decides_close_calls_only():
    asked = []
    mine = Luck(1, 0, lambda day, who, what: asked.append((day, who, what)) or True)
    assert mine.decide(0.3, 0.5, 7, "comes")
    assert not mine.decide(0.5, 0.3, 7, "comes")
    assert asked == []
    near, zero = luck.CLOSE / 2, np.exp(-0.4)
    assert not mine.decide(0.5, 0.5 + near, 7, "comes")
    assert mine.decide(0.5, 0.5 - near, 7, "comes")
    assert [mine.poisson(zero + d, 0.4, 7, "talks") for d in (-0.1, 0.1)] == [0, 1]
    assert [mine.poisson(zero + d, 0.4, 7, "talks") for d in (-near, near)] == [1, 0]
    assert asked == [(0, 7, "comes")] * 2 + [(0, 7, "talks")] * 2
    assert mine.decisions == 8


def test_a_close_call_is_followed_and_no_other(monkeypatch):
    told = scenario(days=10, follow_up=0)

    class Shaken(Luck):
        """Chances of coming that are off."""

        off = 0.0

        def decide(self, u, p, who, what):
            return super().decide(u, p + (self.off if what == "comes" else 0.0), who, what)

    monkeypatch.setattr(model, "Luck", Shaken)
    monkeypatch.setattr(luck, "CLOSE", 0.01)
    Shaken.off = 0.008
    near = lockstep(told)
    assert near.wrong == []
    assert 0 < near.followed < near.close < near.decisions
    Shaken.off = 0.04
    assert lockstep(told).wrong != []
