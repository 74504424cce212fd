import io
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from experiments import Study, run
from experiments.messages import Catalogue
from experiments.report import charts, findings
from experiments.report.amounts import Amounts, digits, tidy
from experiments.report.page import page
from experiments.report.terminal import show
from experiments.report.words import SIGNS, Words
from experiments.result import Arm, Tactic
from experiments.study import PLACEBO
from simulator.metrics import METRICS
from tests.experiments.fakes import ARMS, RED, full_result, quick

STUB = charts.Chart("<svg></svg>", b"")


@pytest.fixture(scope="module")
def full():
    return full_result()


def html(result):
    return page(result, STUB, STUB)


def printed(result, **options):
    out = io.StringIO()
    show(result, Console(file=out, width=120), **options)
    return out.getvalue()


def unwrapped(text):
    return " ".join(text.split())


# Amounts


@pytest.mark.parametrize(
    ("value", "unit", "signed", "english", "chinese"),
    [
        (340.0, "yuan", False, "¥340", "340 元"),
        (12_000.0, "yuan", False, "¥12,000", "12,000 元"),
        (9.0, "days", True, "+9 days", "+9 天"),
        (1.0, "days", True, "+1 day", "+1 天"),
        (-0.04, "days", True, "±0 days", "±0 天"),
        (6.0, "hours", False, "6 h", "6 小时"),
        (12.3, "percent", True, "+12%", "+12%"),
        (-3.21, "percent", True, "−3.2%", "−3.2%"),
        (0.25, "share", False, "25%", "25%"),
        (0.25, "share", True, "+25 points", "+25 个百分点"),
        (0.123, "members/day", True, "+0.12 members/day", "+0.12 人/天"),
        (float("nan"), "days", True, "–", "–"),
    ],
)
def test_amounts(value, unit, signed, english, chinese):
    assert Amounts(Catalogue("en")).amount(value, unit, signed) == english
    assert Amounts(Catalogue("zh")).amount(value, unit, signed) == chinese


def test_intervals():
    say = Amounts(Catalogue("en"))
    assert say.interval(8.2, 15.9, "percent") == "8 to 16%"
    assert say.interval(-3.0, 5.04, "percent") == "−3.0 to 5.0%"
    assert say.interval(-0.02, 0.14, "share") == "−2 to 14 points"
    assert say.interval(2.0, 16.0, "days", bare=True) == "2 to 16"
    assert say.interval(-0.001, 16.0, "days", bare=True) == "0 to 16"
    assert say.interval(float("nan"), 1.0, "days") == "–"
    assert Amounts(Catalogue("zh")).interval(8.2, 15.9, "percent") == "8 到 16%"


@given(st.floats(-1e6, 1e6), st.sampled_from([metric.unit for metric in METRICS]))
@settings(deadline=None, max_examples=80)
def test_an_amount_never_misleads_by_more_than_its_rounding(value, unit):
    text = Amounts(Catalogue("zh")).amount(value, unit, signed=True)
    number = float(re.sub(r"[^\d.−]", "", text).replace("−", "-"))
    scale = 100 if unit.startswith("share") else 1
    assert abs(number - value * scale) <= 0.06 * abs(value * scale) + 0.0501
    assert text.startswith(("+", "−", "±"))


def test_numbers_of_an_interval_have_the_same_decimals():
    assert digits("days", 0.4, 12.0) == 0
    assert digits("days", 0.4, float("nan")) == 1
    assert digits("plain") == 0


def test_tidy_text_is_one_printable_line():
    assert tidy("a\n b\t\x00c \u202eevil") == "a b c evil"
    assert tidy("坏\udc80") == "坏?"


# Findings


def test_best_first_and_harmful_last(full):
    codes = [findings.verdict(full, arm.label).code for arm in findings.ranked(full)]
    assert codes[0] == "launch"
    assert codes[-1] == "harmful"
    launched = [arm.label for arm, code in zip(findings.ranked(full), codes, strict=True) if code == "launch"]
    gains = [full.comparison.effect("voices", label).diff for label in launched]
    assert gains == sorted(gains, reverse=True)
    assert PLACEBO not in [arm.label for arm in findings.ranked(full)]


def test_price_is_the_ratio_of_means_over_matched_replicates(full):
    label = "red_packet+offline_meetup"
    at, seen = full.labels.index(label), ~full.twin
    gain = [
        full.summary[name][at, seen] - full.summary[name][0, seen]
        for name in ("voices", "voices_after", "cost")
    ]
    extra = gain[0] * 60 + gain[1] * 30
    found = findings.price(full, label)
    assert found.yuan == pytest.approx(gain[2].mean() / extra.mean())
    assert found.low < found.yuan < found.high


def test_there_is_no_price_without_a_sure_gain(full):
    assert np.isnan(findings.price(full, "uncertain_reward").yuan)


def test_a_tactic_without_cost_is_free(full):
    assert findings.price(full, "check_in_streak").yuan == 0.0
    assert "free" in html(full)


def test_placebo_is_checked_bit_for_bit_ledger_aside(full):
    assert findings.placebo_holds(full) is True
    spent = dict(full.summary) | {"hours": full.summary["hours"] + np.arange(len(full.arms))[:, None]}
    assert findings.placebo_holds(replace(full, summary=spent)) is True
    series = {name: values.copy() for name, values in full.series.items()}
    series["voices"][-1, 0, 0] = np.nextafter(series["voices"][-1, 0, 0], np.float32(np.inf))
    broken = replace(full, series=series)
    assert findings.placebo_holds(broken) is False
    assert "Do not trust these figures" in html(broken)
    assert "Do not trust these figures" in unwrapped(printed(broken))
    assert findings.placebo_holds(quick(arms=ARMS[:3])) is None


# Sentences


def test_the_sentence_a_strategist_reads(full):
    words = Words(full)
    story = words.story(next(arm for arm in full.arms if arm.label == "red_packet+offline_meetup"))
    pattern = (
        r"Red packets \+ Offline meetup: \+\d+% voices a day \(\d+ to \d+%\), lifespan \+[\d.]+ days "
        r"\([\d.]+ to [\d.]+\), cost ¥1,940, 15 h; KOL loss unchanged\. Launch a pilot\."
    )
    assert re.fullmatch(pattern, story.sentence)
    assert words.headline() == "Best tried: Red packets + Offline meetup"


def test_the_same_in_chinese():
    words = Words(quick("zh"))
    said = words.story(words.result.arms[3]).sentence
    assert re.match(
        r"红包 \+ 线下见面：每天发言人数 \+\d+%（\d+ 到 \d+%），群寿命 .*花费 1,940 元、15 小时；", said
    )
    assert words.headline() == "首选：红包 + 线下见面"


def test_a_crossed_red_line_is_said(full):
    story = Words(full).story(next(arm for arm in full.arms if arm.label == "天天发大红包"))
    assert story.title == "天天发大红包"
    assert "red line crossed: KOL loss +25 points (line 10 points). Do not run it." in story.sentence


@pytest.mark.parametrize(
    ("dying", "said"), [(0.0, "nobody died in 46 days"), (0.97, r"9\d% died within 46 days")]
)
def test_a_lifespan_that_cannot_be_told_says_why_and_gives_vital_days(dying, said):
    result = quick(dying=dying)
    text = Words(result).lifespan("check_in_streak")
    assert re.search(rf"lifespan not estimable \({said}\), vital days ", text)
    assert "not estimable" in html(result)


def test_few_replicates_ask_for_more_and_say_how_many():
    result = quick(replicates=6, twins=0)
    words = Words(result)
    stories = [words.story(arm) for arm in result.tested]
    undecided = [story for story in stories if story.code == "more_replicates"]
    assert undecided
    needed = findings.verdict(result, undecided[0].label).needed_replicates
    assert f"about {needed} more replicate" in undecided[0].advice
    assert f"replicates={6 + needed}" in undecided[0].advice


def test_an_arm_is_called_by_its_title_its_tactics_or_its_own_label():
    strange = Tactic("lottery", "lottery", {})
    arms = (
        ARMS[0],
        Arm("red_packet", "1", (RED,)),
        Arm("twice", "2", (RED,), {"zh": "两倍"}),
        Arm("lottery", "3", (strange,)),
        Arm("red_packet+big", "4", (RED, Tactic("big", "red_packet", {"zh": "红包"}))),
    )
    words = Words(replace(quick("zh"), arms=arms))
    names = [words.arm(arm.label) for arm in arms]
    assert names == ["什么都不做", "红包", "两倍", "lottery", "红包 + big (红包)"]


def test_the_group_is_called_by_its_own_title():
    result = quick("zh")
    assert Words(result).facts().startswith("兴趣群，120 人（群主 1，大神 6，")
    named = replace(result, group=replace(result.group, name="mine", title={"zh": "我的群"}))
    assert Words(named).facts().startswith("我的群，")


def test_notes_always_say_whether_the_group_is_calibrated(full):
    warned = [text for kind, text in Words(full).notes() if kind == "warn"]
    assert len(warned) == 2  # interrupted, and a failure
    for result, text in (
        (full, "Not calibrated on your group"),
        (replace(full, calibrated=True), "from your log"),
    ):
        assert text in unwrapped(printed(result))
        assert text in html(result)


# Terminal


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_terminal_fits_100_columns_and_begins_with_the_answer(lang):
    result = quick(lang, failed=True)
    *lines, rebuild = printed(result).splitlines()
    assert max(map(cell_len, lines)) <= 100
    assert rebuild.endswith(result.command)  # whole, to be copied
    assert lines[0] == Words(result).headline()
    for arm in result.tested:
        sign = SIGNS[findings.verdict(result, arm.label).code]
        assert any(line.startswith(f"{sign} {Words(result).arm(arm.label)}") for line in lines)


def test_labels_are_not_markup(tmp_path):
    odd = "[bold]x[/bold] [link=http://a]"
    result = quick(arms=(ARMS[0], Arm(odd, "1" * 16), ARMS[-1]))
    assert odd in printed(result, folder=tmp_path / "[red]")
    assert "[red]" in printed(result, folder=tmp_path / "[red]")


def test_what_members_pay_is_said_where_they_do():
    study = Study.of(
        "paid_entry(fee=20)", "red_packet", replicates=2, days=6, follow_up=2, workers=1, lang="en"
    )
    words = Words(run(study))
    assert "takes in ¥" in words.spending("paid_entry(fee=20)")
    assert "takes in" not in words.spending("red_packet")
