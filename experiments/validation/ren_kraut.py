"""Pattern P15: what Ren and Kraut (2014) found of three moderation regimes, with the ``topics`` mechanism.

Two designs, as there: regime x topical breadth, and regime x message volume. Outcomes are posts a day
(contribution) and log-ins per member (commitment) on days 100 to 300; benefits are sampled on days 100, 150,
200, 250 and 300. Their levels of breadth and volume, shares of talk and sizes of weights were not seen: half
and twice the ordinary ones are taken here. So this is no replication; it asks whether the published orderings
come out.

Advantages are ratios, for with twice the volume any difference in posts is twice as large. Intervals are of
luck alone, parameters at their defaults: 95%, jackknife over matched replicates, which is the paired t where
a statistic is a mean difference. Each ordering is run over prior draws as well: what holds in over 95% of
them is built in, whatever the defaults; and with the mechanism off, when nothing may be left of it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from simulator.community import Community
from simulator.day import exact_sum
from simulator.mechanism import TWIN
from simulator.mechanisms.topics_reading import REGIMES
from simulator.scenario import Scenario
from simulator.simulation import Simulation

Floats = NDArray[np.float64]
#: By outcome, ``(replicates, regimes, settings)``.
Table = Mapping[str, Floats]

SAMPLED = (100, 150, 200, 250, 300)
#: The slowest of the paper's three rates of newcomers, one a day; a full chat group has 500 seats.
COMMUNITY = Community(name="ren_kraut", size=120, cap=500, arrivals=1.0, invitations=0.0)
#: Number of topics, and messages as a multiple of the community's (about 48 a day): the first two settings
#: are the design of breadth, the others that of volume, half and twice around the ordinary 6 and 1.
SETTINGS = ((3, 1.0), (12, 1.0), (6, 0.5), (6, 2.0))
BUILT_IN = 0.95


@dataclass(frozen=True)
class Ordering:
    """One published finding, and what came out.

    Attributes:
        key: RK1 to RK8, with what it is compared with.
        estimate: The statistic at the defaults.
        low: Lower end of its 95% interval over replicates.
        high: Upper end.
        target: What must hold, in words.
        passed: Whether it does.
        prior: Share of plausible worlds in which it holds, without the interval.
        off: The statistic with the mechanism off: a difference of nought, a ratio of one.
    """

    key: str
    estimate: float
    low: float
    high: float
    target: str
    passed: bool
    prior: float
    off: float

    @property
    def built_in(self) -> bool:
        """Whether it holds in nearly all plausible worlds: no credit is taken for it then."""
        return self.prior > BUILT_IN


#: What must hold of a statistic; for those named in ``_CLEAR`` its 95% interval must exclude nought, too.
_RULES: dict[str, tuple[str, Callable[[Floats], NDArray[np.bool_]]]] = {
    "RK1_none": ("posts a day, personalised less none: > 0, interval and all", lambda x: x > 0),
    "RK1_community": ("posts a day, personalised less community: > 0, interval and all", lambda x: x > 0),
    "RK2_none": ("posts a day, personalised over none: 1.1-1.7", lambda x: (x >= 1.1) & (x <= 1.7)),
    "RK2_community": ("posts a day, personalised over community: 1.2-1.9", lambda x: (x >= 1.2) & (x <= 1.9)),
    "RK3": ("posts a day, community over none: 0.8-1.05", lambda x: (x >= 0.8) & (x <= 1.05)),
    "RK4_community": ("log-ins per member, community less none: > 0", lambda x: x > 0),
    "RK4_personalised": ("log-ins per member, personalised less community: >= 0", lambda x: x >= 0),
    "RK5": ("advantage of personalised in posts, broad less narrow: > 0", lambda x: x > 0),
    "RK5_visits": ("advantage of personalised in log-ins, broad less narrow: > 0", lambda x: x > 0),
    "RK6": ("advantage of personalised in posts, high volume less low: > 0", lambda x: x > 0),
    "RK6_visits": ("advantage of personalised in log-ins, high volume less low: > 0", lambda x: x > 0),
    "RK7_information": ("information benefit, community less none: > 0", lambda x: x > 0),
    "RK7_bond": ("bond benefit, community less none: < 0", lambda x: x < 0),
    "RK8_posts": ("posts of a member against rank, logs, nobody moderates: r >= 0.9", lambda x: x >= 0.9),
    "RK8_degree": ("ties of a member against rank, logs, nobody moderates: r >= 0.9", lambda x: x >= 0.9),
}  # fmt: skip
_CLEAR = ("RK1_none", "RK1_community")


def run(
    replicates: int = 40, seed: int = 1, worlds: int = 30, horizon: int = SAMPLED[-1] + 1
) -> list[Ordering]:
    """Run both designs, over luck, over prior draws and with the mechanism off.

    Args:
        replicates: Matched replicates of each cell at the defaults.
        seed: The experiment's seed.
        worlds: Prior draws; each is run with two draws of luck, shared by all cells.
        horizon: Days simulated; sampled days beyond it are left out.

    Returns:
        One for each of RK1 to RK8, in order. Sizes of threads (RK8) are not modelled.
    """
    luck = table(range(replicates), seed, horizon=horizon)
    twice = [number | twin for twin in (0, int(TWIN)) for number in range(worlds)]
    drawn = table(twice, seed, uncertainty="full", horizon=horizon)
    pairs = {name: x.reshape(2, worlds, *x.shape[1:]).mean(axis=0) for name, x in drawn.items()}
    off = table(range(2), seed, on=False, horizon=min(horizon, SAMPLED[0] + 1))
    return orderings(luck, statistics(pairs), statistics(_means(off)))


def orderings(luck: Table, plausible: Mapping[str, Floats], off: Mapping[str, Floats]) -> list[Ordering]:
    """Judge the statistics of a table of matched replicates.

    Args:
        luck: Outcomes at the defaults.
        plausible: Statistics of each prior draw, ``(worlds,)``.
        off: Statistics with the mechanism off.
    """
    n = len(luck["posts"])
    whole = statistics(_means(luck))
    without = statistics({name: (x.sum(axis=0) - x) / (n - 1) for name, x in luck.items()})
    out = []
    for key, (target, holds) in _RULES.items():
        x = float(whole[key])
        half = float(stats.t.ppf(0.975, n - 1) * np.sqrt((n - 1) * np.var(without[key])))
        passed = bool(holds(whole[key])) and (key not in _CLEAR or x - half > 0)
        prior = float(np.mean(holds(plausible[key])))
        out.append(Ordering(key, x, x - half, x + half, target, passed, prior, float(off[key])))
    return out


def _means(outcomes: Table) -> Table:
    return {name: x.mean(axis=0) for name, x in outcomes.items()}


def statistics(outcomes: Table) -> dict[str, Floats]:
    """Every statistic of outcomes of shape ``(..., regimes, settings)``, each ``(...)``; NaN in silence."""
    mean = {name: np.moveaxis(x.mean(axis=-1), -1, 0) for name, x in outcomes.items()}
    none, community, personalised = mean["posts"]
    visits = mean["visits"]
    with np.errstate(invalid="ignore", divide="ignore"):
        posts, logins = (_advantage(outcomes[name]) for name in ("posts", "visits"))
        return {
            "RK1_none": personalised - none,
            "RK1_community": personalised - community,
            "RK2_none": personalised / none,
            "RK2_community": personalised / community,
            "RK3": community / none,
            "RK4_community": visits[1] - visits[0],
            "RK4_personalised": visits[2] - visits[1],
            "RK5": posts[1] - posts[0],
            "RK5_visits": logins[1] - logins[0],
            "RK6": posts[3] - posts[2],
            "RK6_visits": logins[3] - logins[2],
            "RK7_information": mean["information"][1] - mean["information"][0],
            "RK7_bond": mean["bond"][1] - mean["bond"][0],
            "RK8_posts": mean["posts_tail"][0],
            "RK8_degree": mean["degree_tail"][0],
        }


def _advantage(x: Floats) -> Floats:
    """Personalised over the mean of the other two, settings first."""
    share: Floats = np.moveaxis(x[..., 2, :] / x[..., :2, :].mean(axis=-2), -1, 0)
    return share


def table(
    replicates: Sequence[int],
    seed: int,
    *,
    uncertainty: str = "luck",
    on: bool = True,
    horizon: int = SAMPLED[-1] + 1,
) -> Table:
    """Outcomes of every regime at every setting, ``(replicates, regimes, settings)``; cells share their luck.

    Args:
        replicates: Global replicate numbers.
        seed: The experiment's seed.
        uncertainty: ``luck``, or ``full`` for a prior draw in each replicate, shared by all cells.
        on: Whether the mechanism is on.
        horizon: Days simulated.
    """
    cells = [
        [
            outcomes(
                scenario(regime, *setting, on=on, uncertainty=uncertainty, days=horizon), replicates, seed
            )
            for setting in SETTINGS
        ]
        for regime in REGIMES
    ]
    return {
        name: np.array([[cell[name] for cell in row] for row in cells]).transpose(2, 0, 1)
        for name in cells[0][0]
    }


def scenario(
    regime: str,
    topics: int,
    volume: float,
    *,
    on: bool = True,
    uncertainty: str = "luck",
    days: int = SAMPLED[-1] + 1,
) -> Scenario:
    """One cell: a regime in a community of some breadth and volume; as in the presets, overload is off.

    Groups are of one kind, as there: with the model's spread between groups, mean posts would be those of a
    few giants, many times the volume set here.
    """
    owner, kol, novice, lurker = (volume * messages for messages in COMMUNITY.messages)
    return Scenario(
        community=replace(COMMUNITY, messages=(owner, kol, novice, lurker)),
        mechanisms={
            "topics": {"on": on, "moderation": regime, "topics": topics},
            "overload": {"on": False},
            "disposition": {"group_spread": 0},
        },
        days=days,
        follow_up=0,
        uncertainty=uncertainty,
    )


def outcomes(cell: Scenario, replicates: Sequence[int], seed: int) -> dict[str, Floats]:
    """Posts a day, log-ins per member, sampled benefits and tails of one cell, each ``(replicates,)``.

    Benefits are means over members who have not muted the group, against an ordinary day's; of the sizes of
    tails see :func:`tail`.
    """
    simulation = Simulation(cell, replicates, seed)
    world = simulation.world
    sampled: list[tuple[Floats, Floats]] = []
    while world.day < cell.horizon:
        simulation.step()
        if world.day - 1 in SAMPLED:
            awake = world.members.present & ~world.members.muted
            many = np.maximum(awake.sum(axis=1), 1)
            finds, company = (
                exact_sum(np.where(awake, x, 0)) for x in (world.members.finds, world.members.company)
            )
            sampled.append((finds / many, company / many))
    record = simulation.record()
    late = slice(min(SAMPLED[0], cell.horizon - 1), None)
    information, bond = np.mean(sampled, axis=0) if sampled else np.zeros((2, len(replicates)))
    of = [record.members["messages"][record.members["replicate"] == number] for number in world.replicates]
    degree = world.ties.count()
    return {
        "posts": record.daily["messages"][:, late].mean(axis=1),
        "visits": record.daily["visitors"][:, late].sum(axis=1)
        / record.daily["members"][:, late].mean(axis=1),
        "information": information,
        "bond": bond,
        "posts_tail": np.array([tail(messages) for messages in of]),
        "degree_tail": np.array(
            [tail(row[there]) for row, there in zip(degree, world.members.present, strict=True)]
        ),
    }


def tail(sizes: NDArray[np.integer]) -> float:
    """Minus the correlation of log size and log rank, largest first: 1 for a power law; 0 for under three."""
    x = np.sort(sizes[sizes > 0])[::-1]
    if len(x) < 3 or x[0] == x[-1]:
        return 0.0
    return float(-np.corrcoef(np.log(x), np.log(np.arange(1, len(x) + 1)))[0, 1])
