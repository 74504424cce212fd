"""KN on normal arms: its constants by hand, the promise it makes, and what matching saves."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.statistics.selection import Selection, eta


def test_constants_by_hand() -> None:
    """k = 2, alpha = 0.05, n0 = 10: eta = (0.1^(-2/9) - 1) / 2 = (1.66810 - 1) / 2, h^2 = 18 eta."""
    assert eta(2, 10, 0.95) == pytest.approx(0.33405, abs=1e-5)
    assert Selection(2, 1.0, 0.95, 10)._h2 == pytest.approx(6.01290, abs=1e-4)
    # k = 5, alpha = 0.05, n0 = 20: (0.025^(-2/19) - 1) / 2 = (1.47449 - 1) / 2
    assert eta(5, 20, 0.95) == pytest.approx((0.025 ** (-2.0 / 19.0) - 1.0) / 2.0)


def test_eta_solves_the_equation_of_the_paper() -> None:
    """g(eta) = (1/2) (1 + 2 eta)^(-(n0 - 1)/2) = alpha / (k - 1), which is eq. (4) there for c = 1."""
    for arms, first, level in ((2, 10, 0.95), (7, 25, 0.9), (20, 40, 0.99)):
        found = 0.5 * (1.0 + 2.0 * eta(arms, first, level)) ** (-(first - 1) / 2.0)
        assert found == pytest.approx((1.0 - level) / (arms - 1))


def test_two_arms_by_hand() -> None:
    """Differences 3, 5, 4: mean 4, S^2 = 1. n0 = 3, alpha = 0.2: eta = (0.4^-1 - 1)/2 = 0.75, h^2 = 3."""
    arms = np.array([[3.0, 5.0, 4.0], [0.0, 0.0, 0.0]])
    chosen = Selection(2, 1.0, 0.8, 3).add(arms)
    assert chosen._h2 == pytest.approx(3.0)
    assert (chosen.left, chosen.dropped, chosen.drawn) == ((0,), {1: 3}, 3)
    # W(3) = (1/6)(3 - 3) = 0, so any lead ends it there; with delta = 0.5 W(3) = (0.5/6)(12 - 3) = 0.75.
    close = np.array([[-0.5, 1.5, 0.5, 0.5], [0.0, 0.0, 0.0, 0.0]])  # mean 0.5, S^2 = 1
    waiting = Selection(2, 0.5, 0.8, 3).add(close[:, :3])
    assert waiting.left == (0, 1)
    assert waiting.most == 13
    waiting.add(np.array([[2.5], [0.0]]))  # mean 1.0 > W(4) = (0.5/8)(12 - 4) = 0.5
    assert (waiting.left, waiting.drawn) == ((0,), 4)


def play(correlation: float, runs: int, lead: float = 1.0) -> tuple[float, float]:
    """Share of correct choices and mean replicates an arm in the slippage configuration: one arm ahead."""
    rng, arms = np.random.default_rng(5), 5
    right, used = 0, 0
    for _ in range(runs):
        best = int(rng.integers(arms))
        means = np.where(np.arange(arms) == best, lead, 0.0)[:, None]
        chosen = Selection(arms, 1.0, 0.95, 15)
        while not chosen.done:
            shared = np.sqrt(correlation) * rng.standard_normal((1, 40))
            own = np.sqrt(1.0 - correlation) * rng.standard_normal((arms, 40))
            chosen.add(means + 1.6 * (shared + own))
        right += chosen.left == (best,)
        used += sum(chosen.dropped.values()) + chosen.drawn
    return right / runs, used / runs / arms


def test_the_best_is_chosen_as_often_as_promised_and_matching_ends_it_sooner() -> None:
    alone, long = play(0.0, 250)
    matched, short = play(0.7, 250)
    assert alone > 0.95 - 0.03
    assert matched > 0.95 - 0.03
    assert short < 0.8 * long


def test_a_clear_lead_needs_no_more_than_the_first_replicates() -> None:
    share, used = play(0.5, 20, lead=8.0)
    assert share == 1.0
    assert used == 15.0


def arms_of(seed: int, n: int = 300) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.standard_normal((1, n)) + rng.standard_normal((4, n)) + np.array([[0.0], [0.3], [0.6], [0.1]])


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 60))
def test_how_replicates_are_handed_over_does_not_matter(seed: int, size: int) -> None:
    values = arms_of(seed)
    whole, parts = Selection(4, 0.3, 0.9, 20).add(values), Selection(4, 0.3, 0.9, 20)
    for at in range(0, values.shape[1], size):
        part = values[:, at : at + size].copy()
        part[list(parts.dropped)] = np.nan  # nobody runs an arm that is out
        parts.add(part)
    assert (parts.left, parts.dropped, parts.drawn) == (whole.left, whole.dropped, whole.drawn)
    assert np.array_equal(parts.means, whole.means)


def test_failed_replicates_are_passed_over_for_all() -> None:
    values = arms_of(1)
    holed = np.insert(values, [0, 7, 90], np.nan, axis=1)
    clean, other = (Selection(4, 0.3, 0.9, 20).add(x) for x in (values, holed))
    assert (clean.left, clean.dropped, clean.drawn) == (other.left, other.dropped, other.drawn)


def test_equal_arms_end_too() -> None:
    same = np.tile(np.random.default_rng(2).standard_normal(40), (3, 1))
    chosen = Selection(3, 0.5, 0.95, 20).add(same)
    assert chosen.done
    assert chosen.drawn == 20
    assert chosen.left == (0,)


def test_one_arm_is_the_best_there_is() -> None:
    assert Selection(1, 0.5).done


@pytest.mark.parametrize(
    "given", [(0, 1.0, 0.95, 20), (3, 0.0, 0.95, 20), (3, 1.0, 0.3, 20), (3, 1.0, 0.9, 1)]
)
def test_what_makes_no_sense_is_refused(given: tuple[int, float, float, int]) -> None:
    with pytest.raises(ValueError, match=r"too small|must lie"):
        Selection(*given)
