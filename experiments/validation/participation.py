"""P4 and P5: who writes how much in the first 12 weeks, over all who were ever members."""

import numpy as np

from experiments.validation.statistics import heavier_than_poisson, top_share
from experiments.validation.trial import Carrier, Conditions, Data, Estimates, Trial, community
from simulator.record import gini

WEEKS = 12
#: The most even that posting may be within a role: nought is no value of the shape of a distribution.
_EVEN = Carrier("disposition", "rate_shape", 1.5)


def _messages(asked: Conditions) -> list[np.ndarray]:
    """Messages of everybody who was ever a member, by group."""
    members = asked.start(community("any_group", days=7 * WEEKS, follow_up=0)).run().members
    return [members["messages"][members["row"] == row] for row in range(len(asked.worlds))]


def watch_shares(asked: Conditions) -> Data:
    """Shares in each group; NaN where nobody ever wrote."""
    groups = _messages(asked)
    return {
        "gini": np.array([gini(messages) for messages in groups]),
        "top": np.array([top_share(messages) for messages in groups]),
        "lurkers": np.array([(messages == 0).mean() if messages.any() else np.nan for messages in groups]),
    }


def read_shares(data: Data) -> Estimates:
    """Means over the groups in which anybody wrote."""
    wrote = np.isfinite(data["gini"])
    if not wrote.any():
        return dict.fromkeys(("P4.gini", "P4.top_tenth", "P4.lurkers"), float("nan"))
    gini_, top, lurkers = (float(data[name][wrote].mean()) for name in ("gini", "top", "lurkers"))
    return {"P4.gini": gini_, "P4.top_tenth": top, "P4.lurkers": lurkers}


def watch_counts(asked: Conditions) -> Data:
    """Whether the counts of each group are heavier than Poisson's; NaN where nobody ever wrote."""
    groups = _messages(asked)
    return {"heavy": np.array([float(heavier_than_poisson(one)) if one.any() else np.nan for one in groups])}


def read_counts(data: Data) -> Estimates:
    """Share of the groups in which anybody wrote."""
    wrote = np.isfinite(data["heavy"])
    return {"P5.heavy": float(data["heavy"][wrote].mean()) if wrote.any() else float("nan")}


SHARES = Trial(("P4",), watch_shares, read_shares, {"P4": _EVEN})
COUNTS = Trial(("P5",), watch_counts, read_counts, {"P5": _EVEN}, draws=(40, 20))
