import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import qmc

from experiments.arms import Arm, read_arm
from experiments.build import plan, study_from, tactics
from experiments.designs import findings
from experiments.designs.arms import expand, laddered, shifted
from experiments.designs.doses import moved, reach, scaled, settings
from experiments.designs.factors import Factor, of_values, read_factor
from experiments.designs.frames import DOSES, INTERACTIONS, tables
from experiments.designs.layout import Cell, Layout
from experiments.designs.points import points, sample
from experiments.designs.ranges import Declared, declared
from experiments.frames import read
from experiments.result import Arm as Ran
from experiments.sop import read as read_sop
from simulator.errors import UserError
from simulator.knobs import knobs
from simulator.registry import make_strategy, strategies
from tests.experiments.fakes import BIG, RED, STREAK, fake_result


def values(word):
    factor = read_factor(word)
    assert factor is not None
    return factor.values


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("strategy.red_packet.purse=20,50,100", ("20", "50", "100")),
        ("community.size=range(50,500,50)", ("50", "100", "150", "200", "250", "300", "350", "400", "450")),
        ("community.size=range（50，200，50）", ("50", "100", "150")),
        ("days=range(3)", ("0", "1", "2")),
        ("days=range(start=5,stop=8)", ("5", "6", "7")),
        ("days=range(6,0,-2)", ("6", "4", "2")),
        ("community.interest=range(0.1,0.5,0.1)", ("0.1", "0.2", "0.3", "0.4")),
        ("+community=study_camp,fan_group", ("study_camp", "fan_group")),
        ("days=choice(7)", ("7",)),
        ("strategy.red_packet.roles=[novice,lurker],kol", ("[novice,lurker]", "kol")),
        ("mechanism=[no_habit,no_ties],literature", ("[no_habit,no_ties]", "literature")),
    ],
)
def test_factor_words(word, found):
    assert values(word) == found


def test_range_is_hydras():
    from hydra.core.override_parser.overrides_parser import OverridesParser

    for text in ("range(50,500,50)", "range(1,10,3)", "range(4)", "range(0,1,0.25)"):
        ours = [float(one) for one in values(f"days={text}")]
        hydra = OverridesParser.create().parse_override(f"days={text}").sweep_iterator()
        assert ours == [float(one) for one in hydra]


@pytest.mark.parametrize(
    "word",
    [
        "days=5",
        "title.zh=你好，世界",
        "ladder=1,2",
        "mechanism.habit.growth={low:1,high:2}",
    ],
)
def test_words_that_are_no_factors(word):
    assert read_factor(word) is None


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("days=10,,20", "a value is empty"),
        ("days=choice()", "there is no value"),
        ("days=1,2,1", "1 stands there twice"),
        ("days=range(5,5)", "the range is empty"),
        ("days=range(1,9,0)", "step must not be 0"),
        ("days=range(1,x)", "'x' is no number"),
        ("days=range(1,2,3,4)", "write range(start,stop,step)"),
        ("days=rang(1,2)", "Did you mean 'range'?"),
        ("days=interval(5,2)", "5 is not under 2"),
        ("days=interval(5)", "write interval(low,high)"),
        ("replicates=10,20", "replicates is the same at all points"),
        ("strategy=a,b", "strategies are arms"),
        ("days=range(0,10000000)", "at most 100000"),
    ],
)
def test_mistakes_in_factors(word, says):
    with pytest.raises(UserError) as error:
        read_factor(word)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


@given(st.lists(st.floats(-1e6, 1e6).map(lambda x: float(f"{x:.6g}")), min_size=2, max_size=6, unique=True))
def test_a_factor_is_typed_again(numbers):
    factor = of_values("community.arrivals", numbers)
    assert read_factor(factor.word) == factor
    assert [float(word) for word in factor.values] == numbers


def test_python_values():
    assert of_values("days", range(5, 20, 5)).values == ("5", "10", "15")
    assert of_values("days", np.array([1, 2])).values == ("1", "2")
    assert of_values("mechanism.habit.on", [True, False]).values == ("true", "false")


def test_grid_varies_the_last_factor_fastest():
    made = points("grid", [Factor("a", ("1", "2")), Factor("b", ("x", "y"))], {}, None, 0)
    assert made == (("1", "x"), ("1", "y"), ("2", "x"), ("2", "y"))


def test_latin_hypercube_has_one_point_in_each_slice():
    unit = sample("lhs", 3, 20, seed=5)
    for column in unit.T:
        assert sorted(np.floor(column * 20)) == list(range(20))


def test_sobol_is_scipys_and_starts_alike():
    whole = qmc.Sobol(2, rng=np.random.default_rng(7)).random_base2(4)
    assert np.array_equal(sample("sobol", 2, 16, 7), whole)
    assert np.array_equal(sample("sobol", 2, 11, 7), whole[:11])


def test_samples_keep_to_their_kind():
    factors = [Factor("a", interval=(0.0, 3.0)), Factor("b", interval=(0.5, 0.6)), Factor("c", ("x", "y"))]
    known = {"a": Declared(whole=True), "b": Declared(whole=False), "c": None}
    made = points("lhs", factors, known, 40, 1)
    assert {one[0] for one in made} == {"0", "1", "2", "3"}
    assert sum(one[0] == "3" for one in made) == 10  # every whole number is as likely
    assert all(0.5 <= float(one[1]) <= 0.6 for one in made)
    assert sum(one[2] == "x" for one in made) == 20
    assert made == points("lhs", factors, known, 40, 1) != points("lhs", factors, known, 40, 2)


@pytest.mark.parametrize(
    ("kind", "factor", "known", "count", "says"),
    [
        ("grid", Factor("a", interval=(0.0, 1.0)), None, None, "a grid needs values"),
        ("grid", Factor("a", ("1", "2")), None, 5, "a grid has the points it has"),
        ("lhs", Factor("a", interval=(0.0, 1.0)), None, None, "a is no number"),
        ("lhs", Factor("a", interval=(float("nan"),) * 2), Declared(whole=True), None, "declares no range"),
        ("lsh", Factor("a", ("1", "2")), None, None, "Did you mean 'lhs'?"),
    ],
)
def test_mistakes_in_designs(kind, factor, known, count, says):
    with pytest.raises(UserError) as error:
        points(kind, [factor], {"a": known}, count, 0)
    assert says in str(error.value)


def test_what_settings_declare():
    node = {"strategy": {"big_prize": {"use": "uncertain_reward"}}, "topology": {"use": "small_world"}}
    purse = declared("strategy.red_packet.purse", node)
    spec = knobs(strategies()["red_packet"])["purse"][1]
    assert (purse.low, purse.high, purse.unit, purse.whole) == (spec.low, spec.high, "yuan", False)
    assert declared("strategy.big_prize.winners", node).whole
    assert declared("community.size", node).whole
    assert declared("community.size", node).low is None
    assert not declared("community.visiting.kol", node).whole
    assert declared("topology.k", node).low == 2
    assert declared("strategy.red_packet.every", node).whole
    assert declared("strategy.red_packet.split", node) is None
    assert declared("mechanism.habit.growth", node).low is not None
    assert declared("uncertainty", node) is None


NAMES = sorted(strategies())


@given(st.sampled_from(NAMES), st.floats(0, 50))
def test_scaling_keeps_to_the_ranges_and_to_what_is_no_dose(name, factor):
    one = make_strategy(name)
    other = scaled(one, factor)
    for knob, (f, spec) in knobs(one).items():
        before, after = getattr(one, knob), getattr(other, knob)
        if spec.off is None or isinstance(f.default, bool | str) or before == spec.off:
            assert after == before
        else:
            assert spec.low <= after <= spec.high
            assert (after - before) * (before - spec.off) * (factor - 1) >= -1e-9
    assert (other.when, other.who) == (one.when, one.who)


@pytest.mark.parametrize("name", NAMES)
def test_dose_nought_one_and_the_furthest(name):
    one = make_strategy(name)
    assert scaled(one, 1.0) == one
    off = scaled(one, 0.0)
    moving = {
        k for k, (f, s) in knobs(one).items() if s.off is not None and not isinstance(f.default, bool | str)
    }
    assert {k: getattr(off, k) for k in moving} == {k: getattr(one.placebo(), k) for k in moving}
    far = reach(one)
    if moving:
        assert scaled(one, far) == scaled(one, 2 * far)
        assert scaled(one, 0.5 * far) != scaled(one, far)


def test_a_dose_by_hand():
    double = scaled(make_strategy("red_packet", purse=20, notice=1, hours=0.1), 2)
    assert (double.purse, double.notice, double.hours) == (40.0, 2.0, 0.2)
    assert scaled(make_strategy("red_packet", notice=1), 100).notice == 5.0  # the end of its range
    half = scaled(make_strategy("praise", best=3), 0.5)
    assert half.best == 2  # whole numbers are rounded
    assert settings(make_strategy("red_packet"), make_strategy("red_packet", days="1,8", stop=9)) == {
        "days": "1,8",
        "stop": "9",
    }


def test_later_moves_days_start_and_stop():
    one = moved(make_strategy("red_packet", days=[1, 8], start=1, stop=9, weekdays="mon"), 7).when
    assert (one.days, one.start, one.stop, one.weekdays) == ((8, 15), 8, 16, ("mon",))
    assert moved(make_strategy("red_packet"), 0) == make_strategy("red_packet")


@pytest.fixture(scope="module")
def asked():
    words = ["days=20", "follow_up=14", "community.size=12", "replicates=4"]
    return plan(["red_packet"], words, None)


def maker(asked):
    return lambda term: dict(tactics(asked, Arm(term.text, (term,))))


@pytest.mark.parametrize(
    "text", ["red_packet", "big:red_packet(purse=200)", "praise+red_packet(days=[1,8])", "sop:camp_21"]
)
def test_doses_are_arms_that_can_be_typed(asked, text):
    arm, made = read_arm(text), maker(asked)
    assert laddered(arm, 1, made) == arm
    other = laddered(arm, 2, made)
    assert read_arm(other.text) == other
    for term, old in zip(other.terms, arm.terms, strict=True):
        doubled = {label: scaled(tactic, 2) for label, tactic in made(old).items()}
        assert made(term) == doubled


def test_shifts_are_arms_that_can_be_typed(asked):
    arm, made = read_arm("offline_meetup"), maker(asked)
    other = shifted(arm, 7, made)
    assert other.text == "offline_meetup(start=17)"
    assert made(other.terms[0]) == {"offline_meetup": moved(make_strategy("offline_meetup"), 7)}
    with pytest.raises(UserError, match="is an SOP"):
        shifted(read_arm("sop:camp_21"), 7, made)


def test_ladder_runs_the_same_dose_once(asked):
    arms, layout = expand([read_arm("red_packet")], {"ladder": [1, 2000, 4000]}, maker(asked))
    assert [cell.step for cell in layout.cells] == [1, 2000]
    assert [arm.label for arm in arms] == [cell.label for cell in layout.cells]


def test_labels_of_a_sweep_do_not_depend_on_the_point(asked):
    _, layout = expand([read_arm("red_packet")], {"ladder": "0.5，1"}, maker(asked), stable=True)
    assert [cell.label for cell in layout.cells] == ["red_packet x0.5", "red_packet x1"]


def test_factorial_and_pairs(asked):
    arms = [
        read_arm("red_packet+praise"),
        read_arm("topic_talk(people=3)") if False else read_arm("referral"),
    ]
    made, layout = expand(arms, {"design": "factorial"}, maker(asked))
    assert len(made) == 7
    assert [len(cell.tactics) for cell in layout.cells] == [1, 1, 1, 2, 2, 2, 3]
    assert made[-1].text == "red_packet+praise+referral"
    made, _ = expand(arms, {"design": "pairs"}, maker(asked))
    assert len(made) == 6


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"design": "factorial"}, "takes 2 to 6 tactics; here are 1: red_packet."),
        ({"design": "pair"}, "Did you mean 'pairs'?"),
        ({"ladder": "0,1"}, "must be multiples of a dose above 0"),
        ({"ladder": ""}, "ladder is empty"),
        ({"shift": "-1"}, "must be days from 0"),
        ({"shift": "1.5"}, "must be a whole number"),
        ({"shift": 1, "ladder": 2}, "ladder and shift are two designs"),
    ],
)
def test_mistakes_in_designs_over_arms(asked, settings, says):
    with pytest.raises(UserError) as error:
        expand([read_arm("red_packet")], settings, maker(asked))
    assert says in str(error.value)


def test_a_study_knows_its_design_and_its_config_runs_the_same_again(asked):
    study = study_from(plan(["red_packet"], ["ladder=0.5,1", "strategy.red_packet.purse=60", *SHORT], None))
    assert study.labels[1:3] == tuple(cell.label for cell in study.layout.cells)
    assert dict(study.scenarios[1].strategies)["red_packet"].purse == 30.0
    assert study.config["ladder"] is None
    again = study_from(plan(study.config["arms"], ["strategy.red_packet.purse=60", *SHORT], None))
    assert [s.hash for s in again.scenarios[:3]] == [s.hash for s in study.scenarios[:3]]


SHORT = ["days=20", "follow_up=14", "community.size=12", "replicates=4"]


@pytest.fixture(scope="module")
def result():
    tactics = ((), (RED,), (STREAK,), (RED, BIG))
    labels = ("baseline", "one", "two", "both")
    arms = tuple(Ran(label, label[0] * 16, held) for label, held in zip(labels, tactics, strict=True))
    return fake_result(arms=arms, twins=0, replicates=40)


def test_steps_by_hand(result):
    cells = (Cell("two", "x", 2.0), Cell("one", "x", 1.0), Cell("both", "y", 1.0))
    first, second, other = findings.steps(Layout("ladder", cells), result)
    assert [step.cell.label for step in (first, second, other)] == ["one", "two", "both"]
    days = {
        label: (result.summary["voices"][at] - result.summary["voices"][0]) * result.days
        + (result.summary["voices_after"][at] - result.summary["voices_after"][0]) * result.follow_up
        for at, label in enumerate(result.labels)
    }
    cost = {label: result.summary["cost"][at] for at, label in enumerate(result.labels)}
    assert first.days.mean == pytest.approx(days["one"].mean())
    assert second.more_days.mean == pytest.approx((days["two"] - days["one"]).mean())
    assert second.more_cost.mean == pytest.approx((cost["two"] - cost["one"]).mean())
    assert np.isnan(first.more_days.mean)
    assert np.isnan(other.more_days.mean)
    more = second.more_days.mean / second.more_cost.mean
    assert np.isnan(second.per_yuan.mean) if second.more_cost.mean <= 0 else second.per_yuan.mean == more
    assert first.voices.mean == result.comparison.effect("voices", "one").diff
    assert (first.voices.low, first.voices.high) == pytest.approx(
        (result.comparison.effect("voices", "one").ci_low, result.comparison.effect("voices", "one").ci_high)
    )


def test_contrasts_by_hand(result):
    held = {"one": ("A",), "two": ("B",), "both": ("A", "B")}
    cells = tuple(Cell(label, "", tactics=tactics) for label, tactics in held.items())
    found = {one.tactics: one for one in findings.contrasts(Layout("factorial", cells), result)["voices"]}
    none, a, b, both = result.summary["voices"]
    assert found[("A",)].effect == pytest.approx(((a - none) + (both - b)).mean() / 2)
    assert found[("A", "B")].effect == pytest.approx((both - a - b + none).mean())


def test_tables_hold_to_their_frames(result):
    cells = (Cell("one", "x", 1.0), Cell("two", "x", 2.0))
    made = tables(Layout("ladder", cells), result, {"one": "x", "two": "x(purse=2)"})
    rows = read(DOSES, made["doses.csv"])
    assert [row["spelling"] for row in rows] == ["x", "x(purse=2)"]
    cells = (Cell("one", "", tactics=("A",)), Cell("two", "", tactics=("B",)))
    rows = read(INTERACTIONS, tables(Layout("pairs", cells), result, {})["interactions.csv"])
    assert [row["tactics"] for row in rows if row["metric"] == "voices"] == ["A", "B"]


def test_sops_scale_node_by_node(asked):
    arm = laddered(read_arm("sop:camp_21"), 2, maker(asked))
    changed = read_sop("camp_21").changed(dict(arm.terms[0].settings))
    assert list(changed.nodes) == list(read_sop("camp_21").nodes)
