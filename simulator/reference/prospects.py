"""What something that may be won is worth to a person: Tversky and Kahneman (1992), outcome by outcome."""

from functools import lru_cache
from math import sqrt

_CURVE, _GAMMA = 0.88, 0.61
#: Amounts in yuan, each with its chance.
Prospects = tuple[tuple[float, float], ...]


def value(x: float, loss: float) -> float:
    """``v(x) = x^.88``, and ``-loss (-x)^.88`` below nought."""
    size: float = abs(x) ** _CURVE
    return size if x > 0 else -loss * size


@lru_cache(1024)
def weigh(p: float) -> float:
    """``w(p) = p^g / (p^g + (1-p)^g)^(1/g)`` with g = .61."""
    if not 0 < p < 1:
        return min(max(p, 0.0), 1.0)
    a, b = p**_GAMMA, (1 - p) ** _GAMMA
    return float(a / (a + b) ** (1 / _GAMMA))


@lru_cache(1024)
def pays(prospects: Prospects) -> bool:
    """Whether there is anything to be won."""
    return any(amount * chance > 0 for amount, chance in prospects)


def utility(prospects: Prospects, ref: float, money: float, loss: float) -> float:
    """``sum_j w(p_j) v((A_j - ref)/m0) + w(1 - sum p_j) v(-ref/m0)``: winning nothing is an outcome, too."""
    total, left = 0.0, 1.0
    for amount, chance in prospects:
        total += weigh(chance) * value((amount - ref) / money, loss)
        left -= chance
    return total + (weigh(left) * value(-ref / money, loss) if left > 1e-6 else 0.0)


@lru_cache(1024)
def uncertainty(prospects: Prospects) -> float:
    """``s = cv / (1 + cv)`` of what may be won."""
    mean = sum(amount * chance for amount, chance in prospects)
    variance = sum(amount * amount * chance for amount, chance in prospects) - mean * mean
    cv = sqrt(max(variance, 0.0)) / mean
    return cv / (1 + cv)
