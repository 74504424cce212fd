"""Owner-like, KOL, novice, lurker: told from what people did, since no log says it."""

import numpy as np
from numpy.typing import NDArray

from experiments.observed.presence import Presence
from simulator.members import Role

#: Who wrote at most this many messages in the window, though there for two weeks of it, lurks.
FEW = 2
_SETTLED = 14
#: KOLs are at least and at most this share of the people, and always one.
KOL_SHARES = (0.01, 0.10)


def ownership(seen: Presence, a: int, b: int, last: int) -> NDArray[np.float64]:
    """How owner-like each person is, ``(P,)`` in 0..1: there from the start, steadily, and in the window too.

    The product of three shares: of all days from the first to day ``last``, those written on; of the window
    a..b, those written on; and of all days, those since the person's first message.
    """
    days = last + 1
    ever, _ = seen.within(0, last)
    lately, _ = seen.within(a, b)
    return ever / days * (lately / (b - a + 1)) * np.clip((days - seen.wrote) / days, 0.0, 1.0)


def tell(
    score: NDArray[np.float64],
    standing: NDArray[np.float64],
    messages: NDArray[np.int64],
    chances: NDArray[np.int64],
) -> NDArray[np.int8]:
    """Give each of n people a :class:`~simulator.members.Role`; exactly one is the owner.

    The owner has the highest ``score``. KOLs are those with the highest ``standing`` who together hold half
    of it, within :data:`KOL_SHARES`; lurkers and newcomers are taken only where nobody else is left. Lurkers
    wrote at most :data:`FEW` messages in a window of which they saw two weeks, or half where it is shorter.
    The rest are novices. Between equals who wrote more goes first, then who came first.

    Args:
        score: Owner-likeness, ``(n,)``.
        standing: Answers given and had, ``(n,)``.
        messages: Messages written in the window, ``(n,)``.
        chances: Days of the window since first seen, ``(n,)``.
    """
    n = len(score)
    role = np.full(n, Role.NOVICE, np.int8)
    settled = chances >= min(_SETTLED, chances.max() / 2)
    role[(messages <= FEW) & settled] = Role.LURKER
    by_order = np.arange(n)
    owner = np.lexsort((by_order, -messages, -score))[0]
    role[owner] = Role.OWNER
    if n > 1:
        line = np.lexsort((by_order, -messages, -standing, (role == Role.LURKER) | ~settled))
        line = line[line != owner]
        held = np.cumsum(standing[line])
        half = int(np.searchsorted(held, held[-1] / 2)) + 1
        least, most = (max(1, round(share * n)) for share in KOL_SHARES)
        role[line[: min(max(half, least), most)]] = Role.KOL
    return role
