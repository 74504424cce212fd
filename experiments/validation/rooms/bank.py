"""The bank: every room simulated on from its first week under every parameter vector, once for all folds.

A room starts on day 7 with those who wrote as founders. What their week leaves open about
them and about the room is drawn row by row (:mod:`~experiments.validation.rooms.founders`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from experiments.engine.choice import make
from experiments.engine.port import Progress
from experiments.validation.rooms.founders import MESSAGES, VISITING, YOUTH, Drawn, draw
from experiments.validation.rooms.prior import MISSING, Vectors, design
from experiments.validation.rooms.week import HORIZONS, KNOWN, MONTH, Week
from simulator.community import Community, Founders
from simulator.founding import reference
from simulator.mechanisms.content import V0
from simulator.members import Role
from simulator.metrics import SILENT_DAYS
from simulator.record import lifespan
from simulator.scenario import Scenario
from simulator.simulation import Simulation

#: Parameter vectors, and lucks of each in a room of ordinary size.
VECTORS, LUCKS = 128, 6
#: Days simulated: to the last horizon and the silence after it.
DAYS = HORIZONS[-1] + SILENT_DAYS - KNOWN
#: Seats of all rows of a room together beyond which it gets fewer lucks, and of one row at most.
_SEATS, _CAP = 60_000, 600
#: Opening weekdays, Monday first: weekends are 27-35% lower in rooms of this kind.
WEEKDAYS = (1.0,) * 5 + (0.69,) * 2
#: Interest of those who write: a scale, since posts tell only its product with the weight of content.
INTEREST = 0.9
#: SD of the log of the days a room is wanted for, as ``purpose`` has it.
_SPREAD = 1.0
#: Messages of a new writer, and days to their last one, whose shares are kept for the plots.
COUNTS, SPANS = (1, 2, 3, 5, 10, 20, 50, 100), (0, 1, 3, 7, 14, 30, 60)

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Runs:
    """What became of one simulated room, by vector.

    Attributes:
        lived: Days lived, the first week included, ``(K, L)``.
        messages: Messages on days 7..36, ``(K, L)``.
        weekly: Mean of log(1 + messages of a week), ``(K, weeks)``.
        wrote: New writers with at least so many messages (:data:`COUNTS`), a row's mean, ``(K, 8)``.
        stayed: New writers whose last message came at least so many days (:data:`SPANS`) after their first,
            of those who had the time, ``(K, 7)``; ``could`` how many had.
        could: See ``stayed``.
    """

    lived: NDArray[np.int16]
    messages: NDArray[np.int32]
    weekly: Floats
    wrote: Floats
    stayed: Floats
    could: Floats


def simulate_all(
    weeks: Sequence[Week],
    vectors: int = VECTORS,
    lucks: int = LUCKS,
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[Runs]:
    """Simulate rooms, the largest first, on worker processes; results in the rooms' order."""
    order = sorted(range(len(weeks)), key=lambda i: -weeks[i].posters)
    even = design(vectors)
    with make("local", workers, progress=progress) as engine:
        runs = engine.run([(simulate, weeks[i], even, lucks) for i in order])
    return [run for _, run in sorted(zip(order, runs, strict=True), key=lambda pair: pair[0])]


def seed_of(week: Week) -> int:
    """A seed from the facts alone: the same week gets the same luck wherever it stands in whatever file."""
    return int.from_bytes(sha256(week.messages.astype("<i8").tobytes() + bytes([week.weekday])).digest()[:4])


def simulate(week: Week, vectors: Vectors, lucks: int) -> Runs:
    """Simulate one room under all vectors."""
    seed = seed_of(week)
    drawn = draw(week, vectors, lucks, np.random.default_rng(seed))
    older = (1.0 + np.arange(DAYS) / (YOUTH + KNOWN)) ** -vectors["fading"][:, None]
    expected = drawn.strangers * np.exp(drawn.effect / 2) * older.sum(axis=1)[:, None]
    cap = week.posters + int(np.clip(1.3 * np.quantile(expected, 0.98), 8, _CAP))
    fewer = max(2, min(lucks, _SEATS // (cap * len(vectors))))
    return _watch(opened(week, vectors, drawn.few(fewer), cap, seed), week, vectors, fewer, seed)


def community(week: Week, cap: int) -> Community:
    """The room on day 7. Nobody in it is set apart as its owner; a newcomer is like any other."""
    n, days = week.posters, (week.messages > 0).sum(axis=1)
    founders = Founders(
        role=np.full(n, Role.NOVICE, np.int8),
        messages=np.maximum(week.messages.sum(axis=1) / days, 0.5),
        visiting=np.clip((days - 1 + VISITING) / (KNOWN - week.first), 0.01, 0.95),
        tenure=(KNOWN - week.first).astype(np.int32),
        a=week.a,
        b=week.b,
        strength=week.strength,
    )
    return Community(
        name="chat_room",
        size=n,
        cap=cap,
        owners=0,
        kols=0.0,
        novices=1.0,
        visiting=(VISITING,) * 4,
        messages=(MESSAGES,) * 4,
        questions=(0.15,) * 4,
        interest=INTEREST,
        age=KNOWN,
        invitations=0.0,
        weekdays=tuple(WEEKDAYS[(week.weekday + KNOWN + day) % 7] for day in range(7)),
        founders=founders,
    )


def opened(week: Week, vectors: Vectors, drawn: Drawn, cap: int, seed: int) -> Simulation:
    """The simulation on the morning of day 7: what the week leaves open is set row by row."""
    rows, lucks, n = drawn.effect.size, drawn.effect.shape[1], week.posters
    parameters = vectors.parameters(lucks)
    parameters["arrivals"]["youth"] = np.full(rows, YOUTH)
    scenario = Scenario(community=community(week, cap), days=DAYS, follow_up=0, uncertainty="luck")
    simulation = Simulation(scenario, range(rows), seed, parameters=parameters)
    world = simulation.world
    world.effect[:] = drawn.effect.reshape(rows)
    world.arrivals[:] = drawn.strangers.reshape(rows)
    world.ends[:] = ends(vectors, lucks, seed)
    world.crowd[:] = (week.messages[:, -1] > 0).sum()
    world.value[:] = np.repeat(value(week, vectors, scenario.community), lucks)
    people = world.members
    people.effect[:, :n] = drawn.coming.reshape(rows, n) - logit(VISITING)
    people.rate[:, :n] = drawn.messages.reshape(rows, n) / MESSAGES
    people.muted[:, :n] = drawn.gone.reshape(rows, n)
    return simulation


def ends(vectors: Vectors, lucks: int, seed: int) -> Floats:
    """Day on which each row's room has served its purpose, ``(K L)``: log-normal days since its birth."""
    z = np.random.default_rng([seed, 1]).normal(size=(len(vectors), lucks))
    return np.asarray((vectors["lasting"][:, None] * np.exp(_SPREAD * z) - KNOWN).reshape(-1))


def value(week: Week, vectors: Vectors, opened: Community) -> Floats:
    """Value of recent content on day 7, ``(K,)``: as ``content`` has it, from the week's messages."""
    usual = reference(opened).messages
    now = np.full(len(vectors), V0)
    for said in week.messages.sum(axis=0):
        today = 1.0 - np.exp(-np.log(2.0) * said * (1.0 - vectors["branching"]) / usual)
        now += (today - now) / vectors["memory"]
    return now


def _watch(simulation: Simulation, week: Week, vectors: Vectors, lucks: int, seed: int) -> Runs:
    """Run it and count."""
    luck = np.random.default_rng([seed, 2])
    fall, sway = (np.repeat(vectors[name], lucks) for name in MISSING)
    for _ in range(DAYS):
        simulation.step()
        simulation.world.effect += (sway * luck.normal(size=len(sway)) - fall).astype(np.float32)
    record = simulation.record()
    talk = record.daily["messages"]
    before = np.tile(week.messages.sum(axis=0) > 0, (len(talk), 1))
    lived, alive, _ = lifespan(np.hstack([before, talk > 0]))
    lived[alive] = KNOWN + DAYS
    weeks = DAYS // 7
    weekly = np.log1p(talk[:, : 7 * weeks].reshape(len(vectors), lucks, weeks, 7).sum(axis=3)).mean(axis=1)
    people = record.members
    new = (people["joined"] >= 0) & (people["messages"] > 0) & (people["last_spoke"] >= 0)
    new &= people["id"] >= np.uint64(1 << 62)
    vector = people["row"][new] // lucks
    joined, span = people["joined"][new], (people["last_spoke"] - people["joined"])[new]

    def tally(which: NDArray[np.bool_]) -> Floats:
        return np.bincount(vector[which], minlength=len(vectors)) / lucks

    return Runs(
        lived.reshape(len(vectors), lucks).astype(np.int16),
        talk[:, :MONTH].sum(axis=1).reshape(len(vectors), lucks).astype(np.int32),
        weekly,
        np.stack([tally(people["messages"][new] >= c) for c in COUNTS], axis=1),
        np.stack([tally((span >= k) & (joined < DAYS - k)) for k in SPANS], axis=1),
        np.stack([tally(joined < DAYS - k) for k in SPANS], axis=1),
    )
