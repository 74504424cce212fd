"""Where members stand: each read-out by hand, and shares that come to one."""

import numpy as np
import pytest

from simulator.members import Role
from simulator.metrics import BY_NAME, CUSTOMERS, LOYALTY, TIERS
from simulator.standing import customers, loyalty, standing, tier
from tests.worlds import FOUR, simulate, tactics

DAY = 40


def test_three_tiers():
    came = np.array([40, 30, 26, 25, -1])
    spoke = np.array([26, 25, -1, 25, -1])
    assert [TIERS[k] for k in tier(came, spoke, DAY)] == [
        "active",
        "watching",
        "watching",
        "silent",
        "silent",
    ]


def test_four_groups_of_customers():
    joined = np.array([0, 0, 27, 26, 0, 27])
    came = np.array([40, 40, 40, 30, 26, -1])
    messages = np.array([5, 0, 9, 0, 50, 0])
    known = ["active", "potential", "new", "potential", "dormant", "new"]
    assert [CUSTOMERS[k] for k in customers(joined, came, messages, DAY)] == known


def test_five_levels_of_loyalty():
    came = np.array([20, 40, 40, 40, 40, 40])
    spoke = np.array([20, -1, 39, 39, 39, 20])
    speaking = np.array([0.9, 0.0, 0.1, 0.5, 0.5, 0.5])
    brings = np.array([True, True, True, False, True, True])
    known = ["away", "looks_in", "talks", "regular", "brings_others", "looks_in"]
    assert [LOYALTY[k] for k in loyalty(came, spoke, speaking, brings, DAY)] == known


def test_shares_of_each_replicate_by_hand():
    table = {
        "row": np.array([0, 0, 0, 2, 2]),
        "left": np.array([-1, -1, 12, -1, -1]),
        "joined": np.array([0, 30, 0, 0, 0]),
        "last_came": np.array([40, 40, 11, 5, 40]),
        "last_spoke": np.array([40, -1, 11, 5, -1]),
        "messages": np.array([3, 0, 9, 9, 0]),
        "speaking": np.array([0.5, 0.0, 0.9, 0.0, 0.0]),
        "invited": np.zeros(5),
        "role": np.array([Role.KOL, Role.LURKER, Role.KOL, Role.NOVICE, Role.LURKER]),
    }
    shares = standing(table, 3, DAY)
    np.testing.assert_array_equal(shares["tier_active"], [0.5, np.nan, 0.0])
    np.testing.assert_array_equal(shares["tier_silent"], [0.0, np.nan, 0.5])
    np.testing.assert_array_equal(shares["customers_new"], [0.5, np.nan, 0.0])
    np.testing.assert_array_equal(shares["customers_potential"], [0.0, np.nan, 0.5])
    np.testing.assert_array_equal(shares["loyalty_brings_others"], [0.5, np.nan, 0.0])
    np.testing.assert_array_equal(shares["loyalty_away"], [0.0, np.nan, 0.5])


@pytest.mark.parametrize(("kind", "names"), [("tier", TIERS), ("customers", CUSTOMERS), ("loyalty", LOYALTY)])
def test_everybody_stands_somewhere_and_each_read_out_is_a_metric(kind, names):
    found = simulate(tactics(*FOUR), days=20).summary()
    shares = np.stack([found[f"{kind}_{name}"] for name in names])
    np.testing.assert_allclose(shares.sum(axis=0), 1)
    assert all(f"{kind}_{name}" in BY_NAME for name in names)
