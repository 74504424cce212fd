"""The kit that authors of plug-ins run: what holds for every sound strategy and every sound mechanism.

    from simulator.conformance import parametrize_with_checks

    @parametrize_with_checks([MyTactic(), MyTactic(size=3)])
    def test_conformance(strategy, check):
        check(strategy)

In the manner of scikit-learn's ``check_estimator``: each check is small, has a name and says in one line
what is wrong. A plug-in that is right in breaking one says so, in ``excused`` of its
class or in the test: ``expected={"books_balance": "points are not money"}``.
"""

from simulator.conformance.kit import (
    check_mechanism,
    check_strategy,
    checks_for,
    examine,
    parametrize_with_checks,
)
from simulator.conformance.verdict import Bibliography, Check, Failed, Verdict

__all__ = [
    "Bibliography",
    "Check",
    "Failed",
    "Verdict",
    "check_mechanism",
    "check_strategy",
    "checks_for",
    "examine",
    "parametrize_with_checks",
]
