"""What something that may be won is worth to a person: Tversky and Kahneman (1992), outcome by outcome."""

from math import sqrt

_CURVE, _GAMMA = 0.88, 0.61


def value(x: float, loss: float) -> float:
    """``v(x) = x^.88``, and ``-loss (-x)^.88`` below nought."""
    size: float = abs(x) ** _CURVE
    return size if x > 0 else -loss * size


def weigh(p: float) -> float:
    """``w(p) = p^g / (p^g + (1-p)^g)^(1/g)`` with g = .61."""
    if not 0 < p < 1:
        return min(max(p, 0.0), 1.0)
    a, b = p**_GAMMA, (1 - p) ** _GAMMA
    return float(a / (a + b) ** (1 / _GAMMA))


def utility(prospects: list[tuple[float, float]], ref: float, loss: float) -> float:
    """``sum_j w(p_j) v(A_j - ref) + w(1 - sum p_j) v(-ref)``; amounts in units of the money that matters."""
    left = 1 - sum(chance for _, chance in prospects)
    total = sum(weigh(chance) * value(amount - ref, loss) for amount, chance in prospects)
    return total + (weigh(left) * value(-ref, loss) if left > 1e-6 else 0.0)


def uncertainty(prospects: list[tuple[float, float]]) -> float:
    """``s = cv / (1 + cv)`` of what may be won."""
    mean = sum(amount * chance for amount, chance in prospects)
    variance = sum(amount * amount * chance for amount, chance in prospects) - mean * mean
    cv = sqrt(max(variance, 0.0)) / mean
    return cv / (1 + cv)
