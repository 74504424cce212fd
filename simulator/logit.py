"""What speaks for and against coming: terms of a logit, added member by member."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from simulator.jit import inlined, kernel

#: What has faded below this is nought. Nothing would ever come of it, and numbers near the least that a
#: float32 can hold cost a hundred times as much to reckon with as others do.
_FAINT = np.float32(1e-20)


@inlined
def faded(x):
    """``x``, or nought where nothing to speak of is left of it."""
    return x if abs(x) > _FAINT else np.float32(0)


@cache
def logits(chances: tuple[float, ...]) -> NDArray[np.float32]:
    """The logit of each of a few chances, such as those of visiting by role; read-only."""
    out = np.array([logit(chance) for chance in chances], np.float32)
    out.flags.writeable = False
    return out


@kernel
def add_term(pull, weight, x, opening):
    """``pull += weight (x - opening)``: a state that counts against what it was at the opening.

    Args:
        pull: Attendance logit, ``(R, N)``.
        weight: Of each replicate, ``(R,)``.
        x: The state, ``(R, N)``.
        opening: Its ordinary value, float32.
    """
    for r in range(pull.shape[0]):
        row, state, w = pull[r], x[r], weight[r]
        for i in range(row.shape[0]):
            row[i] += w * (state[i] - opening)


@kernel
def nudge(pull, force, fresh, whom):
    """Add ``force``, (R, 1) or (R, N), times freshness to the logit of ``whom``."""
    for r in range(pull.shape[0]):
        row, new, addressed = pull[r], fresh[r], whom[r]
        if force.shape[1] == 1:
            f = force[r, 0]
            for i in range(row.shape[0]):
                row[i] += f * new[i] if addressed[i] else np.float32(0)
        else:
            own = force[r]
            for i in range(row.shape[0]):
                row[i] += own[i] * new[i] if addressed[i] else np.float32(0)
