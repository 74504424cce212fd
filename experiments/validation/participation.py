"""P4 and P5: who writes how much in the first 12 weeks, over all who were ever members."""

import numpy as np

from experiments.validation.statistics import heavier_than_poisson, top_share
from experiments.validation.trial import Carrier, Conditions, Data, Estimates, Trial, community
from simulator.record import gini

WEEKS = 12
#: The most even that posting may be within a role: nought is no value of the shape of a distribution.
_EVEN = Carrier("disposition", "rate_shape", 1.5)


def watch(asked: Conditions) -> Data:
    """Figures of each group; NaN where nobody ever wrote."""
    record = asked.start(community("any_group", days=7 * WEEKS, follow_up=0)).run()
    rows = [record.members["messages"][record.members["row"] == r] for r in range(len(asked.worlds))]
    return {
        "gini": np.array([gini(messages) for messages in rows]),
        "top": np.array([top_share(messages) for messages in rows]),
        "lurkers": np.array([(messages == 0).mean() if messages.any() else np.nan for messages in rows]),
        "heavy": np.array(
            [heavier_than_poisson(messages) if messages.any() else np.nan for messages in rows]
        ),
    }


def read(data: Data) -> Estimates:
    """Means over the groups in which anybody wrote."""
    wrote = np.isfinite(data["gini"])
    mean = {
        name: float(column[wrote].mean()) if wrote.any() else float("nan") for name, column in data.items()
    }
    return {
        "P4.gini": mean["gini"],
        "P4.top_tenth": mean["top"],
        "P4.lurkers": mean["lurkers"],
        "P5.heavy": mean["heavy"],
    }


TRIAL = Trial(("P4", "P5"), watch, read, {"P4": _EVEN, "P5": _EVEN}, draws=(40, 25))
