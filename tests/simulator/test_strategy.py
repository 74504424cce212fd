"""The class a tactic extends: knobs and words, the days it acts, what it sees and what it may not touch."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

from simulator.day import exact_sum
from simulator.errors import UserError
from simulator.knobs import knobs
from simulator.registry import strategies
from simulator.schedule import SCHEDULE_WORDS, WEEKDAYS, When, Who
from simulator.simulation import Simulation
from simulator.stimuli import Award, Offer
from simulator.strategy import Strategy, blank_memory, knob
from tests.worlds import FOUR, SMALL, differences, scenario, simulate


@dataclass(frozen=True, kw_only=True)
class Diary(Strategy):
    """Notes down what it sees, and books a yuan for everybody it addresses."""

    name: ClassVar[str] = "diary"
    title: ClassVar[dict[str, str]] = {"en": "Diary", "zh": "日记"}
    uses: ClassVar[frozenset[str]] = frozenset({"prompt", "hours"})
    evidence: ClassVar[tuple[str, ...]] = ()
    remembers: ClassVar[dict[str, type]] = {"met": np.int16}
    pages: ClassVar[list[dict]] = []

    notice: float = knob(1.0, low=0, high=5, off=0.0, unit="notices", doc="notice")
    times: int = knob(3, low=1, high=9, doc="without an off-value")
    note: object = None

    def offer(self, day, whom, memory):
        return Offer(prompt=self.notice or None)

    def award(self, day, whom, came, memory):
        if self.note is not None:
            self.pages.append(self.note(day, whom, came, memory))
        memory["met"] += whom
        return Award(cost=day.count(whom).astype(float), hours=0.25)


def notes(note, *, days=5, follow_up=2, label="diary", strategy=None, **more):
    """What a diary wrote down on each day it acted."""
    Diary.pages.clear()
    simulate([(label, replace(strategy or Diary(), note=note))], days=days, follow_up=follow_up, **more)
    return list(Diary.pages)


# As users type it -------------------------------------------------------------------------------------------


def test_words_become_knobs_and_schedules():
    made = Diary.make(
        notice="2", times="4", every="3", weekdays="Mon+fri", days="[1]".strip("[]"), roles="kol"
    )
    assert (made.notice, made.times) == (2.0, 4)
    assert made.when == When(every=3, weekdays=("mon", "fri"), days=(1,))
    assert made.who == Who(roles=("kol",))


@pytest.mark.parametrize("never", ["none", "never", "", None])
def test_an_end_can_be_taken_away(never):
    assert Diary.make(stop=never, tenure_max=never) == Diary()


def test_what_is_not_given_keeps_the_tactics_own_default():
    @dataclass(frozen=True, kw_only=True)
    class Monthly(Diary):
        when: When = When(every=30, start=10)

    assert Monthly.make(stop=50).when == When(every=30, start=10, stop=50)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"notise": 1}, "There is no knob of diary: 'notise'. Did you mean 'notice'? Known: days, every, "),
        ({"notice": 9}, "diary.notice is 9; it must lie from 0 to 5 notices."),
        ({"notice": "loud"}, "diary.notice is 'loud'; it must be a number."),
        ({"notice": "nan"}, "diary.notice is nan; it must be a number from 0 to 5."),
        ({"times": 2.5}, "diary.times is 2.5; it must be a whole number."),
        ({"every": 0}, "every is 0; it must be a whole number of days from 1."),
        ({"every": "often"}, "diary.every is 'often'; it must be a number."),
        ({"every": "none"}, "diary.every is 'none'; it must be a number."),
        ({"start": None}, "diary.start is None; it must be a number."),
        ({"tenure_min": ""}, "diary.tenure_min is ''; it must be a number."),
        ({"weekdays": "sunday"}, "There is no weekday 'sunday'. Did you mean 'sun'?"),
        ({"roles": "kols"}, "There is no role 'kols'. Did you mean 'kol'?"),
        ({"tiers": "actve"}, "There is no tier 'actve'. Did you mean 'active'?"),
        ({"days": "1+x"}, "diary.days is 'x'; it must be a number."),
        ({"days": 1.5}, "diary.days is 1.5; it must be a whole number."),
        ({"start": 9, "stop": 3}, "stop is 3; it must not come before start, which is 9."),
        ({"when": 3}, "There is no knob of diary: 'when'."),
    ],
)
def test_a_mistake_gets_one_line(words, message):
    with pytest.raises(UserError) as error:
        Diary.make(**words)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


def test_building_one_directly_is_checked_too():
    with pytest.raises(UserError, match=r"^diary\.notice is 5\.5; it must lie from 0 to 5 notices\.$"):
        Diary(notice=5.5)


def test_a_strategy_must_say_what_it_gives():
    with pytest.raises(TypeError, match="abstract"):
        Strategy()


def test_the_placebo_is_the_same_tactic_with_every_dose_at_nought():
    made = Diary.make(notice=2, times=4, every=3)
    assert made.placebo() == replace(made, notice=0.0)
    assert made.placebo().placebo() == made.placebo()


def test_plain_values_tell_tactics_apart():
    plain = Diary.make(every=3, roles="kol").plain()
    assert {"name", *knobs(Diary), *SCHEDULE_WORDS} == set(plain)
    assert (plain["name"], plain["every"], plain["roles"], plain["stop"]) == ("diary", 3, ["kol"], None)
    assert Diary.make(every=3).plain() != plain


def test_a_memory_is_declared_by_type():
    assert blank_memory(Diary) == {"met": np.dtype(np.int16)}


# Our own four -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FOUR)
def test_each_strategy_says_what_it_is(name):
    kind = strategies()[name]
    assert kind.name == name
    assert set(kind.title) == {"en", "zh"}
    assert kind.evidence
    assert all(spec.doc for _, spec in knobs(kind).values())
    assert any(spec.off is not None for _, spec in knobs(kind).values())
    made = kind()
    for knob_name, (field, spec) in knobs(kind).items():
        if not spec.choices:
            assert spec.low <= field.default <= spec.high
            assert type(number := field.default) in (int, float), number
            for edge in (spec.low, spec.high):
                kind.make(**{knob_name: edge})
            for beyond in (spec.low - 1, spec.high + 1):
                with pytest.raises(UserError, match=f"^{name}.{knob_name} is "):
                    kind.make(**{knob_name: beyond})
        if spec.off is not None:
            assert getattr(made.placebo(), knob_name) == spec.off


# In the day -------------------------------------------------------------------------------------------------


def test_it_acts_on_its_days_and_within_the_campaign_only():
    seen = notes(lambda day, *_: day.index, strategy=Diary.make(every=2, start=1), days=6, follow_up=4)
    assert seen == [1, 3, 5]


def test_a_day_is_one_day():
    seen = notes(lambda day, *_: (day.index, day.weekday, day.shape), days=9)
    assert [index for index, _, _ in seen] == list(range(9))
    assert [weekday for _, weekday, _ in seen] == [WEEKDAYS[i % 7] for i in range(9)]
    assert {shape for _, _, shape in seen} == {(3, SMALL.slots)}


def test_yesterday_is_empty_on_the_first_day_and_what_was_measured_later():
    seen = notes(lambda day, *_: {n: v.copy() for n, v in day.yesterday.items()}, days=4)
    record = simulate([("diary", Diary())], days=4, follow_up=2)
    assert seen[0] == {}
    for index, yesterday in enumerate(seen[1:]):
        for name, values in yesterday.items():
            assert (values == record.daily[name][:, index]).all()


def test_whom_is_who_it_addresses_and_came_is_who_came():
    def note(day, whom, came, memory):
        return whom.copy(), came.copy(), day.members.role.copy(), day.members.present.copy()

    for whom, came, role, present in notes(note, strategy=Diary.make(roles="novice")):
        assert (whom == (present & (role == 2))).all()
        assert not (came & ~present).any()
        assert came.any()


def test_nothing_a_strategy_is_shown_can_be_written():
    def vandal(day, whom, came, memory):
        for array in (came, *day.members.values()):
            with pytest.raises(ValueError, match="read-only"):
                array[0, 0] = 1

    assert len(notes(vandal)) == 5


def test_memory_is_kept_from_day_to_day_by_label():
    seen = notes(lambda day, whom, came, memory: (day.index, memory["met"].copy(), whom.copy()))
    for index, met, _ in seen:
        assert met.max() == index
        assert met.min() == 0


def test_luck_is_keyed_by_label_and_day_and_not_by_the_rest():
    def luck(day, *_):
        return day.draws.uniform("haste")[:, : SMALL.size]

    plain, again, other = notes(luck), notes(luck, strategy=Diary(notice=3.0)), notes(luck, label="diary two")
    for one, two, three in zip(plain, again, other, strict=True):
        assert (one[0] == two[0]).mean() > 0.9  # but for who has left
        assert (one != three).mean() > 0.99
    assert (plain[0] != plain[1]).mean() > 0.99


def test_drawing_a_decision_twice_stops_the_run():
    with pytest.raises(ValueError, match=r"strategy diary: decision 'haste' was drawn twice on day 0"):
        notes(lambda day, whom, *_: (day.draws.uniform("haste"), day.pick(whom, 1, "haste")))


def test_sums_depend_neither_on_padding_nor_on_order():
    rng = np.random.default_rng(0)
    x = rng.random((5, 200)).astype(np.float32) * np.exp(rng.normal(size=(5, 200)))
    wide = np.zeros((5, 300))
    wide[:, rng.permutation(300)[:200]] = x
    assert (exact_sum(x) == exact_sum(wide)).all()
    assert (exact_sum(x) == exact_sum(x[:, rng.permutation(200)])).all()
    assert np.allclose(exact_sum(x), x.sum(axis=1), atol=1e-3)
    assert exact_sum(np.ones((2, 3), bool)).tolist() == [3, 3]


def test_helpers_of_the_day_are_what_they_say():
    def note(day, whom, came, memory):
        picked = day.pick(whom, np.array([1, 2, 3]), "some", weight=1.0 + day.members.role)
        assert day.count(picked).tolist() == [1, 2, 3]
        assert (day.total(2.5 * picked) == [2.5, 5.0, 7.5]).all()
        assert (day.checks_in(came) <= came).all()
        assert (day.goes(whom) <= whom).all()
        sums = day.ties.sum(whom)
        assert sums.shape == day.shape
        assert (sums >= 0).all()

    assert len(notes(note)) == 5


def test_two_doses_of_one_tactic_stand_side_by_side():
    both = simulate(
        [("small", Diary(notice=0.5)), ("large", Diary.make(notice=3, every=2))], days=4, follow_up=1
    )
    assert set(both.ledger) == {"small", "large"}
    assert (both.ledger["small"]["hours"] == [[0.25] * 4 + [0]] * 3).all()
    assert (both.ledger["large"]["hours"] == [[0.25, 0, 0.25, 0, 0]] * 3).all()


def test_one_tactic_under_two_labels_is_the_same_tactic_but_for_its_luck():
    """A diary draws nothing, so its label changes nothing."""
    one, two = simulate([("a", Diary())]), simulate([("b", Diary())])
    assert differences(one, two) == []


def test_a_tactic_that_overlooks_its_declared_listeners_is_refused():
    @dataclass(frozen=True, kw_only=True)
    class Lost(Diary):
        uses: ClassVar[frozenset[str]] = frozenset({"telepathy"})

    with pytest.raises(UserError, match=r"^diary uses channel 'telepathy', which does not exist\."):
        Simulation(scenario([("lost", Lost())]), [0])


def test_a_whole_number_is_the_number_it_says():
    """worth=20 and worth=20.0 are one tactic, with one hash."""
    kind = strategies()["red_packet"]
    assert kind(purse=20).plain() == kind(purse=20.0).plain()
    assert isinstance(kind(purse=20).purse, float)
    assert isinstance(kind(shares=5).shares, int)
