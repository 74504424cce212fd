"""P18: growth, retention, survival and activity of groups over 12 weeks, and how far they go together."""

import numpy as np

from experiments.validation.statistics import largest_spearman
from experiments.validation.trial import Carrier, Conditions, Data, Estimates, Trial, community

#: Measures of success, as the metric table has them.
MEASURES = ("new_rate", "retention_30", "lifespan", "messages")


def watch(asked: Conditions) -> Data:
    """The four measures of each group."""
    found = asked.start(community("any_group")).run().summary()
    return {"measures": np.stack([found[name] for name in MEASURES], axis=1)}


def read(data: Data) -> Estimates:
    """The largest of the six rank correlations."""
    return {"P18.largest": largest_spearman(data["measures"])}


TRIAL = Trial(("P18",), watch, read, {"P18": Carrier("disposition", "group_spread")})
