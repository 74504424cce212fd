import csv
import datetime
from dataclasses import replace

import numpy as np
import pytest
import yaml

from experiments import known
from experiments.arms import read_arm
from experiments.build import StudyWarning
from experiments.calendar import Run, runs, spend
from experiments.cli import MISTAKE, main
from experiments.commands.completion import fitting
from experiments.messages import LANGUAGES
from experiments.mistakes import in_language
from experiments.sop import Node, Sop, calendar, read, shuffled
from experiments.study import Study
from simulator.community import Community
from simulator.errors import UserError
from simulator.registry import make_strategy
from simulator.scenario import Scenario
from simulator.simulation import Simulation

SOPS = known.presets("sop")
MINI = {
    "title": {"en": "Mini", "zh": "小营"},
    "community": "study_camp",
    "days": 10,
    "nodes": {
        "opening": {"use": "red_packet", "days": [0, 3], "task": {"en": "Open", "zh": "开营"}},
        "daily": {"use": "check_in_streak", "every": 1},
        "meet": {"use": "offline_meetup", "after": "opening + 2 days"},
        "rescue": {
            "use": "red_packet",
            "triggers": "voices<900 for 2 days cooldown 3",
            "times": 2,
            "purse": 9,
        },
        "late": {"use": "uncertain_reward", "phases": "decline", "roles": "novice", "budget": 30},
    },
}
SMALL = {"community": "study_camp", "days": 10, "follow_up": 2, "replicates": 3, "community.size": 30}


@pytest.fixture
def folder(tmp_path):
    """A user's folder with an SOP."""
    (tmp_path / "sop").mkdir()
    text = f"# A small camp.\n# 小营。\n{yaml.safe_dump(MINI, allow_unicode=True, sort_keys=False)}"
    (tmp_path / "sop" / "mini.yaml").write_text(text, "utf-8")
    return tmp_path


def study(folder, *arms, **settings) -> Study:
    return Study.of(*arms, **{**SMALL, **settings}, config_dir=str(folder))


def tactics(sop: Sop) -> dict:
    """Its strategies by node, without a configuration, which takes its time."""
    return sop.tactics(lambda name, settings: make_strategy(name, **settings))


def scenario(sop: Sop = None, follow_up: int = 2) -> Scenario:
    held = tuple(tactics(sop).items()) if sop is not None else ()
    return Scenario(community=Community(size=30), strategies=held, days=10, follow_up=follow_up)


def changed(node: str, **keys) -> dict:
    """MINI with some keys of a node set, or taken out where they are None."""
    lines = {**MINI["nodes"].get(node, {}), **keys}
    lines = {key: value for key, value in lines.items() if value is not None}
    return {**MINI, "nodes": {**MINI["nodes"], node: lines}}


# What ships


@pytest.mark.parametrize("name", SOPS)
def test_every_sop_can_be_run_and_speaks_both_languages(name, recwarn):
    sop = read(name)
    made = Study.of(f"sop:{name}", community=sop.community, days=sop.days, follow_up=0, replicates=2)
    assert not [warning for warning in recwarn if issubclass(warning.category, StudyWarning)]
    assert made.labels == ("baseline", f"sop:{name}", "placebo")
    assert made.arm_titles[f"sop:{name}"] == sop.title
    assert set(sop.title) == set(LANGUAGES)
    assert dict(made.scenarios[1].strategies).keys() == sop.nodes.keys()
    assert len({tactic.name for _, tactic in made.scenarios[1].strategies}) >= 8
    assert any(node.triggers for node in sop.nodes.values())
    for node in sop.nodes.values():
        assert set(node.task) == set(LANGUAGES)
        assert node.task["en"].isascii()
    small = replace(made.scenarios[1], community=replace(made.scenarios[1].community, size=40, cap=60))
    ledger = Simulation(small, range(2), 1).run(8).ledger
    assert ledger.keys() == sop.nodes.keys()
    assert sum(books["hours"].sum() for books in ledger.values()) > 0


def test_the_four_sops_are_there():
    assert {"camp_21", "customer_30", "wake_up", "launch"} <= set(SOPS)
    assert read("camp_21").days == 21
    assert read("customer_30").days == 30


# The calendar


def test_a_node_acts_on_the_days_it_says_and_no_others():
    held = tactics(Sop.of("mini", MINI))
    days = {name: [day for day in range(20) if t.when.today(day)] for name, t in held.items()}
    assert days["opening"] == [0, 3]  # not every three days, as red packets do by themselves
    assert days["daily"] == list(range(10))  # which ends with the SOP
    assert days["late"] == [8, 9]
    assert days["rescue"] == days["meet"] == list(range(10))
    assert held["late"].who.roles == ("novice",)
    assert (held["late"].budget, held["rescue"].purse) == (30, 9)
    assert list(map(str, held["rescue"].when.conditions)) == ["voices<900 for 2 days cooldown 3"]
    assert list(map(str, held["meet"].when.conditions)) == ["since(opening)>=2", "since(opening)<=2"]


def test_what_follows_a_node_acts_once_each_time_so_many_days_later():
    acted = Simulation(scenario(Sop.of("mini", MINI)), range(3), 1).run().ledger
    assert [np.flatnonzero(row).tolist() for row in acted["meet"]["acted"]] == [[2, 5]] * 3
    assert [np.flatnonzero(row).tolist() for row in acted["rescue"]["acted"]] == [[2, 6]] * 3


def test_the_placebo_of_an_sop_is_the_baseline_but_for_the_ledger(folder):
    made = study(folder, "sop:mini")
    alone = Simulation(made.scenarios[0], range(2), 5).run()
    for placebo in (made.scenarios[1].placebo(), made.scenarios[-1]):
        run = Simulation(placebo, range(2), 5).run()
        for name in run.daily.keys() - {"cost", "hours", "income"}:
            assert np.array_equal(alone.daily[name], run.daily[name], equal_nan=True), name
        assert all(book["cost"].sum() == 0 for book in run.ledger.values())


def test_the_order_of_nodes_means_nothing():
    turned = {**MINI, "nodes": dict(reversed(MINI["nodes"].items()))}
    first, second = (scenario(Sop.of("x", content)) for content in (MINI, turned))
    assert first.hash == second.hash
    assert list(first.strategies) == list(reversed(second.strategies))
    daily = [Simulation(one, range(2), 3).run().daily for one in (first, second)]
    assert all(np.array_equal(daily[0][name], daily[1][name], equal_nan=True) for name in daily[0])


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (range(21), [(range(21), 1, ())]),
        (range(1, 20, 3), [(range(1, 20, 3), 3, ())]),
        ([4, 11, 18], [([4, 11, 18], 7, ("fri",))]),
        ([0, 2, 4, 7, 9, 11, 14], [([0, 2, 4, 7, 9, 11, 14], 7, ("mon", "wed", "fri"))]),
        ([6, 13], [([6, 13], 7, ("sun",))]),
        ([12], [([12], 0, ("sat",))]),
        ([0, 3], [([0], 0, ("mon",)), ([3], 0, ("thu",))]),
        ([0, 5, 6, 7, 8], [([0], 0, ("mon",)), ([5, 6, 7, 8], 1, ())]),
        ([], []),
    ],
)  # fmt: skip
def test_days_are_told_in_as_few_lines_as_can_be(days, told):
    assert [(list(run.days), run.every, run.weekdays) for run in runs(list(days))] == [
        (list(days), every, weekdays) for days, every, weekdays in told
    ]


def test_a_run_of_one_day_is_on_its_weekday():
    assert Run((12,), 0).weekdays == ("sat",)


# As an arm


def test_an_arm_of_an_sop_combines_and_changes(folder):
    made = study(
        folder,
        "sop:mini",
        "plan:sop:mini",
        "sop:mini+red_packet(purse=7)",
        "sop:mini(opening.purse=99,rescue=off,opening.days=[1,4])",
    )
    labels = [[label for label, _ in scenario.strategies] for scenario in made.scenarios[1:-1]]
    assert labels[0] == labels[1] == list(MINI["nodes"])
    assert labels[2] == [*MINI["nodes"], "red_packet"]
    assert labels[3] == [name for name in MINI["nodes"] if name != "rescue"]
    assert made.scenarios[1].hash == made.scenarios[2].hash
    opening = dict(made.scenarios[4].strategies)["opening"]
    assert (opening.purse, opening.when.days) == (99, (1, 4))
    assert set(made.arm_titles) == {"sop:mini"}
    assert made.config["arms"][3] == "sop:mini(opening.purse=99,rescue=off,opening.days=[1,4])"


def test_nodes_of_one_name_in_two_sops_wait_for_their_own(folder):
    (folder / "sop" / "other.yaml").write_text(yaml.safe_dump(MINI), "utf-8")
    held = dict(study(folder, "sop:mini+sop:other").scenarios[1].strategies)
    assert len(held) == 2 * len(MINI["nodes"])
    assert {t.of for t in held["meet"].when.conditions} == {"opening"}
    assert {t.of for t in held["meet_2"].when.conditions} == {"opening_2"}


def test_knobs_of_the_configuration_hold_where_a_node_says_nothing():
    camp = {"community": "study_camp", "days": 21, "replicates": 2}
    made = Study.of("sop:camp_21", **camp, **{"strategy.red_packet.notice": 0.3})
    assert dict(made.scenarios[1].strategies)["rescue"].notice == 0.3
    for knob in ("every", "purse"):
        with pytest.raises(UserError, match=f"every arm with red_packet sets {knob} itself"):
            Study.of("sop:camp_21", **camp, **{f"strategy.red_packet.{knob}": 5})
    with pytest.raises(UserError, match="no arm uses advert_blast"):
        Study.of("sop:camp_21", **camp, **{"strategy.advert_blast.adverts": 5})


def test_an_experiment_may_name_sops(folder):
    (folder / "experiment").mkdir()
    text = "# @package _global_\narms: [sop:mini, 'short:sop:mini(late=off)']\n"
    (folder / "experiment" / "mine.yaml").write_text(text, "utf-8")
    assert study(folder, experiment="mine").labels == ("baseline", "sop:mini", "short", "placebo")


def test_the_users_own_sop_is_found_first(folder):
    (folder / "sop" / "camp_21.yaml").write_text(yaml.safe_dump(MINI), "utf-8")
    assert read("camp_21", folder).days == 10
    assert read("camp_21").days == 21


# Its rival


def test_shuffled_has_the_same_tactics_on_as_many_random_days():
    sop = Sop.of("mini", MINI)
    rival = shuffled(sop, 1)
    counts = {name: len(calendar(node, 10).days) for name, node in rival.nodes.items()}
    assert counts == {"opening": 2, "daily": 10, "meet": 2, "rescue": 2, "late": 2}
    assert not any(node.conditions for node in rival.nodes.values())
    assert rival.nodes["rescue"].settings["purse"] == 9
    assert shuffled(sop, 1) == rival != shuffled(sop, 2)
    fewer = shuffled(sop.changed({"late": "off"}), 1)
    assert all(fewer.nodes[name] == rival.nodes[name] for name in fewer.nodes)


def test_shuffled_days_are_spread_over_the_whole_life():
    sop = Sop("one", "study_camp", 21, {"a": Node("a", "praise", {"days": [0, 1, 2]})})
    days = [day for seed in range(300) for day in shuffled(sop, seed).nodes["a"].settings["days"]]
    seen = np.bincount(days, minlength=21)
    assert abs(seen - 900 / 21).max() < 5 * np.sqrt(900 / 21)


def test_shuffle_is_a_knob_of_the_arm():
    settings = dict(read_arm("sop:mini(shuffle=1,rescue.times=4)").terms[0].settings)
    rescue = tactics(Sop.of("mini", MINI).changed(settings))["rescue"]
    assert len(rescue.when.days) == 4
    assert not rescue.when.conditions


# Mistakes


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (changed("late", purs=3), "node 'late': There is no key 'purs'"),
        (changed("opening", purs=3), "'opening': There is no key 'purs'. Did you mean 'purse'? Known:"),
        (changed("opening", use="red_paket"), "There is no strategy 'red_paket'. Did you mean 'red_packet'?"),
        (changed("opening", use=None), "node 'opening': 'use' is missing"),
        (changed("opening", use="sop:camp_21"), "an SOP holds strategies, not SOPs"),
        (changed("opening", purse=-1), "node 'opening': red_packet.purse is -1; it must lie from 0 to 20000"),
        (changed("opening", roles="boss"), "node 'opening': There is no role 'boss'"),
        (changed("late", days=1.5), "node 'late': days is '1.5'; it must be a whole number."),
        (changed("late", days=datetime.date(2026, 1, 1)), "days is '2026-01-01'; it must be a number."),
        (changed("rescue", triggers="voices<<3"), "'rescue': triggers holds 'voices<<3': a trigger reads"),
        (changed("rescue", triggers="voises<3"), "no trigger metric 'voises'. Did you mean 'voices'?"),
        (changed("rescue", triggers="since(openin)>=3"), "no node 'openin'. Did you mean 'opening'?"),
        (changed("meet", after="openin"), "node 'meet': There is no node 'openin'. Did you mean 'opening'?"),
        (changed("meet", after="opening - 2"), "after is 'opening - 2'; it reads 'NODE + n days'"),
        (changed("meet", after="opening + 0 days"), "n from 1"),
        (changed("meet", after="meet + 1 day"), "none of meet -> meet can ever act"),
        (changed("opening", after="meet + 1 day"), "can ever act; each waits for the next"),
        (changed("daily", every=None), "node 'daily': it does not say when; give one of every, days"),
        (changed("daily", every="often"), "node 'daily': every is 'often'; it must be a number"),
        (changed("opening", days=[0, 10]), "node 'opening': it names day 10, but days go from 0 to 9"),
        (changed("opening", weekdays="sun"), "no day from 0 to 9 is one of its days"),
        (changed("late", phases="late"), "There is no phase 'late'"),
        (changed("rescue", times=0), "times is 0; it must be a whole number from 1"),
        (changed("opening", task={"fr": "x"}), "it must be a text, or {en: ..., zh: ...}"),
        (changed("shuffle", use="praise", days=0), "'shuffle' cannot name a node"),
        (changed("2nd", use="praise", days=0), "'2nd' cannot name a node"),
        ({**MINI, "nodes": {}}, "has no nodes"),
        ({**MINI, "nodes": [1]}, "nodes must hold"),
        ({**MINI, "nodes": {"a": 3}}, "node 'a': it must hold 'key: value' lines"),
        ({**MINI, "days": "ten"}, "days is 'ten'; it must be a whole number from 1 to 10000"),
        ({**MINI, "community": "study_cmp"}, "There is no community 'study_cmp'. Did you mean 'study_camp'?"),
        ({**MINI, "titel": {}}, "There is no key 'titel'. Did you mean 'title'?"),
    ],
)  # fmt: skip
def test_a_mistake_in_an_sop_is_one_clear_line_in_both_languages(content, says):
    with pytest.raises(UserError) as error:
        tactics(Sop.of("bad", content))
    text = str(error.value)
    assert says in text
    assert text.startswith("SOP 'bad'")
    assert "\n" not in text
    chinese = in_language(text, "zh")
    assert chinese.startswith("SOP“bad”")
    assert not [word for word in (" is ", " must ", "There ", "holds", "cannot", " waits") if word in chinese]


@pytest.mark.parametrize(
    ("arm", "says"),
    [
        ("sop:mni", "There is no SOP 'mni'. Did you mean 'mini'?"),
        ("mini", "Did you mean 'sop:mini'?"),
        ("sop:mini(gift.purse=3)", "SOP 'mini': There is no node 'gift'"),
        ("sop:mini(late=on)", "late is 'on'; leave it out with late=off, or set late.knob=value"),
        ("sop:mini(opening=off)", "node 'meet': There is no node 'opening'"),
        ("sop:mini(late.use=praise)", "use cannot be set in an arm"),
        ("sop:mini(shuffle=x)", "shuffle is 'x'; it must be a whole number"),
        ("sop:mini(rescue.triggers='voices<')", "triggers holds 'voices<'"),
    ],
)
def test_a_mistake_in_an_arm_of_an_sop_is_one_clear_line(folder, arm, says):
    with pytest.raises(UserError) as error:
        study(folder, arm)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("days: 3\ndays: 4\n", "SOP 'bad' is not valid YAML: line 2, 'days' stands there twice."),
        ("days: [\n", "is not valid YAML"),
        ("days: 3\nnodes: {a: {_target_: os.system}}\n", "'_target_' is not allowed"),
        ("- a\n", "must hold 'key: value' lines"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_line(folder, text, says):
    (folder / "sop" / "bad.yaml").write_text(text, "utf-8")
    with pytest.raises(UserError) as error:
        read("bad", folder)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


# The command


def test_the_command_prints_the_calendar_and_what_it_takes(folder, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "70")
    words = ["sop", "mini", "--config-dir", str(folder), "replicates=4", "community.size=30"]
    table = folder / "mini.csv"
    assert main([*words, "lang=en", f"out={table}"]) == 0
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 70
    days = ("0–9", "daily", "0 Mon", "3 Thu", "8 Tue", "2 days after opening", "writers < 900 for 2 days")
    for said in ("Mini", "10 days", *days, "→ Novices", "In all", "Mean of 4 simulated groups"):
        assert said in out, said
    rows = {row["node"]: row for row in csv.DictReader(table.read_text("utf-8-sig").splitlines())}
    assert list(rows) == list(MINI["nodes"])
    assert (rows["opening"]["days"], rows["opening"]["times"], rows["rescue"]["times"]) == ("0 3", "2", "2")
    assert rows["meet"]["condition"] == "since(opening)>=2 and since(opening)<=2"
    assert main([*words[:4], "replicates=2", "lang=zh"]) == 0
    out = capsys.readouterr().out
    for said in ("小营", "开营", "opening 之后第 2 天", "发言人数 < 900，连续 2 天", "合计", "元", "小时"):
        assert said in out, said


def test_what_is_spent_does_not_depend_on_blocks(monkeypatch):
    whole = spend(scenario(Sop.of("mini", MINI), 0), 5, 1)
    monkeypatch.setattr("experiments.calendar.BLOCK_SLOTS", 60)
    parts = spend(scenario(Sop.of("mini", MINI), 0), 5, 1)
    for name, one in whole.items():
        assert all(np.array_equal(getattr(one, kind), getattr(parts[name], kind)) for kind in vars(one))
    assert whole["opening"].acts.tolist() == [2] * 5
    assert whole["opening"].cost.min() > 0


def test_sops_are_listed_explained_and_completed(folder, capsys):
    for words in (["sop"], ["strategies"]):
        assert main([*words, "lang=zh", "--config-dir", str(folder)]) == 0
        assert "sop:mini" in capsys.readouterr().out
    assert main(["explain", "sop:mini", "lang=en", "--config-dir", str(folder)]) == 0
    out = capsys.readouterr().out
    assert "A small camp." in out
    assert "qunlab compare sop:mini" in out
    assert "camp_21" in fitting("qunlab sop ca")
    assert fitting("qunlab compare plan:sop:ca") == ["plan:sop:camp_21"]
    assert "red_packet+sop:camp_21" in fitting("qunlab compare red_packet+sop:")
    assert "sop=" not in fitting("qunlab compare so")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["sop", "nosuch"], "There is no SOP 'nosuch'"),
        (["sop", "camp_21", "launch"], "one SOP at a time"),
        (["sop", "camp_21+red_packet"], "is more than an SOP; type 'qunlab compare camp_21+red_packet'"),
        (["sop", "camp_21(daily.point=-1)"], "node 'daily': check_in_streak.point is -1"),
        (["sop", "camp_21", "out=x.txt"], "must be a file that ends in .csv"),
        (["sop", "camp_21", "replicates=0"], "replicates is 0"),
        (["sop", "replicates=3"], "for which SOP? One of camp_21"),
        (["compare", "sop=camp_21"], "an SOP is an arm; type 'qunlab compare sop:camp_21'"),
    ],
)
def test_mistakes_at_the_command_are_one_line(words, says, capsys):
    assert main([*words, "lang=en"]) == MISTAKE
    err = capsys.readouterr().err
    assert says in err
    assert err.count("\n") == 1
