"""P1 to P3: how long groups live, whether their first day tells, and what they are for.

A group's lifespan is that of the metric table: the last day anyone but the owner writes before 14 silent
days. As in the source, a group is watched for 34 days.
"""

import numpy as np

from experiments.validation.statistics import held_out_auc, weibull_shape
from experiments.validation.trial import Carrier, Conditions, Data, Estimates, Trial, community

#: Days for which the groups of the source were watched.
WINDOW = 34
LONG, SHORT = 30, 7
#: What can be counted on a group's first day.
FIRST_DAY = ("messages", "voices", "visitors", "questions", "answered", "new_ties")


def watch(asked: Conditions) -> Data:
    """Days lived, and the counts of the first day."""
    simulation = asked.start(community("any_group", days=34, follow_up=14))
    record = simulation.run()
    lived, alive, _ = record.lifespan()
    first = np.stack([np.log1p(record.daily[name][:, 0]) for name in FIRST_DAY], axis=1)
    return {"lived": lived, "alive": alive, "first": first, "number": np.array(asked.worlds)}


def read(data: Data) -> Estimates:
    """Shares alive, the Weibull shape and how well the first day tells long lives from short ones."""
    lived, alive = data["lived"], data["alive"]
    told = (lived > LONG) | (lived < SHORT)
    return {
        "P1.day_7": float((lived > 7).mean()),
        "P1.day_30": float((lived > LONG).mean()),
        "P1.shape": weibull_shape(np.maximum(lived - 0.5, 0.5), alive),
        "P2.auc": held_out_auc(data["first"][told], lived[told] > LONG, data["number"][told] % 2 == 0),
    }


TRIAL = Trial(
    ("P1", "P2"),
    watch,
    read,
    {"P1": Carrier("disposition", "group_spread"), "P2": Carrier("disposition", "group_spread")},
)
