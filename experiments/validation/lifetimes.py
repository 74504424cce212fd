"""P1 to P3: how long groups live, whether their first day tells, and what they are for.

A group's lifespan is that of the metric table: the last day anyone but the owner writes before 14 silent
days. A Weibull distribution is fitted to the first 34 days, for which the groups of the source were watched.
"""

import numpy as np

from experiments.validation.statistics import held_out_auc, weibull_shape
from experiments.validation.trial import Carrier, Conditions, Data, Estimates, Trial, community

WINDOW = 34
LONG, SHORT = 30, 7
#: What can be counted on a group's first day.
FIRST_DAY = ("messages", "voices", "visitors", "questions", "answered", "new_ties")


def watch(asked: Conditions) -> Data:
    """Days lived (at most 84), the counts of the first day, and whether an event made the group."""
    record = asked.start(community("any_group")).run()
    first = np.stack([np.log1p(record.daily[name][:, 0]) for name in FIRST_DAY], axis=1)
    return {
        "lived": record.lifespan()[0],
        "first": first,
        "event": np.isfinite(record.groups["ends"]),
        "number": np.array(asked.worlds),
    }


def read(data: Data) -> Estimates:
    """Shares alive, the Weibull shape, how well the first day tells, and events against friends."""
    lived, event = data["lived"], data["event"]
    told = (lived > LONG) | (lived < SHORT)
    return {
        "P1.day_7": float((lived > 7).mean()),
        "P1.day_30": float((lived > 30).mean()),
        "P1.shape": weibull_shape(np.clip(lived - 0.5, 0.5, WINDOW), lived > WINDOW),
        "P2.auc": held_out_auc(data["first"][told], lived[told] > LONG, data["number"][told] % 2 == 0),
        "P3.ratio": _median(lived[event]) / _median(lived[~event]),
    }


def curves(data: Data) -> dict[str, np.ndarray]:
    """Share of groups not silent by day."""
    return {"survival": (data["lived"][:, None] > np.arange(61)).mean(axis=0)}


def _median(days: np.ndarray) -> float:
    return float(np.median(days)) if len(days) else float("nan")


TRIAL = Trial(
    ("P1", "P2", "P3"),
    watch,
    read,
    {
        "P1": Carrier("departure", "theta"),
        "P1.shape": Carrier("disposition", "group_spread"),
        "P2": Carrier("disposition", "group_spread"),
        "P3": Carrier("purpose"),
    },
    curves=curves,
)
