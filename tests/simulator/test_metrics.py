"""The metric table, and its numbers against runs written by hand."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.community import Community
from simulator.mechanisms.arrivals import ORGANIC, Arrivals
from simulator.mechanisms.departure import Departure
from simulator.members import Role
from simulator.metrics import BY_NAME, METRICS, SILENT_DAYS
from simulator.record import gini, lifespan
from simulator.simulation import Simulation
from tests.worlds import FOUR, only, plug_in, scenario, script, simulate, tactics

QUICK = settings(deadline=None, max_examples=60)


# The table --------------------------------------------------------------------------------------------------


def test_every_metric_is_produced_and_nothing_else():
    record = simulate(tactics(*FOUR), days=40)
    assert set(record.summary()) == set(BY_NAME)
    assert all(values.shape == (3,) for values in record.summary().values())


def test_daily_flags_say_which_series_are_recorded():
    record = simulate()
    for metric in METRICS:
        if metric.daily:
            assert record.daily[metric.name].shape == (3, record.days), metric.name


def test_daily_metrics_are_means_or_sums_of_their_window():
    record = simulate(tactics(*FOUR), days=20, follow_up=6)
    summary = record.summary()
    for metric in (metric for metric in METRICS if metric.daily):
        series = record.daily[metric.name][:, : 20 if metric.window == "campaign days" else None]
        expected = series.sum(axis=1) if metric.kind == "cost" else series.mean(axis=1)
        assert np.allclose(summary[metric.name], expected), metric.name


def test_the_table_is_complete():
    assert len(BY_NAME) == len(METRICS)
    assert {metric.name for metric in METRICS if metric.kind == "primary"} == {"voices", "lifespan"}
    for metric in METRICS:
        assert all((metric.formula, metric.unit, metric.window))
        assert (metric.red_line is not None) == (metric.kind == "guardrail")
        assert metric.kind != "guardrail" or metric.direction != 0
        assert min(metric.matters_rel, metric.matters_abs) >= 0


def test_an_effect_matters_by_share_or_by_size_whichever_is_larger():
    voices = BY_NAME["voices"]
    assert voices.matters(100.0) == pytest.approx(5.0)
    assert voices.matters(1.0) == pytest.approx(0.25)
    assert voices.matters(-100.0) == pytest.approx(5.0)


# Inequality -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "value"),
    [
        ([1, 1, 1, 1], 0.0),
        ([0, 0, 0, 1], 0.75),
        ([1, 3], 0.25),
        ([0, 1, 1, 12, 30], 284 / 440),
        ([7], 0.0),
    ],
)
def test_gini_by_hand(counts, value):
    assert gini(np.array(counts)) == pytest.approx(value)


@QUICK
@given(st.lists(st.integers(0, 1000), min_size=1, max_size=20).filter(any))
def test_gini_is_half_the_mean_difference_over_the_mean(counts):
    x = np.array(counts, float)
    differences = np.abs(x[:, None] - x).mean()
    assert gini(x) == pytest.approx(differences / (2 * x.mean()), abs=1e-12)
    assert gini(3 * x) == pytest.approx(gini(x), abs=1e-12)
    assert gini(x[::-1]) == gini(x)


@pytest.mark.parametrize("counts", [[], [0, 0]])
def test_gini_of_silence_is_not_a_number(counts):
    assert np.isnan(gini(np.array(counts)))


# Lifespan ---------------------------------------------------------------------------------------------------


def lived(days, talking):
    talk = np.zeros((1, days), bool)
    talk[0, list(talking)] = True
    life, censored, limit = lifespan(talk)
    return life[0], bool(censored[0]), limit


@pytest.mark.parametrize(
    ("days", "talking", "expected"),
    [
        (40, range(10), (10, False, 26)),  # the last talk is on day 9: ten days lived
        (40, range(40), (26, True, 26)),  # lives on
        (40, range(27), (26, True, 26)),  # silent for 13 days: not dead yet
        (40, range(26), (26, False, 26)),  # silent for 14
        (40, [0, 14], (15, False, 26)),  # revives after 13 silent days, then dies
        (40, [0, 15], (1, False, 26)),  # revives after 14: too late
        (40, [], (0, False, 26)),  # nobody ever talks
        (40, [13], (14, False, 26)),  # a late start is a start
        (40, [14], (0, False, 26)),  # too late a start
        (13, [], (0, True, 0)),  # too short to tell
        (5, range(5), (0, True, 0)),
        (14, [], (0, False, 0)),
        (14, [0], (0, True, 0)),
    ],
)
def test_lifespan_by_hand(days, talking, expected):
    assert lived(days, talking) == expected


@QUICK
@given(st.integers(1, 60), st.data())
def test_lifespan_is_the_last_talk_before_the_first_long_silence(days, data):
    talk = data.draw(st.lists(st.booleans(), min_size=days, max_size=days))
    end, since = None, 0
    for day, spoke in enumerate(talk, start=1):
        since = day if spoke else since
        if end is None and day - since >= SILENT_DAYS:
            end = since
    life, censored, limit = lived(days, np.flatnonzero(talk))
    assert limit == max(days - 14, 0)
    assert censored == (end is None)
    assert life == (limit if end is None else end)
    assert 0 <= life <= limit


def test_the_owner_alone_keeps_no_group_alive(monkeypatch):
    came = np.zeros((40, 3), int)
    came[:, 0] = 1  # the owner, day by day
    came[:5, 1] = 1  # and a lurker for five days
    script(monkeypatch, came, posts=came)
    told = scenario(community=Community(size=3, kols=0, novices=0), days=30, follow_up=10, mechanisms=TALK)
    record = Simulation(told, [0]).run()
    assert record.daily["messages"][0].tolist() == [2] * 5 + [1] * 35
    life, censored, limit = record.lifespan()
    assert (life.tolist(), censored.tolist(), limit) == ([5], [False], 26)
    assert record.summary()["lifespan"].tolist() == [5]


# A run written by hand --------------------------------------------------------------------------------------

TALK = only("attendance", "conversation")
OWNER, KOL, NOVICE, LURKER, NEWCOMER = range(5)  # slots
DAYS, FOLLOW_UP = 20, 10


@pytest.fixture
def village(monkeypatch):
    """Four founders and a newcomer, who do as follows; see the tables. 20 campaign days and 10 more."""
    came = np.zeros((DAYS + FOLLOW_UP, 8), int)
    posts, asked, answered = (np.zeros_like(came) for _ in range(3))
    came[:, OWNER] = posts[:, OWNER] = 1
    came[:6, KOL], posts[:6, KOL] = 1, 2
    came[[0, 18], NOVICE], posts[18, NOVICE] = 1, 1
    came[3, NEWCOMER] = posts[3, NEWCOMER] = 1
    asked[0, KOL] = asked[18, NOVICE] = answered[18, NOVICE] = 1
    script(monkeypatch, came, posts, asked, answered)

    @dataclass(frozen=True, kw_only=True)
    class Fate(Departure):
        """On day 10 the KOL mutes the group, on day 25 the lurker leaves it."""

        def churn(self, world):
            if world.day == 10:
                world.members.muted[:, KOL] = True
                world.mutes[:] = 1
            world.exiting[:, LURKER] |= world.day == 25

    @dataclass(frozen=True, kw_only=True)
    class Door(Arrivals):
        """A novice joins on day 2."""

        def arrivals(self, world):
            if world.day == 2:
                rows = np.arange(world.shape[0])
                ids = np.full(len(rows), ORGANIC, np.uint64)
                world.members.join(rows, ids, joined=2, role=Role.NOVICE, first_role=Role.NOVICE)
                world.joined[:] = 1

    plug_in(monkeypatch, Fate, Door)
    community = Community(size=4, cap=8, owners=1, kols=0.25, novices=0.25)
    mechanisms = only("attendance", "conversation", "arrivals", "departure")
    told = scenario(community=community, days=DAYS, follow_up=FOLLOW_UP, mechanisms=mechanisms)
    return Simulation(told, [0, 1]).run()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("voices", 28 / 20),  # 20 days the owner, 6 the KOL, one each the novice and the newcomer
        ("voices_after", 1.0),
        ("visitors", 29 / 20),
        ("messages", 34 / 20),
        ("messages_owner", 1.0),
        ("messages_kol", 12 / 20),
        ("messages_novice", 2 / 20),
        ("messages_lurker", 0.0),
        ("voices_kol", 6 / 20),
        ("kol_novice_share", 14 / 34),
        ("answered_share", 1 / 2),
        ("new_rate", 1 / 4),
        ("conversion_rate", 4 / 5),  # all but the lurker, of four founders and a newcomer
        ("churn_rate", 1 / 4),  # the lurker leaves after the campaign
        ("exits", 0.0),
        ("awakening_rate", 1 / 15),  # the novice, of 14 dormant member-days and that one
        ("retention_1", 4 / 5),
        ("retention_7", 2 / 5),
        ("retention_30", np.nan),  # nobody has been there for more than 30 days
        ("member_lifespan", (16 + 6 + 16 + 0 + 2) / 5),
        ("kol_loss", 1.0),
        ("gini", 284 / 440),  # of 0, 1, 1, 12 and 30 messages
        ("vital_days", 1.0),  # day 3
        ("lifespan", 16.0),
        ("dormant", (2 / 5 * 4 + 3 / 5 * 2) / 20),  # days 14, 15, 16 and 18: two of five; 17 and 19: three
        ("tokens", 0.0),
        ("overload", 0.0),
        ("cost", 0.0),
    ],
)
def test_a_run_written_by_hand(village, name, value):
    assert village.summary()[name] == pytest.approx([value] * 2, nan_ok=True)


def test_its_days(village):
    def series(name):
        return village.daily[name][0].tolist()

    assert series("members") == [4] * 2 + [5] * 24 + [4] * 4
    assert series("visitors") == [3, 2, 2, 3, 2, 2] + [1] * 12 + [2] + [1] * 11
    assert series("dormant_members") == [0] * 14 + [2, 2, 2, 3, 2] + [3] * 7 + [2] * 4
    assert series("awakened") == [0] * 18 + [1] + [0] * 11
    assert series("never_spoken")[:5] == [4, 2, 3, 3, 2]
    assert series("first_voices") == [2, 0, 0, 1] + [0] * 14 + [1] + [0] * 11
    assert series("dau_mau")[:4] == [1.0, 2 / 3, 2 / 3, 3 / 4]
    assert series("voice_share")[:3] == [2 / 4, 2 / 4, 2 / 5]
    assert np.flatnonzero(village.daily["exits"][0]).tolist() == [25]
    assert np.flatnonzero(village.daily["mutes"][0]).tolist() == [10]


def test_its_life_table(village):
    first = village.members["replicate"] == 0
    table = {name: column[first].tolist() for name, column in village.members.items()}
    assert table["id"] == [0, 1, 2, 3, int(ORGANIC)]
    assert table["joined"] == [0, 0, 0, 0, 2]
    assert table["visits"] == [30, 6, 2, 0, 1]
    assert table["messages"] == [30, 12, 1, 0, 1]
    assert table["last_came"] == [29, 5, 18, -1, 3]
    assert table["last_spoke"] == [29, 5, 18, -1, 3]
    assert table["left"] == [-1, -1, -1, 25, -1]
    assert table["muted"] == [False, True, False, False, False]
    assert table["role"] == [0, 1, 2, 3, 2]


def test_a_newcomers_first_visit_is_no_awakening(monkeypatch):
    """Dormant is who has been away for 14 days, since joining if they never came."""

    @dataclass(frozen=True, kw_only=True)
    class Door(Arrivals):
        def arrivals(self, world):
            if world.day in (10, 11):
                ids = np.array([ORGANIC + np.uint64(world.day)])
                world.members.join(np.array([0]), ids, joined=world.day)

    came = np.zeros((40, 4), int)
    came[20, 2] = came[25, 3] = 1  # ten and fourteen days after joining
    script(monkeypatch, came)
    plug_in(monkeypatch, Door)
    told = scenario(community=Community(size=2), days=40, mechanisms=only("attendance", "arrivals"))
    awakened = Simulation(told, [0]).run().daily["awakened"][0]
    assert np.flatnonzero(awakened).tolist() == [25]


def test_visitors_count_for_a_month_in_dau_mau(monkeypatch):
    came = np.zeros((40, 2), int)
    came[:, 0] = came[0, 1] = 1
    script(monkeypatch, came)
    told = scenario(community=Community(size=2), days=40, follow_up=0, mechanisms=TALK)
    assert Simulation(told, [0]).run().daily["dau_mau"][0].tolist() == [1.0] + [0.5] * 29 + [1.0] * 10
