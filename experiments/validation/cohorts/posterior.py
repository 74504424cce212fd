"""What some cohorts say of settings and people, and what that predicts for another one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from experiments.validation.cohorts.people import GROUPS, LEVELS, PEOPLES, Settings

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Posterior:
    """Weights of settings, people, spread between groups and mean level.

    Attributes:
        bank: The settings that are weighed.
        weight: ``(settings, peoples, group spreads, mean levels)``, sum 1.
    """

    bank: tuple[Settings, ...]
    weight: Floats

    @classmethod
    def of(
        cls, bank: Sequence[Settings], evidence: Sequence[Floats], times: Sequence[int] | None = None
    ) -> "Posterior":
        """Weigh by the likelihood of whole cohorts; before it all weigh alike.

        Args:
            bank: Settings.
            evidence: Log likelihood of each cohort, ``(settings, peoples, levels)``.
            times: How often each cohort counts; None: once.
        """
        log: Floats = np.zeros((len(bank), len(PEOPLES), len(GROUPS), len(LEVELS)))
        for one, n in zip(evidence, times or [1] * len(evidence), strict=True):
            top = one.max(axis=-1, keepdims=True)
            mean = np.einsum("khl,gml->khgm", np.exp(one - top), _groups())
            log += n * (np.log(mean) + top[..., None])
        return cls(tuple(bank), np.exp(log - logsumexp(log)))

    @property
    def of_settings(self) -> Floats:
        """Weight of each setting, ``(settings,)``."""
        return np.asarray(self.weight.sum(axis=(1, 2, 3)))

    def of_new_group(self) -> Floats:
        """Weight of settings, people and level of a group not seen, ``(settings, peoples, levels)``."""
        return np.asarray(np.einsum("khgm,gml->khl", self.weight, _groups()))


def _groups() -> Floats:
    """Chance of a group's level by spread between groups and mean level, ``(spreads, means, levels)``."""
    z = np.exp(-0.5 * ((LEVELS - LEVELS[:, None]) / GROUPS[:, None, None]) ** 2)
    return np.asarray(z / z.sum(axis=-1, keepdims=True))


def worth(prior: Floats, share: float = 0.995, most: int = 40) -> Floats:
    """A prior with the least likely pairs of settings and people struck out, and the rest rescaled.

    Args:
        prior: ``(settings, peoples, levels)``.
        share: What must stay.
        most: Pairs that may stay at most.
    """
    pair = prior.sum(axis=-1)
    order = np.argsort(-pair, axis=None)
    keep = order[: min(int(np.searchsorted(np.cumsum(pair.ravel()[order]), share)) + 1, most)]
    kept = np.zeros(pair.size)
    kept[keep] = 1.0
    out = prior * kept.reshape(pair.shape)[..., None]
    return np.asarray(out / out.sum())
