"""Who somebody is: fixed traits and opening state, drawn from the person's own numbers when they join."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, logit

from simulator.draws import key, uniforms
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
    community = world.community
    numbers = world.replicates[replicate]

    def u(decision: str) -> NDArray[np.float64]:
        return uniforms(ids, numbers, world.seed, key("traits", decision))

    def around(mean: Any, decision: str) -> NDArray[np.float64]:
        out: NDArray[np.float64] = np.clip(mean + _SPREAD * normal(u(decision)), 0.0, 1.0)
        return out

    shape = world.trait("rate_shape")[replicate].astype(np.float64)
    spread = world.trait("person_spread")[replicate].astype(np.float64)
    firm = 5.0  # concentration of the Beta-like trait distributions below, by the logistic-normal (assumption)
    return {
        "role": role,
        "first_role": role,
        "rate": gammaincinv(shape, u("rate")) / shape,
        "effect": spread * normal(u("effect")) * (role != Role.OWNER),
        "discipline": 1 / (1 + np.exp(-(logit(0.4) + normal(u("discipline")) * 2 / np.sqrt(firm)))),
        "alignment": 1 / (1 + np.exp(-(logit(community.alignment) + normal(u("alignment")) * 2 / np.sqrt(firm)))),
        "expertise": around(np.array(community.expertise)[role], "expertise"),
        "interest": around(community.interest, "interest"),
        "belonging": around(community.belonging, "belonging"),
        "habit": community.habit,
        "speaking": np.array(community.visiting)[role] * (1 - np.exp(-np.array(community.messages)[role])) / 2,
        "invitations": invitations(u("invitations"), community.invitations),
    }

