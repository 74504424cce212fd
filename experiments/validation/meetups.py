"""P14: what a meetup does to ties among those who went, to their other ties, and to how they go on."""

from dataclasses import replace

import numpy as np

from experiments.validation.trial import Carrier, Conditions, Data, Estimates, Trial, community
from simulator.schedule import When
from simulator.simulation import Simulation
from strategies.offline_meetup import OfflineMeetup

#: The day of the meetup; visits are compared over so many days before and after it, ties at the end.
_DAY, _SPAN = 28, 28


def watch(asked: Conditions) -> Data:
    """Strength of ties among attendees and from them to others, with the meetup and without; and visits."""
    group = community("interest_group", days=_DAY + 1, follow_up=_SPAN)
    tactic = OfflineMeetup(when=When(days=(_DAY,)))
    meets, calm = asked.start(replace(group, strategies=((tactic.name, tactic),))), asked.start(group)
    seated, visits = _attend(meets)
    met, others = _strength(meets, seated)
    met_calm, others_calm = _strength(_to_end(calm), seated)
    return {
        "bonding": met - met_calm,
        "bridging": others - others_calm,
        "went": seated.sum(axis=1),
        "decline": _matched(meets, seated, visits),
    }


def _attend(simulation: Simulation) -> tuple[np.ndarray, np.ndarray]:
    """Run to the end: who sat at a table, by slot, and visits before and after, ``(2, R, N)``."""
    w = simulation.world
    seated, visits = np.zeros(w.shape, bool), np.zeros((2, *w.shape), np.int64)
    ids = w.members.id
    at = np.zeros(w.shape, np.uint64)
    for day in range(simulation.scenario.horizon):
        simulation.step()
        visits[int(day > _DAY)] += w.came & (day != _DAY)
        if day == _DAY:
            tables = [award.gatherings for _, award in w.awards if award.gatherings is not None]
            seated = np.any([table >= 0 for table in tables], axis=0) & w.members.present
            at = ids.copy()
    same = w.members.present & (ids == at)  # who still holds the seat they had that day
    return seated & same, np.where(same, visits, -1)


def _to_end(simulation: Simulation) -> Simulation:
    simulation.run()
    return simulation


def _strength(simulation: Simulation, seated: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Strength of ties of the seated, by slot at the meetup, among themselves and to the rest, ``(R,)``.

    Founders sit in the slot of their ordinal in either run; only they are looked at.
    """
    w = simulation.world
    founder = w.members.present & (w.members.joined <= 0)
    went = seated & founder
    among = w.ties.push(went)
    all_ = w.ties.push(founder)
    return (
        np.where(went, among, 0).sum(axis=1, dtype=np.float64) / 2,
        np.where(went, all_ - among, 0).sum(axis=1, dtype=np.float64),
    )


def _matched(simulation: Simulation, seated: np.ndarray, visits: np.ndarray) -> np.ndarray:
    """How much less attendees' visits fell than those of their like who stayed away, ``(R, 2)``.

    Alike are members of one group, role on joining and number of visits before. Sum over attendees that have
    a like, and how many these are.
    """
    w = simulation.world
    out = np.zeros((w.shape[0], 2))
    change = visits[1] - visits[0]
    for r in range(w.shape[0]):
        known = visits[0, r] >= 0
        key = w.members.first_role[r].astype(np.int64) * 1000 + visits[0, r]
        for one in np.unique(key[seated[r] & known]):
            went, stayed = (known & (key == one) & side for side in (seated[r], ~seated[r]))
            if stayed.any():
                out[r] += went.sum() * (change[r, went].mean() - change[r, stayed].mean()), went.sum()
    return out


def read(data: Data) -> Estimates:
    """Change in tie strength an attendee, and days by which attendees' visits fell less."""
    went = max(data["went"].sum(), 1)
    more, of = data["decline"].sum(axis=0)
    return {
        "P14.bonding": float(data["bonding"].sum() / went),
        "P14.bridging": float(data["bridging"].sum() / went),
        "P14.decline": float(more / of) if of else float("nan"),
    }


TRIAL = Trial(
    ("P14",),
    watch,
    read,
    {
        "P14.bonding": Carrier("bonding", "meet"),
        "P14.bridging": Carrier("bonding", "others", 1.0),
        "P14.decline": Carrier("belonging", "tie"),
    },
    draws=(40, 25),
)
