"""Running the checks: all of them on one plug-in, or each as a test of its own."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Literal

from simulator.conformance import company, conduct, operation
from simulator.conformance.form import STRATEGY
from simulator.conformance.verdict import Bibliography, Check, Failed, Verdict
from simulator.errors import unknown
from simulator.mechanism import Mechanism
from simulator.strategy import Strategy

#: The modules that enter checks, imported for that.
_ENTERED = (conduct, company, operation)
Plugin = Strategy | Mechanism
Expected = Mapping[str, str]
OnFail = Literal["raise"] | None


def checks_for(plugin: Plugin) -> tuple[Check, ...]:
    """The checks for a strategy or a mechanism, in the order in which they are run."""
    return tuple((operation.MECHANISM if isinstance(plugin, Mechanism) else STRATEGY).checks)


def check_strategy(
    strategy: Strategy,
    expected: Expected | None = None,
    *,
    bibliography: Bibliography = None,
    on_fail: OnFail = "raise",
) -> list[Verdict]:
    """Run every check on a strategy.

    Args:
        strategy: The strategy, with the knobs it is to be checked with.
        expected: By name of a check, why it is right to fail it, beside what the strategy says itself in
            ``excused``. One that passes all the same is a failure.
        bibliography: Keys of the sources it may cite; None looks up nothing.
        on_fail: ``raise`` stops at the first check that fails; None goes on and reports all.

    Returns:
        A verdict for each check.

    Raises:
        UserError: ``expected`` names a check that does not exist.
        Failed: A check failed, and ``on_fail`` is ``raise``.
    """
    return examine(strategy, expected, bibliography=bibliography, on_fail=on_fail)


def check_mechanism(
    mechanism: Mechanism,
    expected: Expected | None = None,
    *,
    bibliography: Bibliography = None,
    on_fail: OnFail = "raise",
) -> list[Verdict]:
    """Run every check on a mechanism; as :func:`check_strategy`."""
    return examine(mechanism, expected, bibliography=bibliography, on_fail=on_fail)


def examine(
    plugin: Plugin,
    expected: Expected | None = None,
    *,
    bibliography: Bibliography = None,
    on_fail: OnFail = None,
) -> list[Verdict]:
    """Run every check on a plug-in of either kind; see :func:`check_strategy`."""
    checks, let_off = checks_for(plugin), _known({**_excused(plugin), **(expected or {})}, plugin)
    verdicts: dict[str, Verdict] = {}
    for check in checks:
        missing = next((n for n in check.needs if verdicts[n].status in ("failed", "skipped")), None)
        if missing is not None:
            verdicts[check.name] = Verdict(check.name, check.claim, "skipped", f"{missing} comes first")
            continue
        verdict = _judge(check, plugin, bibliography, let_off.get(check.name))
        verdicts[check.name] = verdict
        if verdict.status == "failed" and on_fail == "raise":
            raise Failed(f"{plugin.name}: {check.name}: {verdict.reason}")
    return list(verdicts.values())


def _judge(check: Check, plugin: Plugin, bibliography: Bibliography, why: str | None) -> Verdict:
    """One check's verdict; it passes quietly, fails, or fails as expected."""
    try:
        check(plugin, bibliography)
    except Exception as error:  # a plug-in may raise anything
        if why is not None:
            return Verdict(check.name, check.claim, "expected", why)
        told = str(error) if isinstance(error, Failed) else f"{type(error).__name__}: {error}"
        return Verdict(check.name, check.claim, "failed", " ".join(told.split()))
    if why is not None:
        return Verdict(check.name, check.claim, "failed", f"it was expected to fail ({why}), and passes")
    return Verdict(check.name, check.claim, "passed")


def _excused(plugin: Plugin) -> Expected:
    """What the plug-in itself says it is right to fail: its ``excused``."""
    excused: Expected = getattr(type(plugin), "excused", {})
    return excused


def _known(expected: Expected | None, plugin: Plugin) -> Expected:
    names = [check.name for check in checks_for(plugin)]
    for name in expected or {}:
        if name not in names:
            raise unknown("check", name, names)
    return expected or {}


def parametrize_with_checks(
    plugins: Sequence[Plugin],
    expected: Mapping[str, Expected] | Expected | None = None,
    *,
    bibliography: Bibliography = None,
) -> Any:
    """A pytest decorator that makes each check of each plug-in a test: ``def test_it(strategy, check)``.

    For mechanisms the first argument is called ``mechanism``. Needs pytest.

    Args:
        plugins: Strategies, or mechanisms, made.
        expected: By name of a check, why it is right to fail it; or by name of a plug-in, such a mapping.
            Strict: one that passes all the same is a failure.
        bibliography: Keys of the sources they may cite; None looks up nothing.

    Raises:
        UserError: ``expected`` names a check that does not exist.
    """
    import pytest

    cases = []
    for plugin in plugins:
        mine = {name: why for name, why in (expected or {}).items() if isinstance(why, str)}
        own = (expected or {}).get(plugin.name, {})
        let_off = _known({**_excused(plugin), **mine, **(own if isinstance(own, Mapping) else {})}, plugin)
        for check in checks_for(plugin):
            marks = (
                [pytest.mark.xfail(reason=let_off[check.name], strict=True)] if check.name in let_off else []
            )
            call = partial(check, bibliography=bibliography)
            cases.append(pytest.param(plugin, call, id=f"{plugin.name}-{check.name}", marks=marks))
    kinds = {"mechanism" if isinstance(plugin, Mechanism) else "strategy" for plugin in plugins}
    if len(kinds) > 1:
        raise TypeError("parametrize_with_checks takes strategies or mechanisms, not both at once")
    return pytest.mark.parametrize((*(kinds or {"strategy"}), "check"), cases)
