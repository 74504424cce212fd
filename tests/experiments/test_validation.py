"""Patterns put to the model: how trials are watched and judged, and what is made of them."""

import json
import re
from dataclasses import replace
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from experiments.cli import main
from experiments.commands.validate import read
from experiments.messages import Catalogue
from experiments.validation import kcore, runner, size
from experiments.validation.files import write
from experiments.validation.page import page
from experiments.validation.picture import forest, pictures
from experiments.validation.runner import TRIALS
from experiments.validation.sections import Cell, Section, Table
from experiments.validation.table import number, section
from experiments.validation.targets import patterns
from experiments.validation.trial import (
    Carrier,
    Conditions,
    Curve,
    Finding,
    Trial,
    community,
    gather,
    over_prior,
    over_worlds,
)
from simulator.errors import UserError
from simulator.registry import make_mechanisms


def coin(pattern="P1"):
    """A trial that draws its own figures: the mean of normal numbers by world, and their parameter."""

    def watch(asked):
        simulation = asked.start(community("any_group", days=1, follow_up=0))
        spread = simulation.world.params["disposition"]["group_spread"]
        return {"x": np.array(asked.worlds, float), "spread": spread.astype(float)}

    def read(data):
        return {f"{pattern}.day_7": data["spread"].mean(), f"{pattern}.day_30": 0.3, f"{pattern}.shape": 2.0}

    return Trial((pattern,), watch, read, draws=(20, 3), curves=lambda data: {"c": data["x"][:2]})


def finding(pattern="P1", part="day_7", estimate=0.6, **changed):
    return Finding(
        pattern, part, estimate, estimate - 0.1, estimate + 0.1, 100, **{"passed": True, **changed}
    )


def test_every_part_that_can_be_shown_is_shown_by_one_trial():
    shown = [part.name for trial in TRIALS for part in trial.parts()]
    wanted = {p.name for one in patterns().values() for p in one.parts.values() if p.representable}
    assert len(shown) == len(set(shown))
    assert set(shown) | {name for name in wanted if name.startswith("P15")} == wanted


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: "+".join(trial.patterns))
def test_what_carries_a_part_exists_and_can_be_switched_off(trial):
    for part in trial.parts():
        carrier = trial.carrier(part)
        assert (carrier is None) == (part.pattern == "P13")
        if carrier is not None:
            make_mechanisms(carrier.settings)


@pytest.mark.parametrize(
    "trial",
    [trial for trial in TRIALS if trial is not kcore.TRIAL],  # its networks are large; its parts are below
    ids=lambda trial: "+".join(trial.patterns),
)
def test_a_trial_gives_every_part_and_does_not_depend_on_blocks(trial):
    whole, alone = gather(trial, Conditions((0, 1))), trial.watch(Conditions((1,)))
    for name, column in whole.items():
        assert len(column) == 2
        np.testing.assert_array_equal(column[1:], alone[name])
    assert {part.name for part in trial.parts()} <= set(trial.read(whole))


def test_an_interval_comes_from_worlds_and_a_curve_has_its_band():
    seen = over_worlds(coin(), 60, 1)
    low, high = seen.ends["P1.day_7"]
    assert low < seen.estimates["P1.day_7"] < high
    assert seen.ends["P1.day_30"] == (0.3, 0.3)
    assert list(seen.curves["c"].middle) == [0, 1]
    assert (seen.curves["c"].low <= seen.curves["c"].high).all()


def test_prior_draws_share_their_parameters_within_and_differ_between():
    drawn = []

    def watch(asked):
        simulation = asked.start(community("any_group", days=1, follow_up=0))
        drawn.append(simulation.world.params["disposition"]["group_spread"])
        return {"spread": drawn[-1].astype(float)}

    trial = Trial(("P1",), watch, lambda data: dict.fromkeys(
        ("P1.day_7", "P1.day_30", "P1.shape"), data["spread"].mean() - 0.6), draws=(20, 3))  # fmt: skip
    held = over_prior(trial, 1)
    rows = np.concatenate(drawn).reshape(20, 3)
    assert (rows == rows[:, :1]).all()
    assert len(np.unique(rows[:, 0])) == 20
    inside = (rows[:, 0] - 0.6 >= 0.5) & (rows[:, 0] - 0.6 <= 0.7)
    assert held["P1.day_7"] == pytest.approx(inside.mean())
    assert held["P1.shape"] == pytest.approx((rows[:, 0] - 0.6 < 1).mean())


@pytest.mark.parametrize(
    ("carrier", "one_sided", "name"),
    [
        (Carrier("conversation", "audience"), True, "conversation.audience"),
        (Carrier("rewards", "phi"), False, "rewards.phi"),
        (Carrier("bonding", "others", 1.0), True, "bonding.others = 1"),
        (Carrier("novelty"), True, "novelty"),
        (Carrier("rewards"), False, "rewards"),
    ],
)
def test_whether_a_coefficient_can_change_its_sign(carrier, one_sided, name):
    assert (carrier.one_sided, carrier.name) == (one_sided, name)


@pytest.mark.parametrize(
    ("estimate", "prior", "off", "built_in"),
    [
        (0.6, 0.5, 0.6, False),  # holds without it, and not always
        (0.6, 0.96, 0.6, True),  # nearly always
        (0.6, 0.5, 0.9, True),  # hangs on the coefficient
        (0.9, 0.5, 0.9, False),  # there is nothing to take credit for
    ],
)
def test_what_is_built_in(monkeypatch, estimate, prior, off, built_in):
    carrier = Carrier("departure", "theta")
    trial = Trial(("P1",), None, None, {"P1": carrier})
    monkeypatch.setattr(runner, "TRIALS", (trial,))

    def done(what, replicates, seed):
        values = dict.fromkeys(("P1.day_7", "P1.day_30", "P1.shape"), 0.0)
        if what[1] == "worlds":
            ends = dict.fromkeys(values, (0.5, 0.7))
            return runner.Seen({**values, "P1.day_7": estimate}, ends, {})
        return {**values, "P1.day_7": prior if what[1] == "prior" else off}

    monkeypatch.setattr(runner, "piece", done)
    found, _ = runner.run(["P1"], 100, workers=1)
    assert [one.name for one in found] == ["P1.day_7", "P1.day_30", "P1.shape"]
    assert found[0].built_in == built_in
    assert found[0].passed == (estimate == 0.6)


def test_only_patterns_asked_for_are_run_and_they_come_in_order(monkeypatch):
    trials = [replace(trial, draws=(3, 4)) for trial in TRIALS if {"P6", "P17"} & set(trial.patterns)]
    monkeypatch.setattr(runner, "TRIALS", tuple(reversed(trials)))
    found, curves = runner.run(["P17", "P6"], 8, workers=1)
    assert [one.name for one in found] == ["P6.slope", "P6.hazard_1_7", "P6.hazard_7_30", "P17.within_5_days"]
    assert list(curves) == ["retention"]


@pytest.mark.parametrize("k", kcore.KS)
def test_survivors_are_the_k_core_member_by_member(k):
    rng = np.random.default_rng(k)
    pairs = kcore.random_pairs(120, 120 * (k + 2) // 2, rng)
    used = np.array([len(pairs) // 2, len(pairs) * 3 // 4, len(pairs)])
    for kept, n in zip(kcore.survivors(k, 120, pairs, used), used, strict=True):
        core = nx.k_core(nx.Graph(map(tuple, pairs[:n].tolist())), k)
        assert set(np.flatnonzero(kept)) == set(core)
    assert kcore.mismatches(k, np.array([k + 1.0, k + 2.0]), rng) == 0


def test_random_pairs_are_different_pairs_of_different_members():
    pairs = kcore.random_pairs(50, 300, np.random.default_rng(1))
    assert len({frozenset(pair) for pair in map(tuple, pairs.tolist())}) == 300
    assert (pairs[:, 0] != pairs[:, 1]).all()


def test_a_threshold_and_the_size_there_are_found_back():
    degrees = np.array([3.0, 3.2, 3.4, 3.6, 3.8, 4.0, 4.4])
    share = np.where(degrees > 3.3, 0.3 + 0.4 * np.sqrt(np.maximum(degrees - 3.3, 0)), 0.0)
    assert kcore.threshold(degrees, share[None]) == pytest.approx(3.3)
    assert kcore.at_threshold(degrees[2:], share[None, 2:], 3.3) == pytest.approx(0.3)
    assert np.isnan(kcore.threshold(degrees, np.ones((1, 7))))


def test_the_shock_takes_about_half_and_no_owner():
    ids = np.arange(10_000, dtype=np.uint64)
    assert size.chosen(ids).mean() == pytest.approx(0.5, abs=0.02)
    data = size.watch_shock(Conditions((0, 1, 2, 3)))
    assert (data["shock"] < data["calm"]).any()


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.5123, "0.512"), (-0.25, "−0.250"), (3.3512, "3.35"), (12.34, "12.3"), (431.2, "431"), (np.nan, "–")],
)
def test_numbers(value, text):
    assert number(value) == text


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_section_says_what_passes_what_fails_and_what_cannot_be_shown(lang):
    found = [
        finding(),
        finding(part="day_30", estimate=0.5, passed=False, prior=0.2, carrier="departure.theta", off=0.9),
        finding(part="shape", estimate=0.4, built_in=True, prior=1.0, draws=40),
    ]
    made = section(["P1", "P16"], found, lang)
    say = Catalogue(lang)
    cells = [cell for table in made.tables for row in table.cells() for cell in row]
    verdicts = [cell.text for cell in cells if cell.tone in ("good", "bad", "soft")]
    assert verdicts == [
        *(say(f"validate.result.{word}") for word in ("pass", "fail", "pass")),
        *[say("validate.result.none")] * 3,
    ]
    assert [cell.small for cell in cells].count(say("validate.result.built_in")) == 1
    calibrated = say("validate.count", kind=say("validate.kind.calibrated"), passed=0, of=1)
    assert made.lead.lower().startswith(calibrated)
    assert say("validate.mute", n=1) in made.lead
    part = patterns()["P1"].parts["day_30"].says[lang]
    assert any(part in note for note in made.notes)
    rows = made.data["rows"]
    assert [row["result"] for row in rows] == ["pass", "fail", "pass", *["not representable"] * 3]
    assert rows[0]["prior_share"] is None


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_figures_show_every_finding(lang):
    found = [finding(), finding(part="shape", estimate=30.0, passed=False)]
    svg = forest(found, Catalogue(lang))
    assert svg.count("<circle") == 2
    assert svg.count("✓") == svg.count("✗") == 1
    days = np.linspace(1, 0.3, 31)
    curve = Curve(days, days - 0.02, np.minimum(days + 0.02, 1))
    drawn = pictures(found, {"survival": curve, "retention": curve}, lang)
    assert len(drawn) == 3
    assert not re.search(r"nan|inf[^o]", "".join(picture.svg for picture in drawn))
    assert pictures([], {}, lang) == []


def test_files_hold_the_same_rows_and_the_page_is_complete(tmp_path):
    made = section(["P1"], [finding()], "en")
    more = Section(
        "rooms", "Rooms", "A <lead>.", [Table(("a", "b"), [[Cell("1", "good"), "2"]])], notes=["n"]
    )
    write([made, more], tmp_path / "new", "qunlab validate P1", "en")
    tree = json.loads((tmp_path / "new" / "validation.json").read_text())
    assert tree["patterns"]["rows"][0]["estimate"] == 0.6
    lines = (tmp_path / "new" / "validation.csv").read_text().splitlines()
    assert len(lines) == 1 + len(patterns()["P1"].parts)
    text = (tmp_path / "new" / "validation.html").read_text()
    assert "A &lt;lead&gt;." in text
    assert text.count("<section") == 3


def test_a_page_speaks_its_language():
    assert '<html lang="zh-CN">' in page([], "qunlab validate", "zh")


def test_a_folder_that_cannot_be_written_to_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot write there"):
        write([], tmp_path / "file", "", "en")


def test_words_of_the_command():
    asked = read(("p4", "P1", "replicates=50", "seed=3", "workers=1", "lang=zh", "out=x"))
    assert asked.keys == ("P1", "P4")
    assert (asked.replicates, asked.seed, asked.workers, asked.lang, asked.out) == (50, 3, 1, "zh", "x")
    assert read(()).keys == tuple(patterns())
    assert read(()).workers is None


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("P19",), "P19"),
        (("replicate=3",), "replicates"),
        (("replicates=3",), "replicates is 3"),
        (("seed=x",), "seed"),
        (("out=",), "out is"),
        (("data=",), "data is ''"),
        ((f"data={Path(__file__).parent}",), "it holds no chat log"),
        ((f"out={__file__}/x",), Path(__file__).name),
        (("data=nowhere",), "nowhere"),
    ],
)
def test_a_mistake_is_one_line(words, message, capsys):
    assert main(["validate", *words]) == 2
    assert message in capsys.readouterr().err


def test_sections_on_real_groups_stand_behind_the_patterns(tmp_path, monkeypatch, capsys):
    from experiments.validation import real

    def score(groups, *, lang, seed, workers, progress):
        progress("rooms", 1, 2)
        assert (tmp_path / "out" / "validation.json").is_file(), "who stops now has the patterns"
        return [Section("rooms", f"Rooms of {groups}", f"{lang} {seed} {workers}", data={"n": 3})]

    monkeypatch.setattr(real, "gather", lambda folder, lang: f"{folder} in {lang}")
    monkeypatch.setattr(real, "score", score)
    words = ["P16", f"data={tmp_path}", f"out={tmp_path / 'out'}", "seed=5", "workers=1", "lang=en"]
    assert main(["validate", *words]) == 0
    said = capsys.readouterr().out
    assert said.index("Published patterns") < said.index("Rooms of") < said.index("en 5 1")
    tree = json.loads((tmp_path / "out" / "validation.json").read_text())
    assert tree["rooms"] == {"n": 3}


def test_the_command_prints_its_table_and_ends_well(tmp_path, capsys):
    assert main(["validate", "P16", f"out={tmp_path}", "lang=en"]) == 0
    said = capsys.readouterr().out
    assert "cannot be shown" in said
    assert (tmp_path / "validation.html").is_file()
