import itertools
import re
from dataclasses import replace

import numpy as np
import pytest
import yaml

from experiments.arms import read_arm
from experiments.cli import MISTAKE, main
from experiments.commands.completion import fitting
from experiments.frames import read as read_frame
from experiments.messages import LANGUAGES, Catalogue
from experiments.mistakes import in_language
from experiments.optimise import frames, search
from experiments.optimise.ask import read as read_words
from experiments.optimise.confirm import confirm, fresh
from experiments.optimise.score import GUARDS, Aim, Score, over, score
from experiments.optimise.search import LOG, Search, Trial, best, cheapest, front
from experiments.optimise.space import DOSES, NONE, ONCE, STANDING, Candidate, Choice, Option, Space, option
from experiments.optimise.words import plan_of, rhythm
from experiments.sop import Sop
from experiments.study import Study
from simulator.errors import UserError
from simulator.knobs import knobs
from simulator.metrics import BY_NAME
from simulator.registry import make_strategy, strategies
from tests.experiments.fakes import fake_result

TINY = ("community.size=20", "days=8", "follow_up=4", "workers=1", "seed=3")
ASKED = ("praise", "red_packet(shares=5)", "topic_talk", "budget=60", "hours=4", "tactics=2")
RUN = (*ASKED, *TINY, "trials=7", "replicates=3", "confirm=12", "lang=en")

# A made-up world: two tactics with a best dose each, that cost money and work.

STEPS = tuple(range(11))
SPACE = Space(tuple(Option(name, name, choices=(Choice("dose", STEPS, 2),)) for name in "ab"), 2)
AIM = Aim.of("voices", {"budget": 1000, "hours": 12})


class World:
    """A quadratic with a budget line: dose 8 of ``a`` and 9 of ``b`` would be best, and cost too much."""

    def __init__(self, noise: float = 0.0, fail_after: int | None = None):
        self.noise, self.left, self.played = noise, fail_after, []

    def __call__(self, candidates):
        out = []
        for candidate in candidates:
            if self.left is not None and self.left == len(self.played):
                raise KeyboardInterrupt
            self.played.append(candidate)
            out.append(self.score(candidate))
        return out

    def score(self, candidate) -> Score:
        dose = {name: said["dose"] for name, _, said in candidate.nodes}
        gain = sum(64 - (dose[name] - top) ** 2 for name, top in (("a", 8), ("b", 9)) if name in dose) / 10
        cost, hours = 100 * dose.get("a", 0) + 80 * dose.get("b", 0), float(sum(dose.values()))
        luck = np.random.default_rng(len(candidate.key) + int(cost)).normal() * self.noise
        return Score((gain + luck,), cost, hours, {"budget": over(cost, 1000), "hours": over(hours, 12)})


def small(patch) -> None:
    """Small batches; and no red lines, which the made-up world has none of."""
    patch.setattr(search, "BATCH", 6)
    patch.setattr(search, "_STARTUP", 6)
    patch.setattr(Aim, "constraints", property(lambda aim: tuple(aim.limits)))


@pytest.fixture
def small_batches(monkeypatch):
    small(monkeypatch)


def every_plan() -> list[Candidate]:
    """All plans of the made-up world."""
    said = [{"dose": dose} for dose in STEPS]
    alone = [Candidate(((name, name, one),)) for name in "ab" for one in said]
    return alone + [Candidate((("a", "a", x), ("b", "b", y))) for x, y in itertools.product(said, said)]


def keys(trials: list[Trial]) -> list:
    return [(one.number, one.candidate.key, one.score) for one in trials]


# The search


@pytest.mark.usefixtures("small_batches")
def test_the_optimum_on_a_budget_line_is_found():
    truth = max(s.gains[0] for s in map(World().score, every_plan()) if s.feasible)
    found = Search(SPACE, AIM, seed=1).run(World(), 72)
    first = best(AIM, found, 1)[0]
    assert first.score.feasible
    assert first.score.gains[0] >= truth - 0.11  # the best, or a step beside it
    unlimited = max(World().score(one).gains[0] for one in every_plan())
    assert unlimited > truth + 1  # the line bites


@pytest.mark.usefixtures("small_batches")
def test_limits_come_before_gains():
    trials = [
        Trial(n, Candidate(((f"t{n}", "a", {}),)), Score((gain,), 0, 0, {"budget": broken}))
        for n, (gain, broken) in enumerate([(9, 0.1), (1, 0.0), (3, -0.5), (float("nan"), -1), (8, 0.01)])
    ]
    assert [one.number for one in best(AIM, trials, 9)] == [2, 1]
    assert cheapest(trials[:1] + trials[4:]).number == 4
    assert best(AIM, trials[:1], 9) == []


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A search of 18 trials that nothing stopped, and its log."""
    log = tmp_path_factory.mktemp("whole") / LOG
    with pytest.MonkeyPatch.context() as patch:
        small(patch)
        return Search(SPACE, AIM, "key", 5).run(World(0.3), 18, log), log.read_bytes()


@pytest.mark.parametrize("stopped", [0, 4, 9])
@pytest.mark.usefixtures("small_batches")
def test_a_search_that_was_stopped_goes_on_as_if_it_had_not_been(tmp_path, whole, stopped):
    log = tmp_path / LOG
    with pytest.raises(KeyboardInterrupt):
        Search(SPACE, AIM, "key", 5).run(World(0.3, fail_after=stopped), 18, log)
    assert keys(Search(SPACE, AIM, "key", 5).run(World(0.3), 18, log)) == keys(whole[0])


@pytest.mark.parametrize("cut", [0.45, 0.83, 0.999])
@pytest.mark.usefixtures("small_batches")
def test_a_log_cut_off_anywhere_gives_the_same_search(tmp_path, whole, cut):
    log = tmp_path / LOG
    whole, data = whole
    log.write_bytes(data[: int(cut * len(data))])
    world = World(0.3)
    assert keys(Search(SPACE, AIM, "key", 5).run(world, 18, log)) == keys(whole)
    assert len(world.played) < 18


@pytest.mark.usefixtures("small_batches")
def test_a_finished_search_plays_nothing(tmp_path, whole):
    log = tmp_path / LOG
    log.write_bytes(whole[1])
    assert keys(Search(SPACE, AIM, "key", 5).run(pytest.fail, 18, log)) == keys(whole[0])


@pytest.mark.usefixtures("small_batches")
def test_more_trials_only_add(tmp_path, whole):
    log = tmp_path / LOG
    few = Search(SPACE, AIM, "key", 5).run(World(0.3), 8, log)
    more = Search(SPACE, AIM, "key", 5).run(World(0.3), 18, log)
    assert keys(more[:8]) == keys(few)
    assert keys(more) == keys(whole[0])


@pytest.mark.usefixtures("small_batches")
def test_a_plan_is_played_once_and_luck_depends_on_the_seed():
    world = World()
    found = Search(SPACE, AIM, seed=2).run(world, 40)
    assert len(world.played) == len({one.key for one in world.played}) < len(found)
    assert keys(found[:8]) != keys(Search(SPACE, AIM, seed=3).run(World(), 8))


@pytest.mark.usefixtures("small_batches")
def test_failed_trials_are_passed_over(tmp_path):
    def failing(candidates):
        nan = float("nan")
        return [
            World().score(one) if len(one.nodes) > 1 else Score((nan,), nan, nan, {}) for one in candidates
        ]

    log = tmp_path / LOG
    found = Search(SPACE, AIM, "key", 1).run(failing, 12, log)
    assert {len(one.candidate.nodes) for one in best(AIM, found, 99)} == {2}
    again = Search(SPACE, AIM, "key", 1).run(failing, 12, log)
    assert [one.candidate for one in again] == [one.candidate for one in found]


@pytest.mark.usefixtures("small_batches")
def test_a_log_of_another_search_or_of_none_is_refused_in_a_line(tmp_path):
    log = tmp_path / LOG
    Search(SPACE, AIM, "key", 5).run(World(), 2, log)
    with pytest.raises(UserError, match="is the log of another search; give out= another folder"):
        Search(SPACE, AIM, "other", 5).run(World(), 8, log)
    log.write_text("what\nis this\n")
    with pytest.raises(UserError, match="is no log of a search"):
        Search(SPACE, AIM, "key", 5).run(World(), 8, log)


@pytest.mark.usefixtures("small_batches")
def test_a_front_holds_what_nothing_beats_in_both_goals():
    aim = Aim.of("voices,churn_rate", {})
    points = [(1.0, -0.1), (2.0, 0.0), (0.5, -0.2), (0.5, -0.1), (2.0, 0.1), (0.4, 0.3)]
    trials = [Trial(n, Candidate(((f"t{n}", "a", {}),)), Score(p, 0, 0, {})) for n, p in enumerate(points)]
    assert [one.number for one in front(aim, trials)] == [0, 1, 2]
    assert [one.number for one in best(aim, trials, 9)] == [1, 0, 2, 4, 3, 5]


@pytest.mark.usefixtures("small_batches")
def test_two_goals_are_searched_as_a_front():
    aim = Aim.of("voices,lifespan", {"budget": 1500})

    def world(candidates):
        scores = map(World().score, candidates)
        return [
            replace(s, gains=(s.gains[0], -s.hours), broken={"budget": over(s.cost, 1500)}) for s in scores
        ]

    found = Search(SPACE, aim, seed=1).run(world, 24)
    chosen = front(aim, best(aim, found, 24))
    assert len(chosen) >= 4
    assert all(one.score.cost <= 1500 for one in chosen)


# Scores


def test_a_score_by_hand():
    aim = Aim.of("churn_rate", {"budget": 50, "hours": 0})
    values = {"churn_rate": [[0.3, 0.5, np.nan], [0.2, 0.2, 0.1]], "cost": [[0, 0, 0], [40, 80, 60]],
              "hours": [[0, 0, 0], [1, 2, 3]], "energy": [[0.9, 0.9, 0.9], [0.6, 0.6, 0.6]],
              **{g.name: [[0.1] * 3, [0.1] * 3] for g in GUARDS if g.name != "energy"}}  # fmt: skip
    made = score(aim, {name: np.array(rows, float) for name, rows in values.items()})
    assert made.gains == pytest.approx((-0.2,))
    assert (made.cost, made.hours) == (60, 2)
    assert made.broken["budget"] == pytest.approx(0.2)
    assert made.broken["hours"] == 2  # of a limit of nought, as much as there is
    assert made.broken["energy"] == pytest.approx((0.3 - 0.15) / 0.15)  # energy is better when there is more
    assert made.broken["exits"] == -1
    assert not made.feasible


@pytest.mark.parametrize(
    ("goal", "says"),
    [
        ("voises", "There is no metric 'voises'. Did you mean 'voices'?"),
        ("messages_owner", "goal=messages_owner: more of it is neither better nor worse"),
        ("voices,voices", "goal is 'voices,voices'; it must be one metric, or two different ones"),
        ("voices,lifespan,exits", "it must be one metric, or two different ones"),
        ("", "goal is ''"),
    ],
)
def test_a_goal_that_cannot_be_one(goal, says):
    with pytest.raises(UserError) as error:
        Aim.of(goal, {})
    assert says in str(error.value)
    assert "metric" not in in_language(str(error.value), "zh")


# The space


def test_every_tactic_we_ship_says_what_is_decided_of_it():
    assert {name for name, kind in strategies().items() if kind.__module__.startswith("strategies.")} == set(
        DOSES
    )
    for name, doses in DOSES.items():
        declared = knobs(strategies()[name])
        assert set(doses) <= set(declared)
        for knob, steps in doses.items():
            spec = declared[knob][1]
            assert spec.low <= min(steps) < max(steps) <= spec.high
            assert spec.unit != "hours"  # an hour's work is no decision


@pytest.mark.parametrize("days", [2, 21, 60])
@pytest.mark.parametrize("name", sorted(DOSES))
def test_every_plan_of_one_tactic_can_act_and_its_first_is_the_tactic_itself(name, days):
    strategy = strategies()[name]()
    made = option(read_arm(name), strategy, days, voices=3.0)
    space = Space((made,), 1)
    rng = np.random.default_rng(days)
    own = made.settings({c.name: c.default for c in made.choices})
    draws = [{c.name: int(rng.integers(len(c.steps))) for c in made.choices} for _ in range(6)]
    for said in (own, *map(made.settings, draws)):
        candidate = Candidate(((name, name, said),))
        sop = candidate.sop("x", "interest_group", days, None)
        tactic = sop.tactics(lambda use, given: make_strategy(use, **given))[name]
        assert any(map(tactic.when.today, range(days)))
        assert {knob: getattr(tactic, knob) for knob in knobs(tactic) if knob not in DOSES[name]} == {
            knob: getattr(strategy, knob) for knob in knobs(tactic) if knob not in DOSES[name]
        }
        for lang in LANGUAGES:
            assert "optimise" not in plan_of(space, candidate, Catalogue(lang))
    if days == 60:
        today = [tactic.when.today for tactic in (strategy, _tactic(name, own))]
        assert [today[0](day) for day in range(60)] == [today[1](day) for day in range(60)]


def _tactic(name, said):
    sop = Candidate(((name, name, said),)).sop("x", "interest_group", 60, None)
    return sop.tactics(lambda use, given: make_strategy(use, **given))[name]


def test_what_a_word_sets_is_not_searched():
    arm = read_arm("mine:red_packet(purse=33,weekdays=sat,roles=novice)")
    strategy = make_strategy("red_packet", purse=33, weekdays="sat", roles="novice")
    made = option(arm, strategy, 30, typed=["shares"])
    assert made.name == "mine"
    assert not made.choices
    assert made.settings({}) == {"purse": "33", "weekdays": "sat", "roles": "novice"}


def test_a_plug_in_is_scaled_as_a_whole():
    strategy = make_strategy("red_packet", purse=20)
    strange = type("Strange", (type(strategy),), {"name": "strange"})
    made = option(read_arm("red_packet"), strange(purse=20.0), 30)
    dose = next(choice for choice in made.choices if choice.name == "dose")
    half = made.settings({c.name: dose.steps.index(0.5) if c is dose else 0 for c in made.choices})
    assert (half["purse"], half["notice"], half["hours"]) == (10.0, 0.5, 0.05)


def test_a_tactic_picked_twice_is_there_once():
    class Picks:
        def suggest_categorical(self, name, choices):
            return "b" if "b" in choices and name != "tactic_3" else NONE

        def suggest_int(self, name, low, high):
            return high

    space = replace(SPACE, options=(*SPACE.options, Option("c", "c")), most=3)
    assert space.candidate(Picks()).nodes == (("b", "b", {"dose": 10}),)


@pytest.mark.parametrize(
    ("said", "en", "zh"),
    [
        ({"every": 1, "start": 0}, "every day", "每天"),
        ({"every": 3, "start": 2}, "every 3 days from day 2", "每 3 天，从第 2 天起"),
        ({"days": [4]}, "on day 4", "第 4 天"),
        ({"weekdays": ["sat", "sun"], "start": 0}, "Saturday and Sunday", "周六、周日"),
        ({"every": 1, "start": 0, "triggers": "voices<3"}, "every day when voices<3", "每天，当 voices<3"),
    ],
)
def test_days_in_words(said, en, zh):
    assert [rhythm(said, Catalogue(lang)) for lang in LANGUAGES] == [en, zh]


def test_steps_of_days_hold_what_people_plan_in():
    made = option(read_arm("praise"), strategies()["praise"](), 60)
    steps = {choice.name: choice.steps for choice in made.choices}
    assert {1, "workdays", "weekend", 7, 14, 30, ONCE} <= set(steps["rhythm"])
    assert set(steps["start"]) == {0, 1, 2, 3, 4, 5, 6, 7, 10, 14, 21, 28}
    for name in STANDING:
        rhythms = {c.name: c.steps for c in option(read_arm(name), strategies()[name](), 60).choices}[
            "rhythm"
        ]
        assert rhythms == (1,)


# Confirmation


def test_the_plan_announced_keeps_all_limits_where_the_search_was_wrong():
    """The best of the search breaks a limit when played again: the next best is announced."""
    trials = [
        Trial(n, Candidate(((f"t{n}", "a", {}),)), Score((9.0 - n,), 1, 1, {"budget": -0.1}))
        for n in range(4)
    ]
    aim = Aim.of("voices", {"budget": 1000})

    def heat(candidates):
        return [Score((5.0 - n,), 1, 1, {"budget": -0.1}) for n, _ in enumerate(candidates)]

    made = fake_result(
        "en",
        metrics=[BY_NAME[n] for n in ("voices", "cost", "hours", *(g.name for g in GUARDS))],
        replicates=40,
        twins=12,
        days=30,
        follow_up=30,
    )  # baseline; then arms of ¥340, ¥0, ¥1,940, ¥12,000 and more
    labels = {arm.label: f"p{n}" for n, arm in enumerate(made.arms[1:])}
    effects = tuple(replace(row, scenario=labels[row.scenario]) for row in made.comparison.effects)
    words = tuple(replace(row, scenario=labels[row.scenario]) for row in made.comparison.verdicts)
    result = replace(made, comparison=replace(made.comparison, effects=effects, verdicts=words))
    outcome = confirm(aim, trials, heat, lambda plans: result)
    assert outcome.plan.score.cost <= 1000
    over_budget = [one for one in outcome.finalists if one.score.broken["budget"] > 0]
    assert over_budget
    assert outcome.finalists.index(over_budget[0]) > outcome.finalists.index(outcome.plan)
    kept = [one for one in outcome.finalists if one.score.feasible]
    assert outcome.plan.score.gains[0] == max(one.score.gains[0] for one in kept)
    assert (
        outcome.plan.trial.score.gains[0] > 5
    )  # the search's number is still there, beside the confirmed one


def test_no_plan_where_nothing_keeps_the_limits_when_played_again():
    trials = [Trial(0, Candidate((("a", "a", {}),)), Score((9.0,), 1, 1, {"budget": -0.1}))]
    bad = Score((9.0,), 1, 1, {"budget": 0.1})
    assert confirm(AIM, trials, lambda all_: [bad] * len(all_), pytest.fail).plan is None


def test_each_stage_has_luck_of_its_own():
    assert len({7, fresh(7, 1), fresh(7, 2), fresh(8, 1), fresh(8, 2)}) == 5


# The command


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A search of the command, run once."""
    place = tmp_path_factory.mktemp("optimise")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        assert main(["optimise", *RUN, "out=found"]) == 0
    return place / "found"


def test_the_command_writes_tables_that_hold_what_they_declare(folder):
    rows = read_frame(frames.FINALISTS, (folder / "optimise.csv").read_bytes())
    trials = read_frame(frames.TRIALS, (folder / "trials.csv").read_bytes())
    assert [row["trial"] for row in trials] == [str(n) for n in range(7)]
    chosen = [row for row in rows if row["chosen"] == "true"]
    assert [row["plan"] for row in chosen] == ["plan"]
    assert float(chosen[0]["cost"]) <= 60
    assert float(chosen[0]["hours"]) <= 4
    assert chosen[0]["feasible"] == "true"
    assert {row["n_tactics"] for row in trials} <= {"1", "2"}
    assert (folder / "optimise.png").read_bytes()[:4] == b"\x89PNG"
    page = (folder / "optimise.html").read_text("utf-8")
    assert "<svg" in page
    assert not re.search(r"\boptimise\.(?!html|png|csv)[a-z_]+", page)  # a message that is not there


def test_the_plan_written_is_the_plan_that_was_played(folder):
    rows = read_frame(frames.FINALISTS, (folder / "optimise.csv").read_bytes())
    trial = next(row["trial"] for row in rows if row["plan"] == "plan")
    content = yaml.safe_load((folder / "sop" / "plan.yaml").read_text("utf-8"))
    assert set(content["title"]) == set(LANGUAGES)
    assert all(set(node["task"]) == set(LANGUAGES) for node in content["nodes"].values())
    settings = {"community.size": 20, "days": 8, "follow_up": 4, "replicates": 2}
    made = Study.of("sop:plan", **settings, config_dir=str(folder)).scenarios[1]
    nodes = {
        row["trial"]: row["nodes"] for row in read_frame(frames.TRIALS, (folder / "trials.csv").read_bytes())
    }
    again = {
        name: {k: v for k, v in node.items() if k not in ("use", "task")}
        for name, node in content["nodes"].items()
    }
    key = repr([(name, content["nodes"][name]["use"], sorted(said.items())) for name, said in again.items()])
    assert nodes[trial] == key
    sop = Sop.of("plan", content)
    assert dict(made.strategies) == sop.tactics(lambda use, given: make_strategy(use, **given))


def test_the_same_line_again_plays_no_trial_and_finds_the_same(folder, capsys, monkeypatch):
    before = {f.name: f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file() and f.name != LOG}
    monkeypatch.chdir(folder.parent)
    assert main(["optimise", *RUN, "out=found"]) == 0
    after = {f.name: f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file() and f.name != LOG}
    assert after == before
    out = capsys.readouterr().out
    assert out.startswith("Best plan within ¥60 and 4 h: ")
    assert (
        "Run the plan: qunlab compare --config-dir found sop:plan community.size=20 days=8 follow_up=4" in out
    )


def test_where_nothing_is_allowed_the_nearest_is_told(tmp_path, capsys):
    words = ["topic_talk", "praise", *TINY, "budget=0", "hours=0", "trials=3", "replicates=2", "lang=zh"]
    assert main(["optimise", *words, f"out={tmp_path}"]) == 0
    out = capsys.readouterr().out.replace("\n", "")
    assert out.startswith("0 元、0 小时以内没有可行的方案：试过的 3 个都守不住限额。最接近的是")
    assert not (tmp_path / "sop").exists()
    assert (tmp_path / "trials.csv").exists()


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("buget=3", "There is no setting 'buget'. Did you mean 'budget'?"),
        ("budget=lots", "budget is 'lots'; it must be a number."),
        ("budget=-1", "budget is -1; it must be a number from 0 to 1000000000."),
        ("tactics=0", "tactics is 0; it must be a whole number from 1 to 8."),
        ("trials=many", "trials is 'many'; it must be a number."),
        ("prase", "There is no strategy 'prase'. Did you mean 'praise'?"),
        ("praise+topic_talk", "'praise+topic_talk' is more than one tactic; name the tactics one by one"),
        ("sop:camp_21", "'sop:camp_21' is more than one tactic"),
        ("goal=voises", "There is no metric 'voises'. Did you mean 'voices'?"),
        ("community=interst_group", "There is no community 'interst_group'. Did you mean 'interest_group'?"),
    ],
)
def test_a_mistake_is_one_line_in_both_languages(word, says, capsys):
    assert main(["optimise", word, "lang=en"]) == MISTAKE
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1
    assert re.search("[\u4e00-\u9fff]", in_language(says, "zh") if says.endswith(".") else "一")


def test_without_optuna_the_line_says_how_to_get_it(monkeypatch, capsys):
    monkeypatch.setattr("experiments.optimise.ask.find_spec", lambda name: None)
    assert main(["optimise", "lang=en"]) == MISTAKE
    assert "pip install 'qunlab[plan]'" in capsys.readouterr().err


def test_words_are_sorted():
    given, tactics, rest = read_words(
        ["budget=2,000", "praise", "days=30", "triggers=true", "workers=auto", "seed=4"]
    )
    assert (given["budget"], given["hours"], given["triggers"], given["seed"]) == (2000, None, True, 4)
    assert tactics == ["praise"]
    assert rest == ["days=30"]


def test_help_and_completion(capsys):
    for command in ("optimise", "optimize"):
        assert main([command, "--help"]) == 0
    assert "goal=voices,lifespan" in capsys.readouterr().out
    assert "budget=" in fitting("qunlab optimise bud")
    assert "praise" in fitting("qunlab optimise pra")
