"""Targets are fixed: every bound once more as the evidence has it, so that none is widened in passing."""

from math import inf, nan

import pytest

from experiments.bibliography import sources
from experiments.messages import LANGUAGES
from experiments.validation.targets import KINDS, Part, patterns

#: Bounds as published or set before any fit: lowest and highest value.
BOUNDS = {
    "P1.day_7": (0.50, 0.70),
    "P1.day_30": (0.20, 0.40),
    "P1.shape": (-inf, 1),
    "P2.auc": (0.75, inf),
    "P3.ratio": (-inf, 0.5),
    "P4.gini": (0.70, 0.95),
    "P4.top_tenth": (0.50, inf),
    "P4.lurkers": (0.45, 0.90),
    "P5.heavy": (0.95, inf),
    "P6.slope": (-0.6, -0.2),
    "P6.hazard_1_7": (1, inf),
    "P6.hazard_7_30": (1, inf),
    "P7.difference": (0.05, 0.20),
    "P8.slope": (0.10, 0.30),
    "P8.extensive": (0.5, inf),
    "P8.luckiest": (1, inf),
    "P9.ratio": (0.85, 1.15),
    "P10.ratio": (-inf, 0.7),
    "P11.per_member": (-inf, 1),
    "P11.posters": (-inf, 60),
    "P11.exits": (1, inf),
    "P12.fall": (0.20, 0.60),
    "P13.mismatches": (0, 0),
    "P13.threshold_3": (3.351 * 0.97, 3.351 * 1.03),
    "P13.threshold_4": (5.149 * 0.97, 5.149 * 1.03),
    "P13.threshold_5": (6.799 * 0.97, 6.799 * 1.03),
    "P13.core_3": (0.268 * 0.97, 0.268 * 1.03),
    "P13.core_4": (0.438 * 0.97, 0.438 * 1.03),
    "P13.core_5": (0.538 * 0.97, 0.538 * 1.03),
    "P14.bonding": (0, inf),
    "P14.bridging": (-inf, 0),
    "P14.decline": (0, inf),
    "P15.RK1_none": (0, inf),
    "P15.RK1_community": (0, inf),
    "P15.RK4_community": (0, inf),
    "P15.RK4_personalised": (0, inf),
    "P15.RK5": (0, inf),
    "P15.RK6": (0, inf),
    "P15.RK7_information": (0, inf),
    "P15.RK7_bond": (-inf, 0),
    "P16.variation": (1, inf),
    "P16.burst": (0.2, inf),
    "P16.evening": (-inf, inf),
    "P17.within_5_days": (0.70, 0.90),
    "P18.largest": (-inf, 0.6),
}
#: Where the bound itself passes.
CLOSED = {"P2.auc", "P4.top_tenth", "P5.heavy", "P11.posters", "P15.RK4_personalised"}
CALIBRATED = {"P1", "P4", "P6", "P8"}
HELD_OUT = {"P2", "P3", "P5", "P9", "P10", "P11", "P12", "P14", "P15", "P16", "P18"}
IMPLEMENTATION = {"P7", "P8", "P13", "P17"}
PARTS = {part.name: part for pattern in patterns().values() for part in pattern.parts.values()}


def test_the_patterns_are_the_eighteen():
    assert list(patterns()) == [f"P{n}" for n in range(1, 19)]


def test_every_bound_is_as_it_was_set():
    assert list(PARTS) == list(BOUNDS)
    for k, end in enumerate(("low", "high")):
        assert {n: getattr(part, end) for n, part in PARTS.items()} == pytest.approx(
            {n: ends[k] for n, ends in BOUNDS.items()}
        )


@pytest.mark.parametrize("name", [name for name, ends in BOUNDS.items() if inf in map(abs, ends)])
def test_one_sided_bounds_are_open_but_for_those_that_say_at_least_or_at_most(name):
    part = PARTS[name]
    assert part.open_low == (part.low > -inf and name not in CLOSED)
    assert part.open_high == (part.high < inf and name not in CLOSED)


def test_the_split_between_fitting_and_testing():
    def kind(name):
        return {key for key, pattern in patterns().items() if name in pattern.kind}

    assert kind("calibrated") == CALIBRATED
    assert kind("held_out") == HELD_OUT
    assert kind("implementation") == IMPLEMENTATION
    assert kind("not_representable") == {"P16"}
    assert not CALIBRATED & HELD_OUT


def test_what_happens_within_a_day_is_said_to_be_out_of_reach():
    unseen = {name for name, part in PARTS.items() if not part.representable}
    assert unseen == {"P11.posters", "P16.variation", "P16.burst", "P16.evening"}


def test_whole_intervals_count_only_where_the_rule_was_published_so():
    assert {name for name, part in PARTS.items() if part.whole} == {"P15.RK1_none", "P15.RK1_community"}


@pytest.mark.parametrize("pattern", patterns().values(), ids=lambda pattern: pattern.key)
def test_a_pattern_says_what_it_is_and_where_it_is_from(pattern):
    assert set(pattern.kind) <= set(KINDS)
    assert set(pattern.sources) <= set(sources())
    assert pattern.strength
    for said in (pattern.says, *(part.says for part in pattern.parts.values())):
        assert set(said) == set(LANGUAGES)


@pytest.mark.parametrize(
    ("part", "text", "inside", "outside"),
    [
        (Part("P", "a", {}, low=0.5, high=0.7), "0.5 – 0.7", (0.5, 0.6, 0.7), (0.49, 0.71, nan)),
        (Part("P", "a", {}, high=1, open_high=True), "< 1", (0.99, -5), (1, 2, nan)),
        (Part("P", "a", {}, high=60), "≤ 60", (60,), (61, inf)),
        (Part("P", "a", {}, low=0, open_low=True), "> 0", (1e-9,), (0, -1)),
        (Part("P", "a", {}, low=0.75), "≥ 0.75", (0.75,), (0.7,)),
        (Part("P", "a", {}, low=0, high=0), "= 0", (0,), (1,)),
        (Part("P", "a", {}), "–", (3,), (nan,)),
    ],
)
def test_bounds_and_their_signs(part, text, inside, outside):
    assert part.text == text
    assert [x for x in inside if not part.holds(x)] == []
    assert [x for x in outside if part.holds(x)] == []


def test_the_rule_of_the_whole_interval():
    strict, plain = (Part("P", "a", {}, low=0, open_low=True, whole=whole) for whole in (True, False))
    assert strict.holds(1, 0.5, 1.5)
    assert not strict.holds(1, -0.5, 2.5)
    assert plain.holds(1, -0.5, 2.5)
