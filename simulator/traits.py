"""Who somebody is: fixed traits and opening state, drawn from the person's own numbers when they join."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, logit

from simulator.draws import key, sheet
from simulator.jit import kernel
from simulator.mechanism import normal
from simulator.members import Role
from simulator.philox import poisson

if TYPE_CHECKING:
    from simulator.world import World


@kernel
def _how_many(u, mean, out):
    for j in range(u.shape[0]):
        out[j] = poisson(u[j], mean)


def invitations(u: NDArray[np.float64], mean: float) -> NDArray[np.int16]:
    """Invitations somebody will send: the Poisson quantiles of ``u``, at most 30,000."""
    out = np.zeros(len(u), np.int64)
    _how_many(u, mean, out)
    return np.minimum(out, 30_000).astype(np.int16)


#: What is drawn for each person; the last two are not normal.
_DECISIONS = (
    "effect",
    "discipline",
    "alignment",
    "expertise",
    "interest",
    "belonging",
    "rate",
    "invitations",
)
#: Spread of personal expertise, interest and belonging around the role's or the group's mean (assumption).
_SPREAD = 0.12


def traits(
    world: "World", ids: NDArray[np.uint64], replicate: NDArray[np.int64], role: NDArray[np.int8]
) -> dict[str, Any]:
    """Columns of a list of people, each ``(n,)``; a person has the same ones in every arm, slot and chunk.

    Args:
        world: The world they enter.
        ids: Person ids, ``(n,)``.
        replicate: Row of each, ``(n,)``.
        role: Role of each, ``(n,)``.
    """
    community, numbers = world.community, world.replicates[replicate]
    u = sheet(ids, numbers, world.seed, [key("traits", decision) for decision in _DECISIONS])
    effect, discipline, alignment, *ordinary = normal(u[:-2])
    expertise, interest, belonging = (_SPREAD * deviate for deviate in ordinary)

    shape = world.trait("rate_shape")[replicate].astype(np.float64)
    spread = world.trait("person_spread")[replicate].astype(np.float64)
    firm = (
        5.0  # concentration of the Beta-like trait distributions below, by the logistic-normal (assumption)
    )
    return {
        "role": role,
        "first_role": role,
        "rate": gammaincinv(shape, u[-2]) / shape,
        "effect": spread * effect * (role != Role.OWNER),
        "discipline": 1 / (1 + np.exp(-(logit(0.4) + discipline * 2 / np.sqrt(firm)))),
        "alignment": 1 / (1 + np.exp(-(logit(community.alignment) + alignment * 2 / np.sqrt(firm)))),
        "expertise": _share(np.array(community.expertise)[role] + expertise),
        "interest": _share(community.interest + interest),
        "belonging": _share(community.belonging + belonging),
        "habit": community.habit,
        "speaking": np.array(community.visiting)[role]
        * (1 - np.exp(-np.array(community.messages)[role]))
        / 2,
        "invitations": invitations(u[-1], community.invitations),
    }


def _share(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.minimum(np.maximum(x, 0.0), 1.0)
