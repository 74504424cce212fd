"""Both engines side by side, day by day: run them on one scenario and list what is not the same.

States are compared within the tolerance of float32; what can be counted must be equal. Where the reference
comes to another outcome on a day with close calls, it is run again and told to decide one of them the other
way, as an umpire may: only within 1e-5 of the boundary.
"""

from dataclasses import dataclass, field

import numpy as np

from simulator.measure import LIFE
from simulator.members import COLUMNS
from simulator.reference import ReferenceModel
from simulator.simulation import Simulation
from simulator.stimuli import CHANNELS

#: Float32 against float64, after months of feedback: relative and absolute.
NEAR = 2e-5, 2e-6
CUES = ("seen", "expected", "held", "wound")
TODAY = ("came", "posts", "asked", "answered", "replied")
GROUP = ("effect", "ends", "value", "energy", "pot")


@dataclass
class Calls:
    """An umpire who keeps a list of close calls, and turns those it was told to."""

    turned: frozenset = frozenset()
    close: dict = field(default_factory=dict)

    def __call__(self, day, who, what):
        self.close.setdefault(day, set()).add((day, who, what))
        return (day, who, what) in self.turned


@dataclass
class Outcome:
    """What came of a run.

    Attributes:
        days: Days run before the engines parted, or all.
        wrong: What was not the same on the day after, by name.
        decisions: Decisions taken by the reference.
        close: How many of them were close calls.
        followed: How many of those it decided as the fast engine had.
        model: The reference.
    """

    days: int
    wrong: list
    decisions: int
    close: int
    followed: int
    model: object


def differ(name, mine, theirs, near=NEAR):
    """The name, in a list, where two values or columns are not the same: floats nearly, all else exactly."""
    mine, theirs = np.asarray(mine), np.asarray(theirs)
    if mine.shape != theirs.shape:
        return [f"{name}: {mine.shape} for {theirs.shape}"]
    if mine.dtype.kind == "f" or theirs.dtype.kind == "f":
        mine, theirs = mine.astype(float), theirs.astype(float)
        relative, absolute = near
        with np.errstate(invalid="ignore"):  # infinite less infinite
            close = np.abs(mine - theirs) <= absolute + relative * np.abs(theirs)
        wrong = ~((mine == theirs) | close)
    else:
        wrong = mine != theirs
    if not wrong.any():
        return []
    at = tuple(np.argwhere(wrong)[0])
    return [f"{name}: {mine[at]} for {theirs[at]}, {wrong.sum()} of {wrong.size}"]


def compare(world, r, booked, model):
    """Everything in which a day of the fast engine's row ``r`` and of the reference are not the same."""
    people = sorted(model.people, key=lambda member: member.person)
    slots = np.flatnonzero(world.members.present[r])
    slots = slots[np.argsort(world.members.id[r, slots])]
    wrong = differ("id", [m.person for m in people], world.members.id[r, slots])
    if wrong:
        return wrong

    def column(name, values, near=NEAR):
        array = world.members[name] if name in world.members else getattr(world, name)
        return differ(name, list(values), array[r, slots], near)

    for name in COLUMNS:
        if name not in ("present", "id"):
            wrong += column(name, [getattr(m, name) for m in people])
    for name in (*TODAY, "hazard"):
        wrong += column(name, [getattr(m, name) for m in people])
    awake = [n for n, member in enumerate(people) if member.stirred]
    wrong += differ("pull", [people[n].pull for n in awake], world.pull[r, slots[awake]], (0.0, 1e-5))
    for name in (
        "finds", "toil", "company", "met", "welcomed", "greeted", "sunk", "irritation", "goal", "fame",
        "example",
    ):  # fmt: skip
        if name in world.members:
            wrong += column(name, [getattr(m, name) for m in people])
    if "tastes" in world.members:
        wrong += column("tastes", [sum(1 << topic for topic in m.tastes) for m in people])
    wrong += column("echo", [m.echo for m in people])
    for tactic in world.tactics:
        for name in CUES:
            if f"{name}:{tactic.index}" in world.members:
                wrong += column(
                    f"{name}:{tactic.index}", [getattr(m, name).get(tactic.label, 0.0) for m in people]
                )
        for name in type(tactic.strategy).remembers:
            kept = [m.memory.get(tactic.column(name), 0) for m in people]
            wrong += column(tactic.column(name), kept)
    return wrong + _group(world, r, booked, model, people, slots) + _ties(world, r, people, slots)


def _group(world, r, booked, model, people, slots):
    wrong = []
    for name in GROUP:
        wrong += differ(name, float(getattr(model, name)), float(getattr(world, name)[r]))
    for name, value in model.daily.items():
        wrong += differ(f"daily {name}", value, float(world.daily[name][r]))
    wrong += differ("metrics", sorted(model.daily), sorted(world.daily))
    for channel in CHANNELS.values():
        if channel.side == "award" and channel.name != "gatherings":
            if channel.reaches == "group":
                given, fast = model.given.get(channel.name, 0.0), world.given_to_all(channel.name)[r]
            else:
                given = [m.given.get(channel.name, 0.0) for m in people]
                total = world.given(channel.name)
                if total is None and not any(given):
                    continue
                fast = np.zeros(len(people)) if total is None else total[r, slots]
            wrong += differ(f"given {channel.name}", given, fast)
    for label, book in booked.items():
        for kind, column in book.items():
            mine = model.ledger[-1][label][kind] if label in model.ledger[-1] else 0.0
            wrong += differ(f"ledger {label} {kind}", mine, column[r])
    return wrong


def _ties(world, r, people, slots):
    who = {int(slot): int(member.person) for slot, member in zip(slots, people, strict=True)}
    a, b, strength = world.ties.edges(r)
    fast = {
        tuple(sorted((who[i], who[j]))): w
        for i, j, w in zip(a.tolist(), b.tolist(), strength.tolist(), strict=True)
    }
    slow = {
        (int(m.person), int(friend.person)): w
        for m in people
        for friend, w in m.friends.items()
        if m.person < friend.person
    }
    odd = fast.keys() ^ slow.keys()
    if odd:
        return [f"ties: {len(odd)} in one only"]
    return differ("tie strength", [slow[pair] for pair in fast], list(fast.values()))


def _life(world, r, model, before):
    """Those who left, compared with their rows of the life table, which counts from the campaign on."""
    rows = [{name: part[name] for name in (*LIFE, "left", "replicate")} for part in world.departed]
    table = {name: np.concatenate([part[name] for part in rows]) if rows else [] for name in (*LIFE, "left")}
    mine = np.concatenate([part["replicate"] == world.replicates[r] for part in rows]) if rows else []
    gone = sorted(model.departed, key=lambda member: (member.left, member.person))
    attribute = {"id": "person"}
    return [
        line
        for name in table
        for line in differ(
            f"life {name}",
            [getattr(m, attribute.get(name, name)) - before.get(m, {}).get(name, 0) for m in gone],
            np.asarray(table[name])[np.asarray(mine, bool)],
        )
    ]


def lockstep(scenario, replicate=0, seed=5, batch=()):
    """Run both engines until they part or the days are over, following close calls one by one.

    Args:
        scenario: What to run.
        replicate: The community's global number.
        seed: The experiment's seed.
        batch: Replicates that the fast engine runs beside it.
    """
    turned = frozenset()
    while True:
        outcome, calls = _run(scenario, replicate, seed, batch, turned)
        for call in sorted(calls - turned, key=str):
            again, _ = _run(scenario, replicate, seed, batch, turned | {call})
            if again.days > outcome.days:
                turned |= {call}
                break
        else:
            return outcome


def _run(scenario, replicate, seed, batch, turned):
    """What comes of a run in which some calls are turned, and the close calls of the day they part on."""
    fast = Simulation(scenario, [replicate, *batch], seed)
    umpire = Calls(turned)
    model = ReferenceModel(scenario, replicate, seed, umpire)
    wrong, day, before = [], 0, {}
    while not wrong and day < scenario.warmup + scenario.horizon:
        if model.day == 0:
            before = {m: {name: getattr(m, name) for name in ("visits", "messages")} for m in model.people}
        fast.step()
        model.step()
        wrong = compare(fast.world, 0, fast._ledger[-1] if fast._ledger else {}, model)
        day += not wrong
    wrong = wrong or _life(fast.world, 0, model, before)
    close = sum(len(calls) for calls in umpire.close.values())
    outcome = Outcome(day, wrong, model.luck.decisions, close, len(turned), model)
    return outcome, umpire.close.get(day - scenario.warmup, set())
