"""The conformance kit on every strategy and every mechanism there is."""

from experiments.bibliography import sources
from simulator.conformance import parametrize_with_checks
from simulator.registry import mechanisms, strategies

#: A second dose of those whose words choose between ways of doing it, so that each way is seen.
WAYS = {
    "offline_meetup": {"invited": "kols"},
    "red_packet": {"split": "equal"},
    "referral": {"kind": "lottery"},
    "shared_goal": {"by": "check_in"},
    "small_circles": {"by": "role"},
}
ALL = [*(kind() for kind in strategies().values()), *(strategies()[n].make(**w) for n, w in WAYS.items())]


@parametrize_with_checks(ALL, bibliography=sources())
def test_every_strategy_conforms(strategy, check):
    check(strategy)


@parametrize_with_checks([kind() for kind in mechanisms().values()], bibliography=sources())
def test_every_mechanism_conforms(mechanism, check):
    check(mechanism)
