"""Paid entry: what joining asks, and what those who join bring in and take."""

import numpy as np
import pytest

from simulator.errors import UserError
from simulator.members import NEVER
from simulator.stimuli import Award, Entry
from strategies.paid_entry import PaidEntry
from tests.strategies.stage import Stage
from tests.worlds import simulate

NOBODY = np.zeros((2, 4), bool)


def joined(days, roles=None, day=5):
    made = Stage((2, 4), day=day, roles=roles)
    made.members.joined[:] = days
    return made


def test_what_joining_asks():
    assert PaidEntry(fee=99, screening=5, ceremony=20).entry() == Entry(fee=99, screening=5, ceremony=20)
    assert PaidEntry().placebo().entry() == Entry()


def test_todays_newcomers_pay_and_are_looked_at_one_by_one_and_taken_in_together():
    """Two join the first group, nobody the second: 2 x 6 minutes at a half, and one ceremony of 30."""
    made = joined([[5, 5, 4, 0], [4, 3, NEVER, 0]])
    award = made.award(PaidEntry(fee=50, screening=6, ceremony=30, review=0.5), NOBODY)
    assert award.income.tolist() == [100.0, 0.0]
    assert award.hours.tolist() == pytest.approx([36 / 60, 0.0])
    assert award.cost is None


def test_founders_of_a_new_group_pay_and_owners_do_not():
    """Those whose past is known joined before day 0 and owe nothing."""
    made = joined([[0, 0, 0, -9], [0, 0, 0, 0]], roles=[[0, 1, 2, 3], [0, 0, 3, 3]], day=0)
    assert made.award(PaidEntry(fee=10), NOBODY).income.tolist() == [20.0, 20.0]


def test_an_empty_seat_pays_nothing():
    made = joined(5)
    made.members.present[1] = False
    assert made.award(PaidEntry(fee=10), NOBODY).income.tolist() == [40.0, 0.0]


def test_whoever_joins_is_meant_whatever_audience_is_asked_for():
    assert joined(5).award(PaidEntry(fee=10), NOBODY, whom=NOBODY).income.tolist() == [40.0, 40.0]


@pytest.mark.parametrize(
    ("knobs", "income", "hours"),
    [
        ({"fee": 0}, None, [[5 * 0.5 * 4 / 60 + 10 / 60] * 2]),
        ({"screening": 0, "ceremony": 0}, [196.0, 196.0], None),
        ({"fee": 0, "review": 0, "ceremony": 0}, None, None),
    ],
)
def test_what_is_not_asked_is_not_booked(knobs, income, hours):
    award = joined(5).award(PaidEntry(**knobs), NOBODY)
    assert (award.income if income is None else award.income.tolist()) == income
    assert award.hours is None if hours is None else award.hours == pytest.approx(hours[0])


def test_nothing_is_booked_on_a_day_on_which_nobody_joins():
    assert joined(3).award(PaidEntry(), NOBODY) == Award()
    assert joined(5).award(PaidEntry().placebo(), NOBODY) == Award()


def test_income_is_the_fee_of_all_who_ever_joined():
    record = simulate([("paid_entry", PaidEntry(fee=30))], days=20, follow_up=0)
    people = record.members
    paid = (people["joined"] >= 0) & (people["first_role"] != 0)
    for r in range(3):
        heads = (paid & (people["row"] == r)).sum()
        assert record.ledger["paid_entry"]["income"][r].sum() == 30.0 * heads
    assert record.ledger["paid_entry"]["hours"].any()
    assert not record.ledger["paid_entry"]["cost"].any()


def test_a_mistake_gets_one_line():
    with pytest.raises(UserError) as error:
        PaidEntry.make(fees=10)
    assert str(error.value).startswith("There is no knob of paid_entry: 'fees'. Did you mean 'fee'?")
