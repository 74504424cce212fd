"""Main effects and interactions against a textbook's numbers and small designs done by hand."""

import numpy as np
import pytest
from scipy import stats

from experiments.statistics.interactions import Cell, interactions, weights
from experiments.statistics.intervals import simultaneous_level

# Box, Hunter & Hunter, Statistics for Experimenters, the pilot plant: temperature, concentration, catalyst in
# standard order. Printed there: T 23, C -5, K 1.5, TC 1.5, TK 10, CK 0, TCK 0.5.
PLANT = (60.0, 72.0, 54.0, 68.0, 52.0, 83.0, 45.0, 80.0)
PRINTED = {"T": 23.0, "C": -5.0, "K": 1.5, "TC": 1.5, "TK": 10.0, "CK": 0.0, "TCK": 0.5}


def cell(names: str) -> Cell:
    return frozenset(names)


def factorial(numbers: tuple[float, ...], noise: np.ndarray) -> dict[Cell, np.ndarray]:
    held = ("", "T", "C", "TC", "K", "TK", "CK", "TCK")
    return {cell(names): y + noise for names, y in zip(held, numbers, strict=True)}


def test_the_pilot_plant() -> None:
    found = interactions(factorial(PLANT, np.zeros(3)), "TCK")
    assert ["".join(c.tactics) for c in found] == list(PRINTED)
    for contrast in found:
        j = len(contrast.tactics)
        assert contrast.effect == pytest.approx(2 ** (j - 1) * PRINTED["".join(contrast.tactics)])
        assert contrast.ci_low == contrast.ci_high == pytest.approx(contrast.effect)


def test_what_a_world_adds_to_all_cells_costs_no_precision() -> None:
    worlds = np.random.default_rng(1).normal(0.0, 50.0, 30)
    for contrast in interactions(factorial(PLANT, worlds), "TCK"):
        assert contrast.ci_high - contrast.ci_low < 1e-6


def test_contrasts_of_a_factorial_are_orthogonal() -> None:
    held = list(factorial(PLANT, np.zeros(1)))
    rows = np.array([[weight[c] for c in held] for weight in weights(held).values()])
    assert (rows.sum(axis=1) == 0.0).all()
    gram = rows @ rows.T
    assert np.array_equal(gram, np.diag(np.diag(gram)))


def test_two_by_two_by_hand() -> None:
    """Neither 10, A 12, B 13, both 19: both do 4 more than the sum. As a factorial A is (2 + 6) / 2 = 4."""
    cells = {cell(names): np.array([y, y + 1.0]) for names, y in (("", 10), ("A", 12), ("B", 13), ("AB", 19))}
    effects = {c.tactics: c.effect for c in interactions(cells)}
    assert effects == pytest.approx({("A",): 4.0, ("B",): 5.0, ("A", "B"): 4.0})


def test_pairs_by_hand() -> None:
    """Three tactics alone and two of the pairs: what each does alone, and what a pair does beyond the sum."""
    numbers = (("", 10), ("A", 12), ("B", 13), ("C", 9), ("AB", 19), ("AC", 10))
    found = interactions({cell(names): np.full(4, float(y)) for names, y in numbers})
    effects = {"".join(c.tactics): c.effect for c in found}
    assert effects == pytest.approx({"A": 2.0, "B": 3.0, "C": -1.0, "AB": 4.0, "AC": -1.0})


def test_intervals_are_paired_ones_of_the_contrast() -> None:
    rng = np.random.default_rng(2)
    cells = {cell(names): rng.normal(5.0, 1.0, 40) for names in ("", "A", "B", "AB")}
    cells[cell("A")][3] = np.nan
    found = {"".join(c.tactics): c for c in interactions(cells)}
    both = cells[cell("AB")] - cells[cell("A")] - cells[cell("B")] + cells[cell("")]
    kept = both[np.isfinite(both)]
    interval = stats.ttest_1samp(kept, 0.0).confidence_interval()
    assert found["AB"].n_pairs == 39
    assert found["AB"].effect == pytest.approx(kept.mean())
    assert (found["AB"].ci_low, found["AB"].ci_high) == pytest.approx((interval.low, interval.high))
    one = (cells[cell("A")] - cells[cell("")] + cells[cell("AB")] - cells[cell("B")]) / 2.0
    other = (cells[cell("B")] - cells[cell("")] + cells[cell("AB")] - cells[cell("A")]) / 2.0
    level = simultaneous_level([one, other, both])
    reach = stats.t.isf((1.0 - level) / 2.0, 38) * kept.std(ddof=1) / np.sqrt(39)
    assert found["AB"].sim_high == pytest.approx(kept.mean() + reach)


def test_half_a_factorial_is_read_as_pairs() -> None:
    """Three of four cells: the interaction cannot be told, the main effects can."""
    assert list(weights([cell(""), cell("A"), cell("B")])) == [("A",), ("B",)]
    missing = [cell(names) for names in ("", "A", "B", "C", "AB", "AC", "BC")]
    assert list(weights(missing)) == [("A",), ("B",), ("C",), ("A", "B"), ("A", "C"), ("B", "C")]


@pytest.mark.parametrize("held", [["A", "B"], ["", "AB"], [""]])
def test_cells_that_tell_nothing_are_refused(held: list[str]) -> None:
    with pytest.raises(ValueError, match="cells: "):
        weights([cell(names) for names in held])
