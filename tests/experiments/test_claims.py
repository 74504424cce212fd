import json
import re
from dataclasses import fields, replace

import numpy as np
import pytest
import yaml

from experiments import known
from experiments.arms import read_arms
from experiments.claims import cells, evidence, expression, runner
from experiments.claims.answer import Answer, built_in, joint, judge
from experiments.claims.carriers import FACTORS, Coefficient, coefficients, hangs
from experiments.claims.cells import Played
from experiments.claims.evidence import decide, parameters, region, turns, weigh
from experiments.claims.expression import Term
from experiments.claims.files import told
from experiments.claims.node import CellNode, ClaimNode, PartNode
from experiments.claims.page import page
from experiments.claims.preset import HOLDS, Cell, Claim, Part, key_of, keys, read
from experiments.claims.runner import WAGE, Finding, answers
from experiments.claims.words import SIGNS, Words
from experiments.cli import main
from experiments.messages import LANGUAGES, Catalogue
from simulator.community import Community
from simulator.errors import UserError
from simulator.knobs import knobs
from simulator.metrics import BY_NAME
from simulator.registry import make_strategy, mechanisms
from simulator.scenario import Scenario
from tests.experiments import elsewhere

CLAIMS = [f"c{n:02d}" for n in range(1, 23)]
#: Claims whose cells are composed in full here; that all presets compose is tested where presets are.
COMPOSED = ("c14", "c20")
N = 100


def preset(key: str) -> dict:
    return yaml.safe_load((known.OURS / "experiment" / f"claim_{key}.yaml").read_text("utf-8"))


# --- presets


def test_there_are_22_claims_in_the_field_guides_order():
    assert list(keys()) == CLAIMS


@pytest.mark.parametrize("key", CLAIMS)
def test_a_claim_says_all_it_must_in_both_languages(key):
    tree = preset(key)
    node = tree["claim"]
    assert set(node) <= {f.name for f in fields(ClaimNode)}
    said = [tree["title"], node["hypothesis"], node["why"], *([node["equal"]] if "spend" in node else [])]
    for kind, form in (("cells", CellNode), ("parts", PartNode)):
        assert node[kind]
        for one in node[kind].values():
            assert set(one) <= {f.name for f in fields(form)}
            said.append(one["title"])
    for text in said:
        assert set(text) == set(LANGUAGES)
        assert text["en"].isascii()
        assert re.search("[\u4e00-\u9fff]", text["zh"])


@pytest.mark.parametrize("key", CLAIMS)
def test_cells_and_parts_name_what_there_is(key):
    tree = preset(key)
    node, horizon = tree["claim"], tree["days"] + tree["follow_up"]
    labels = {arm.label for arm in read_arms(tree["arms"])} | {"baseline"}
    assert len(labels) > 2  # so that the preset is a comparison by itself
    for cell in node["cells"].values():
        assert cell["arm"] in labels
        for word in cell.get("set", []):
            check_word(*word.split("="))
    for part in node["parts"].values():
        assert part["holds"] in HOLDS
        assert part.get("against", next(iter(node["cells"]))) in node["cells"]
        assert expression.terms(part["contrast"], node["cells"], key)
        for term in expression.terms(part["metric"], BY_NAME, key):
            assert term.days is None or (BY_NAME[term.name].daily and term.days[1] <= horizon)
    for text in node.get("spend", []):
        assert expression.terms(text, node["cells"], key)


def check_word(word: str, value: str) -> None:
    """Setting of a cell: a preset of a group, or a field of it."""
    group, _, name = word.partition(".")
    if not name:
        assert value in known.presets(group)
    elif group == "community":
        assert name in {f.name for f in fields(Community)}
    else:
        mechanism, _, parameter = name.partition(".")
        assert parameter in knobs(mechanisms()[mechanism])


def test_claims_that_compare_tactics_spend_the_same_by_design():
    assert [key for key in CLAIMS if "spend" in preset(key)["claim"]] == ["c01", "c06", "c19"]


@pytest.mark.parametrize("key", COMPOSED)
def test_a_claim_is_read_from_its_preset(key):
    claim = read(key)
    node = preset(key)["claim"]
    assert [cell.name for cell in claim.cells] == list(node["cells"])
    assert len({cell.scenario.hash for cell in claim.cells}) == len(claim.cells)
    assert all(part.matters(100.0) > 0 for part in claim.parts)
    assert all(part.unit == BY_NAME["lifespan"].unit for part in claim.parts)


def test_claims_go_by_many_names():
    assert {key_of(word) for word in ("c01", "C1", "1", "claim_c01", "C01")} == {"c01"}
    with pytest.raises(UserError, match=r"claim 'c0x'.*Did you mean"):
        key_of("c0x")


def broken(tmp_path, old: str, new: str) -> str:
    """What is said of a user's own claim with a mistake in it."""
    text = (known.OURS / "experiment" / "claim_c02.yaml").read_text("utf-8")
    assert old in text
    (tmp_path / "experiment").mkdir(exist_ok=True)
    (tmp_path / "experiment" / "claim_x.yaml").write_text(text.replace(old, new), "utf-8")
    with pytest.raises(UserError) as error:
        read("x", tmp_path)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("holds: more", "holds: mor", "Did you mean 'more'"),
        ('"packets - nothing"', '"packet - nothing"', "Did you mean 'packets'"),
        ("voices[67:120]", "voices[67:121]", "within days 0 to 120"),
        ("arm: red_packet", "arm: red_paket", "Did you mean 'red_packet'"),
    ],
)
def test_a_mistake_in_a_claim_is_said_in_one_line(tmp_path, old, new, said):
    assert said in broken(tmp_path, old, new)


# --- contrasts


def test_contrasts_are_plain_algebra():
    of = {
        Term(name): np.array([value, 2.0 * value]) for name, value in zip("abcd", (1, 2, 4, 8), strict=True)
    }
    known_answers = {
        "b - a": [1, 2],
        "(d - c) - (b - a)": [3, 6],
        "d / a": [8, 8],
        "a - 0.8": [0.2, 1.2],
        "-a + 2 * b": [3, 6],
        "(a + b + c) / 3": [7 / 3, 14 / 3],
    }
    for text, answer in known_answers.items():
        np.testing.assert_allclose(expression.value(text, of), answer)
    assert np.isnan(expression.value("a / (b - 2 * a)", of)).all()


def test_terms_may_have_windows():
    found = expression.terms("voices[0:14] - voices[70:84] + voices", BY_NAME, "metric")
    assert found == (Term("voices", (0, 14)), Term("voices", (70, 84)), Term("voices"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a +",
        "__import__('os')",
        "a.b",
        "a[0]",
        "a ** 2",
        "a if a else b",
        "'a'",
        "True",
        "a[b:c]",
        "a; b",
    ],
)
def test_nothing_else_is_an_expression(text):
    with pytest.raises(UserError, match="must join names"):
        expression.terms(text, "ab", "contrast")


# --- evidence and answers, on made-up numbers


def part(name="effect", holds="more", contrast="b - a", **more) -> Part:
    values = {"metric": "voices", "against": "", "matters_rel": 0.0, "matters_abs": 1.0, "title": {}} | more
    return Part(name=name, holds=holds, contrast=contrast, **values)


def claim(*parts: Part, cells=("a", "b"), spend=()) -> Claim:
    small = Scenario(community=Community(size=15), days=8, follow_up=2)
    made = tuple(Cell(name, replace(small, label=name), "baseline", (), {}) for name in cells)
    words = {"en": "said", "zh": "说法"}
    return Claim("c99", words, words, words, words, tuple(spend), made, parts or (part(),))


def played(effects: np.ndarray, luck: float = 0.1, name: str = "effect", seed: int = 1) -> Played:
    """Cells a, all nought, and b with these effects and some luck in each of two runs."""
    rng = np.random.default_rng(seed)
    b = effects + luck * rng.standard_normal((2, len(effects)))
    costs = {"a": (0.0, 0.0, 0.0), "b": (100.0, 1.0, 0.0)}
    return Played({name: {"a": np.zeros_like(b), "b": b}}, costs, {"a": 0.5, "b": 0.5})


def answer(effects, luck=0.1, of=None, **settings) -> Answer:
    one = claim(part(**settings))
    return judge(weigh(one, played(np.asarray(effects, float), luck), of or {}))


def spread(mean: float, sd: float) -> np.ndarray:
    """Effects of 100 worlds with exactly this mean and about this spread."""
    x = np.random.default_rng(7).standard_normal(N)
    return mean + sd * (x - x.mean()) / x.std()


def test_regions_and_intervals():
    assert [region(holds, 1.0) for holds in HOLDS] == [(1, np.inf), (-np.inf, -1), (-1, 1), (-np.inf, 1)]
    assert decide((1.1, 2), region("more", 1)) == "for"
    assert decide((-5, 1), region("more", 1)) == "against"
    assert decide((0.9, 2), region("more", 1)) == "open"
    assert decide((-0.9, 0.9), region("about", 1)) == "for"
    assert decide((np.nan, 2), region("more", 1)) == "open"


@pytest.mark.parametrize(
    ("mean", "sd", "holds", "code"),
    [
        (3.0, 1.5, "more", "supported"),
        (9.0, 1.5, "more", "built_in"),  # in over 95% of worlds
        (-3.0, 1.5, "less", "supported"),
        (0.0, 0.6, "about", "supported"),
        (0.0, 0.2, "about", "built_in"),
        (0.2, 0.6, "not_more", "supported"),
        (0.0, 0.3, "more", "not_supported"),  # nothing that matters
        (-3.0, 1.5, "more", "not_supported"),  # the other way round
        (3.0, 1.0, "about", "not_supported"),
        (3.0, 1.0, "not_more", "not_supported"),
        (1.1, 3.0, "more", "undecided"),
        (1.8, 2.0, "more", "supported"),  # most worlds, if not 80 of 100
        (0.3, 2.0, "more", "not_supported"),
    ],
)
def test_the_rule(mean, sd, holds, code):
    assert answer(spread(mean, sd), holds=holds).code == code


def test_shares_leave_luck_out():
    found = answer(spread(2.0, 0.1), luck=3.0)
    assert found.share > 0.95
    assert answer(spread(2.0, 1.5), luck=0.01).share == pytest.approx(np.mean(spread(2.0, 1.5) > 1), abs=0.02)


def test_undecided_says_how_many_worlds_would_do():
    found = answer(spread(1.2, 3.0))
    assert found.code == "undecided"
    assert N < found.needed < 5000
    assert answer(np.full(N, np.nan), of=planted(True)[1]).code == "undecided"  # every run failed
    assert answer(np.full(N, np.nan)).needed is None


def test_a_part_that_fails_fails_the_claim_and_worlds_are_counted_together():
    x = spread(0.0, 1.0)
    one = claim(part("first"), part("second"))
    both = {
        "first": played(3.0 + x, 0.01).values["effect"],
        "second": played(3.0 - x, 0.01).values["effect"],
    }
    worlds = Played(both, {}, {})
    shown = weigh(one, worlds, {})
    assert joint(shown) == pytest.approx(np.mean((3 + x > 1) & (3 - x > 1)), abs=0.02)
    assert joint(shown) < min(shown[0].share, shown[1].share)
    both["second"] = played(np.zeros(N)).values["effect"]
    assert judge(weigh(one, Played(both, {}, {}), {})).code == "not_supported"


def planted(turning: bool) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Effects that one of sixty parameters turns, or none does."""
    rng = np.random.default_rng(3)
    of = {f"rewards.p{n}": rng.random(N) for n in range(60)}
    noise = rng.standard_normal(N)
    return 1.0 + (6.0 * (of["rewards.p41"] - 0.5) + 0.5 * noise if turning else 2.0 * noise), of


def test_a_planted_dependence_is_found_and_none_where_there_is_none():
    x, of = planted(True)
    found = answer(x, of=of)
    assert found.code == "depends"
    assert [(name, turn.name) for name, turn in found.turns] == [("effect", "rewards.p41")]
    turn = found.turns[0][1]
    assert turn.low < 1 < turn.high
    assert turn.rho > 0.8
    assert turn.p == pytest.approx(1 / 2000)
    x, of = planted(False)
    assert turns(x, of, region("more", 1.0)) == ()


def test_by_accident_parameters_are_named_in_one_case_of_twenty(monkeypatch):
    monkeypatch.setattr(evidence, "PERMUTATIONS", 199)
    rng = np.random.default_rng(11)
    found = 0
    for _ in range(60):
        of = {f"m.p{n}": rng.random(60) for n in range(30)}
        found += bool(turns(1.0 + rng.standard_normal(60), of, region("more", 1.0)))
    assert found <= 8  # of 60, at most 3 expected


def test_a_parameter_that_moves_the_effect_but_not_the_answer_is_not_named():
    x, of = planted(True)
    assert turns(x + 20.0, of, region("more", 1.0)) == ()


def test_clear_answers_do_not_depend():
    x, of = planted(True)
    assert answer(x + 3.0, of=of).code in ("supported", "built_in")


def test_an_effect_hangs_on_what_takes_it_away():
    one = claim()
    whole = played(spread(3.0, 1.0))
    shown = weigh(one, whole, {})
    gone, half, untold = played(spread(0.0, 1.0)), played(spread(2.0, 1.0)), played(spread(2.0, 12.0))
    assert hangs(one, whole, gone, shown)
    assert not hangs(one, whole, half, shown)  # still told from nothing
    assert not hangs(one, whole, untold, shown)  # not told, but hardly smaller
    supported = judge(shown)
    assert built_in(supported, ["prompts.weight"]).code == "built_in"
    assert built_in(supported, []) == supported
    assert built_in(Answer("depends", 0.5), ["prompts.weight"]).code == "depends"


# --- coefficients, and a claim from end to end


def real(key: str = "c98", **more) -> Claim:
    """A notice in a small group: whoever is told of it comes more, by one coefficient."""
    tactic = make_strategy("red_packet", purse=0, notice=5, hours=0, every=1)
    base = Scenario(community=Community(size=20, arrivals=0.0, invitations=0.0), days=8, follow_up=0)
    told = replace(base, strategies=(("red_packet", tactic),))
    words = {"en": "Notices bring people <in>", "zh": "通知能把人<叫>来"}
    made = (
        Cell("nothing", replace(base, label="nothing"), "baseline", (), {"en": "Nothing", "zh": "不做"}),
        Cell("told", replace(told, label="told"), "red_packet", (), {"en": "Told", "zh": "通知"}),
    )
    asked = part("come", contrast="told - nothing", metric="visitors", matters_abs=0.2, title=words)
    values = {"title": words, "hypothesis": words, "why": words, "equal": words, "spend": ("nothing", "told")}
    return Claim(key, **{**values, "cells": made, "parts": (asked,)} | more)


@pytest.fixture(scope="module")
def found() -> Finding:
    return next(answers([real()], 20, 1, workers=1))


def test_coefficients_are_those_that_cannot_change_sign_and_hear_the_tactic():
    names = {coefficient.name for coefficient in coefficients(real())}
    assert "prompts.weight" in names
    assert "owner_energy.toll" in names
    assert "rewards.phi" not in names  # its range spans nought
    assert not any(name.startswith(("habit.", "contagion.")) for name in names)
    assert coefficients(claim()) == ()  # no tactic, no difference
    assert Coefficient("prompts", "weight").off == {"prompts": {"weight": 0.0}}


def test_factors_are_off_at_one():
    for name in FACTORS:
        mechanism, _, parameter = name.partition(".")
        spec = knobs(mechanisms()[mechanism])[parameter][1]
        assert spec.high == 1.0  # the end of its range: it cannot change sides
        mechanisms()[mechanism].make(**Coefficient(mechanism, parameter).off[mechanism])


def test_what_cells_set_apart_is_looked_at_but_not_what_they_set():
    one = real()
    off = replace(one.cells[1].scenario, mechanisms={"bonding": {"first": 0.0}}, strategies=())
    names = {
        c.name for c in coefficients(replace(one, cells=(one.cells[0], replace(one.cells[1], scenario=off))))
    }
    assert "bonding.talk" in names
    assert "bonding.first" not in names


def test_a_planted_coefficient_is_named_from_end_to_end(found):
    assert found.answer.code == "built_in"
    assert found.answer.carriers == ("prompts.weight",)
    assert "prompts.weight" in found.tried
    assert found.evidence[0].effect.diff > 0.2
    assert not found.played.failures


def test_worlds_differ_in_the_parameters_that_are_drawn():
    of = parameters(real(), 30, 1)
    low, high = (getattr(knobs(mechanisms()["prompts"])["weight"][1], end) for end in ("low", "high"))
    assert of["prompts.weight"].shape == (30,)
    assert low <= of["prompts.weight"].min() < of["prompts.weight"].max() <= high


@pytest.fixture
def quick(monkeypatch):
    """Only two coefficients are tried."""
    few = (Coefficient("owner_energy", "toll"), Coefficient("prompts", "weight"))
    monkeypatch.setattr(runner, "coefficients", lambda claim: few)


def plain(one: Finding) -> str:
    """All that came out, but which coefficients were tried."""
    return told([replace(one, tried=())], 20, 1, "")


def test_neither_order_nor_pieces_change_an_answer(found, quick, monkeypatch):
    monkeypatch.setattr(cells, "_PIECES", 5)
    other = real("c97", cells=real().cells[::-1])
    first, last = answers([other, real()], 20, 1, workers=1)
    assert (first.claim.key, last.claim.key) == ("c97", "c98")
    assert plain(last) == plain(found)


def test_workers_do_not_change_an_answer(found, quick, monkeypatch):
    monkeypatch.setattr(runner, "make", elsewhere.make)
    assert plain(next(answers([real()], 20, 1, workers=2))) == plain(found)


def test_what_should_cost_the_same_and_does_not_is_said(found):
    assert found.uneven == 0.0  # neither costs anything
    spent = {"nothing": (100.0, 0.0, 0.0), "told": (50.0, 1.0, 0.0)}
    uneven = replace(found, played=replace(found.played, spent=spent))
    assert uneven.spend("told") == 50.0 + WAGE
    assert uneven.spend("(nothing + told) / 2") == (150.0 + WAGE) / 2
    assert uneven.uneven == pytest.approx((100 - 50 - WAGE) / 100)
    assert "20%" in " ".join(Words(Catalogue("en")).story(uneven).notes)


# --- what is shown


def answered(code: str, found: Finding) -> Finding:
    """The same with another answer."""
    turn = turns(*planted(True), region("more", 1.0))[0]
    made = {
        "depends": Answer("depends", 0.5, (("come", replace(turn, name="rewards.phi")),)),
        "built_in": Answer("built_in", 0.97, carriers=("prompts.weight",), always=True),
        "undecided": Answer("undecided", 0.5, needed=1234),
    }
    against = tuple(replace(one, decided="against") for one in found.evidence)
    evidence = against if code == "not_supported" else found.evidence
    return replace(found, answer=made.get(code, Answer(code, 0.9)), evidence=evidence)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("code", SIGNS)
def test_every_answer_is_told_in_both_languages(found, code, lang):
    story = Words(Catalogue(lang)).story(answered(code, found))
    assert story.sign == SIGNS[code]
    assert story.meaning
    assert bool(re.search("[\u4e00-\u9fff]", story.meaning)) == (lang == "zh")
    if code == "depends":
        assert "rewards.phi" in story.meaning
    if code == "undecided":
        assert "1,234" in story.meaning


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_is_whole_and_escaped(found, lang):
    text = page([answered(code, found) for code in SIGNS], 20, 1, "qunlab claims c98", lang)
    assert text.count("<article") == len(SIGNS)
    assert text.count("<svg") == len(SIGNS)
    assert "<in>" not in text
    assert "<叫>" not in text
    assert "http" not in text
    assert "{" not in re.sub(r"<style>.*</style>", "", text, flags=re.DOTALL)


def test_the_form_of_the_json(found):
    tree = json.loads(told([found], 20, 3, "qunlab claims c98"))
    assert list(tree) == ["form", "command", "worlds", "seed", "wage", "claims"]
    one = tree["claims"][0]
    assert {"key", "answer", "worlds_share", "hangs_on", "depends_on", "cells", "parts", "failures"} <= set(
        one
    )
    assert one["hangs_on"] == ["prompts.weight"]
    assert [cell["name"] for cell in one["cells"]] == ["nothing", "told"]
    shown = one["parts"][0]
    assert (
        shown["ci_low"] <= shown["ci_low_luck"] <= shown["diff"] <= shown["ci_high_luck"] <= shown["ci_high"]
    )
    assert shown["n_worlds"] == shown["n_twins"] == 20


def test_what_hardly_moves_is_said_to_be_a_weak_test():
    few = played(np.where(np.arange(N) < 5, 5.0, 0.0), luck=0.0)
    one = claim()
    shown = weigh(one, few, {})
    made = Finding(one, few, shown, judge(shown))
    assert "in 95% of runs" in " ".join(Words(Catalogue("en")).story(made).notes)


def test_joined_metrics_have_no_unit_and_three_figures():
    words = Words(Catalogue("en"))
    assert words.amount(-0.00123456, "", signed=True) == "−0.00123"
    assert words.interval(-0.00123456, 12.345, "") == "−0.00123 to 12.3"
    assert part(metric="new_ties / voices").unit == ""
    assert part(metric="voices - voices_kol").unit == "members/day"


def test_a_failed_run_is_a_line_not_the_end(found):
    failed = replace(found, played=replace(found.played, failures=(("told", "ValueError: no"),)))
    assert "ValueError: no" in " ".join(Words(Catalogue("en")).story(failed).notes)
    assert json.loads(told([failed], 20, 1, ""))["claims"][0]["failures"] == [
        {"cell": "told", "error": "ValueError: no"}
    ]


# --- the command


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["c0"], "Did you mean 'c"),
        (["replicate=5"], "Did you mean 'replicates'"),
        (["replicates=3"], "from 10"),
        (["out="], "must be a folder"),
        (["workers=x"], "must be a number"),
    ],
)
def test_a_mistake_is_one_line(words, said, capsys):
    assert main(["claims", *words, "lang=en"]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert len(err.strip().splitlines()) == 1


def test_the_command_answers_and_writes(tmp_path, capsys, quick, monkeypatch):
    monkeypatch.setattr("experiments.claims.preset.read", lambda key, folder: real(key))
    out = tmp_path / "claims"
    words = ["claims", "c02", "c01", "replicates=20", "workers=1", f"out={out}", "lang=en"]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert said.index("C1 built in") < said.index("C2 built in")
    assert {file.name for file in out.iterdir()} == {"claims.json", "claims.en.html", "claims.zh.html"}
    tree = json.loads((out / "claims.json").read_text("utf-8"))
    assert [one["key"] for one in tree["claims"]] == ["c01", "c02"]
    assert tree["command"].startswith("qunlab claims c02 c01")


@pytest.mark.parametrize(("error", "status"), [(KeyboardInterrupt(), 130), (UserError("No."), 2)])
def test_who_stops_in_between_has_what_was_answered(tmp_path, capsys, found, monkeypatch, error, status):
    def stopped(*args):
        yield found
        raise error

    monkeypatch.setattr("experiments.claims.runner.answers", stopped)
    out = tmp_path / "claims"
    assert main(["claims", "c01", "c02", f"out={out}", "lang=en"]) == status
    assert "1 of 2 claims" in capsys.readouterr().out
    assert len(json.loads((out / "claims.json").read_text("utf-8"))["claims"]) == 1
