"""Weights that were fitted once and are kept in the repository, with what they were fitted to."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import yaml  # type: ignore[import-untyped]
from numpy.typing import NDArray

#: Written by ``python -m experiments.calibration.rooms``.
PATH = Path(__file__).parents[3] / "configs" / "validation" / "rooms_fitted.yaml"


@dataclass(frozen=True, eq=False)
class Committed:
    """What the file says.

    Attributes:
        weights: By model, the weight of each vector of the design, ``(K,)``.
        content: SHA-256 of the log file it was fitted to.
    """

    weights: dict[str, NDArray[np.float64]]
    content: str


@lru_cache
def committed() -> Committed:
    """Read the file."""
    tree = yaml.safe_load(PATH.read_text("utf-8"))
    weights = {model: np.array(column, np.float64) for model, column in tree["weights"].items()}
    return Committed({model: w / w.sum() for model, w in weights.items()}, tree["content"])
