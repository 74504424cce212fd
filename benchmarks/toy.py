"""The toy rule that peers are measured by: far less than our day, and short enough to write in any framework.

s    = active neighbours yesterday / (3 + neighbours)
come ~ Bernoulli(1 / (1 + exp(-(base_role + 2 m + 1.5 h + 2 s - f))))
messages of who came: mean talk_role x m
m <- m + 0.05 s - 0.01 (0.002 where one came), within 0..1;   h <- h + 0.02 (came - h)
f <- f + 0.1 (messages yesterday / 200 - f);                  m < 0.1: gone for good with chance 0.05
"""

from functools import cache

import networkx as nx
import numpy as np

#: By role: one owner, 3% KOLs, 27% novices, and lurkers.
BASE = (2.0, 0.5, -0.8, -3.0)
TALK = (8.0, 6.0, 3.0, 0.3)
NEIGHBOURS = 12
START = 0.6


def roles(members):
    """Role of each member, ``(members,)``."""
    kols, novices = round(0.03 * members), round(0.268 * members)
    return np.repeat(np.arange(4, dtype=np.int8), (1, kols, novices, members - 1 - kols - novices))


@cache
def graph(members, seed=0):
    """Who knows whom: preferential attachment."""
    return nx.barabasi_albert_graph(members, NEIGHBOURS // 2, seed=seed)
