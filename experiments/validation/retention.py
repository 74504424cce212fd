"""P6, P7 and P17: who comes again, who comes again after a reply, and when members invite."""

import numpy as np

from experiments.validation.statistics import pooled_difference, slope
from experiments.validation.trial import Carrier, Conditions, Data, Estimates, Trial, community
from simulator.members import Role
from simulator.metrics import SILENT_DAYS

#: Days over which the curve of retention is fitted, and those around 1, 7 and 30 for their hazards.
CURVE = 30
AROUND = {1: (0, 3), 7: (5, 10), 30: (25, 36)}
_DAYS = 60


def watch_cohort(asked: Conditions) -> Data:
    """The founders, owners aside: how many came on each day, and how many came for the last time."""
    simulation = asked.start(community("any_group", days=_DAYS, follow_up=0))
    m, rows = simulation.world.members, len(asked.worlds)
    founders = m.present & (m.role != Role.OWNER)
    came = np.zeros((rows, _DAYS), np.int64)
    last = np.full(founders.shape, -1)
    for day in range(_DAYS):
        simulation.step()
        here = simulation.world.came & founders & (m.joined <= 0) & m.present
        came[:, day] = here.sum(axis=1)
        last[here] = day
    gone = np.zeros((rows, _DAYS), np.int64)
    np.add.at(gone, (np.nonzero(last >= 0)[0], last[last >= 0]), 1)
    return {"came": came, "gone": gone, "size": founders.sum(axis=1)}


def read_cohort(data: Data) -> Estimates:
    """Slope of the share that comes on day t, and how the hazard of a last visit falls.

    A visit is known to be the last after 14 days away.
    """
    share = data["came"].sum(axis=0) / data["size"].sum()
    days = np.arange(1, CURVE + 1)
    curve = np.maximum(share[days], 1e-9)
    gone = data["gone"].sum(axis=0)
    left = gone.sum() - np.concatenate([[0], np.cumsum(gone)])
    hazard = {day: gone[a:b].sum() / max(left[a:b].sum(), 1) for day, (a, b) in AROUND.items()}
    return {
        "P6.slope": slope(np.log(days), np.log(curve)),
        "P6.hazard_1_7": _over(hazard[1], hazard[7]),
        "P6.hazard_7_30": _over(hazard[7], hazard[30]),
    }


def curves_cohort(data: Data) -> dict[str, np.ndarray]:
    """Share of the founders who come, by day."""
    return {"retention": data["came"].sum(axis=0)[: CURVE + 1] / data["size"].sum()}


def watch_newcomers(asked: Conditions) -> Data:
    """First messages of members with and without a reply and who wrote again; and first invitations."""
    simulation = asked.start(community("interest_group", days=_DAYS, follow_up=0))
    m, rows = simulation.world.members, len(asked.worlds)
    known = _DAYS - SILENT_DAYS
    wrote = np.zeros(m.shape, bool)
    first_id, first_day = np.zeros(m.shape, np.uint64), np.full(m.shape, -1)
    replied = np.zeros(m.shape, bool)
    counts = {name: np.zeros(rows) for name in ("replies", "replies_back", "silence", "silence_back")}
    inviting, prompt = np.zeros(rows), np.zeros(rows)
    before = m.invited.copy(), m.id.copy()

    def close(slots: np.ndarray) -> None:
        """Book those whose story in this slot is over: the end has come or somebody else sits there."""
        for kind, chosen in (("replies", slots & replied), ("silence", slots & ~replied)):
            counts[kind] += chosen.sum(axis=1)
            counts[f"{kind}_back"] += (chosen & wrote).sum(axis=1)

    for day in range(_DAYS):
        simulation.step()
        w = simulation.world
        moved = (first_day >= 0) & (m.id != first_id)
        close(moved)
        first_day[moved] = -1
        speaks = (w.posts > 0) & m.present & (m.role != Role.OWNER)
        again = speaks & (first_day >= 0)
        wrote |= again
        new = speaks & (first_day < 0) & (m.messages == w.posts) & (day < known)
        first_day[new], first_id[new] = day, m.id[new]
        replied[new], wrote[new] = (w.replied | w.answered)[new], False
        started = (m.invited > 0) & ((before[0] == 0) | (before[1] != m.id)) & m.present & (m.joined < known)
        inviting += started.sum(axis=1)
        prompt += (started & (day - np.maximum(m.joined, 0) <= 5)).sum(axis=1)
        before = m.invited.copy(), m.id.copy()
    close(first_day >= 0)
    return {**counts, "inviting": inviting, "prompt": prompt}


def read_newcomers(data: Data) -> Estimates:
    """Difference of returns, pooled over groups; share of first invitations within 5 days."""
    return {
        "P7.difference": pooled_difference(
            data["replies_back"], data["replies"], data["silence_back"], data["silence"]
        ),
        "P17.within_5_days": _over(data["prompt"].sum(), data["inviting"].sum()),
    }


def _over(a: float, b: float) -> float:
    return float(a / b) if b > 0 else float("nan")


COHORT = Trial(
    ("P6",), watch_cohort, read_cohort, {"P6": Carrier("departure", "theta")}, curves=curves_cohort
)
NEWCOMERS = Trial(
    ("P7", "P17"),
    watch_newcomers,
    read_newcomers,
    {"P7": Carrier("reception", "reply"), "P17": Carrier("arrivals", "delay", 5.0)},
    draws=(40, 20),
)
