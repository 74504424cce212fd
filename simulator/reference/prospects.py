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


class Prospects:
    """What one tactic says that coming may pay.

    Args:
        parts: Amounts in yuan, each with its chance.

    Attributes:
        pays: Whether anything can be won.
        spread: ``s = cv / (1 + cv)``, how uncertain it is.
    """

    def __init__(self, parts: tuple[tuple[float, float], ...]) -> None:
        left = 1 - sum(chance for _, chance in parts)
        self._outcomes = [(amount, weigh(chance)) for amount, chance in parts if chance > 0]
        if left > 1e-6:
            self._outcomes.append((0.0, weigh(left)))
        mean = sum(amount * chance for amount, chance in parts)
        variance = sum(amount * amount * chance for amount, chance in parts) - mean * mean
        self.pays = mean > 0
        cv = sqrt(max(variance, 0.0)) / mean if self.pays else 0.0
        self.spread = cv / (1 + cv)

    def utility(self, ref: float, money: float, loss: float) -> float:
        """``sum_j w(p_j) v((A_j - ref)/m0)``, where winning nothing is an outcome, too."""
        total = 0.0
        for amount, weight in self._outcomes:
            total += weight * value((amount - ref) / money, loss)
        return total
