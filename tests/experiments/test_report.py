import io
import re
import warnings
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from experiments.messages import Catalogue
from experiments.report import charts, curves, findings
from experiments.report.amounts import Amounts, digits, tidy
from experiments.report.forest import Axis
from experiments.report.page import page
from experiments.report.terminal import show
from experiments.report.words import SIGNS, Words
from experiments.result import Arm, Tactic
from experiments.study import PLACEBO
from simulator.metrics import BY_NAME, METRICS
from tests.experiments.fakes import ARMS, RED, fake_result

FEW = [
    BY_NAME[name]
    for name in ("voices", "lifespan", "voices_after", "vital_days", "kol_loss", "cost", "hours")
]
QUICK = {"metrics": FEW, "replicates": 40, "twins": 12, "days": 30, "follow_up": 30}
STUB = charts.Chart("<svg></svg>", b"")


_MADE = {}


@pytest.fixture(scope="module")
def full():
    return fake_result("en", failed=True, asked=200)


def quick(lang="en", **more):
    """A result of few metrics; made once for all tests, which change nothing in it."""
    key = repr(sorted(more.items()))
    if key not in _MADE:
        _MADE[key] = fake_result("en", **QUICK | more)
    return replace(_MADE[key], lang=lang)


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


# Curves


def test_trailing_mean_looks_back_only():
    x = np.array([7.0, 0, 0, 0, 0, 0, 0, 7, 14])
    np.testing.assert_allclose(curves.trailing_mean(x, 7), [7, 3.5, 7 / 3, 7 / 4, 7 / 5, 7 / 6, 1, 1, 3])
    np.testing.assert_allclose(curves.trailing_mean(x, 1), x)
    np.testing.assert_allclose(curves.trailing_mean(x[:3], 7), [7, 3.5, 7 / 3])


def test_bands_are_students_interval_of_the_mean_without_failed_runs():
    x = np.array([[[1.0], [2.0], [3.0], [np.nan]]])
    bands = curves.mean_bands(x)
    assert bands.mean[0, 0] == 2.0
    assert bands.high[0, 0] - 2.0 == pytest.approx(4.302653 / np.sqrt(3), rel=1e-6)
    alone = curves.mean_bands(x[:, :1])
    assert alone.mean[0, 0] == 1.0
    assert np.isnan(alone.low[0, 0])
    assert np.isnan(curves.mean_bands(x[:, 3:]).mean[0, 0])


def test_differences_are_matched(full):
    bands = curves.differences(full, [2])
    smooth = curves.trailing_mean(full.series["voices"], 7)
    np.testing.assert_allclose(bands.mean[0], np.nanmean(smooth[2] - smooth[0], axis=0), atol=1e-5)
    apart_ = curves.levels(full, [0, 2])
    assert np.all(bands.high - bands.low < (apart_.high - apart_.low)[1])


def test_a_survival_curve_reaches_tau():
    for line in curves.survivals(quick(dying=0.0), [0, 1]):
        assert (line.days[0], line.days[-1]) == (0.0, 46.0)
        assert np.all(line.survival == 1.0)


@given(st.lists(st.floats(-100, 100), max_size=12), st.floats(0.1, 10))
@settings(deadline=None, max_examples=60)
def test_names_stand_apart_in_order_and_near_their_lines(y, gap):
    placed = curves.apart(y, gap)
    assert np.all(np.diff(np.sort(placed)) >= gap * (1 - 1e-9))
    for i, j in zip(*np.where(np.subtract.outer(y, y) > 0), strict=True):
        assert placed[i] > placed[j]
    assert np.sum(placed) == pytest.approx(np.sum(y), abs=1e-6)
    if len(y) and np.all(np.diff(np.sort(y)) >= gap):
        np.testing.assert_allclose(placed, y, atol=1e-9)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.floats(0.01, 1))
@settings(deadline=None, max_examples=60)
def test_names_stay_inside_the_chart(y, gap):
    placed = np.sort(curves.apart(y, gap, 0.0, 1.0))
    assert placed[0] >= -1e-9
    assert placed[-1] <= 1 + 1e-9
    assert np.all(np.diff(placed) >= min(gap, 1 / max(len(y) - 1, 1)) - 1e-9)


def test_an_interval_out_of_all_proportion_runs_to_the_edge_and_hides_nothing(full):
    row = full.comparison.effect("voices", "red_packet")
    wild = replace(row, ci_low=-1e6)
    axis = Axis.over([row, wild], zone=False)
    assert axis.bar(wild).wide[0] == 0.0
    assert axis.bar(row).wide[1] > 1.0


def test_the_interval_of_luck_is_shown_only_where_it_is_known(full):
    row = full.comparison.effect("voices", "red_packet")
    alone = replace(row, n_twins=0)
    axis = Axis.over([row])
    assert axis.bar(row).narrow is not None
    assert axis.bar(alone).narrow is None
    assert axis.bar(alone, luck_only=True).narrow is not None


def test_bars_share_a_scale_that_holds_everything(full):
    rows = [full.comparison.effect("voices", arm.label) for arm in full.tested]
    axis = Axis.over(rows)
    for row in rows:
        bar = axis.bar(row)
        left, width = bar.wide
        assert 0 < left < bar.point < left + width < 100
        thick, breadth = bar.narrow
        assert left <= thick
        assert thick + breadth <= left + width + 0.01
        assert bar.clear == (row.ci_low > 0 or row.ci_high < 0)
    texts = [text for _, text in axis.ticks()]
    assert "0" in texts
    assert 2 <= len(texts) <= 7


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
    lines = printed(result).splitlines()
    assert max(map(cell_len, lines)) <= 100
    assert lines[0] == Words(result).headline()
    for arm in result.tested:
        sign = SIGNS[findings.verdict(result, arm.label).code]
        assert any(line.startswith(f"{sign} {Words(result).arm(arm.label)}") for line in lines)


def test_labels_are_not_markup(tmp_path):
    odd = "[bold]x[/bold] [link=http://a]"
    result = quick(arms=(ARMS[0], Arm(odd, "1" * 16), ARMS[-1]))
    assert odd in printed(result, folder=tmp_path / "[red]")
    assert "[red]" in printed(result, folder=tmp_path / "[red]")


# Page


class Reader(HTMLParser):
    """Collects text, tags and addresses, and checks that tags are closed in order."""

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.addresses, self.ids, self.text = [], [], [], [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        values = dict(attrs)
        self.ids += [values["id"]] if "id" in values else []
        self.addresses += [
            value for name, value in attrs if name in ("src", "href", "xlink:href", "action", "data")
        ]
        self.text += " "
        if tag not in ("meta", "link", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def read(text):
    reader = Reader()
    reader.feed(text)
    assert not reader.open
    return reader


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_is_one_file_that_fetches_nothing(full, lang):
    result = replace(full, lang=lang)
    words = Words(result)
    drawn = (charts.activity(result, words), charts.survival(result, words)) if lang == "zh" else (STUB, STUB)
    text = page(result, *drawn)
    found = read(text)
    assert all(address.startswith(("#", "data:")) for address in found.addresses)
    assert "script" not in found.tags
    assert "@import" not in text
    assert "Content-Security-Policy" in text
    assert text.count("url(") == len(re.findall(r"url\(#[as]-", text))
    assert len(found.ids) == len(set(found.ids))
    for address in found.addresses:
        assert not address.startswith("#") or address[1:] in found.ids
    assert f'lang="{"zh-CN" if lang == "zh" else "en"}"' in text
    for arm in result.tested:
        assert words.story(arm).advice in found.text
    for metric in METRICS:
        assert words.metric(metric.name) in found.text
    assert result.command in found.text
    assert result.bibliography["shen2015"] in found.text
    if lang == "zh":
        assert "campaign" not in found.text


def test_the_verdict_stands_before_everything_else(full):
    text = read(html(full)).text
    first = text.index(Words(full).story(findings.ranked(full)[0]).advice)
    assert first < text.index("Side by side") < text.index("Behind the figures") < text.index("Rebuild it")


def test_what_users_type_is_escaped():
    evil = "<script>alert(1)</script>&\"'"
    arms = (ARMS[0], Arm(evil, "1" * 16, (Tactic(evil, evil, {"en": evil}, {evil: evil}),)), ARMS[-1])
    result = quick(arms=arms, name=evil, command=evil, config={})
    result = replace(result, group=replace(result.group, portrait={evil: evil}, title={"en": evil}))
    words = Words(result)
    text = page(result, STUB, charts.survival(result, words))
    found = read(text)
    assert "script" not in found.tags
    assert "<script" not in text
    assert evil in found.text


def test_what_was_read_from_a_log_is_shown():
    group = replace(quick().group, portrait={"messages": 12345, "days": 412.5, "odd_thing": 0.25})
    text = " ".join(read(html(replace(quick("zh"), group=group, calibrated=True))).text.split())
    assert "谁认识谁 小世界 每天新进群 0.3 消息数 12,345 覆盖天数 412.5 odd_thing 0.25" in text


EXTREMES = {
    "nothing but the baseline": {"arms": ARMS[:1]},
    "no placebo": {"arms": ARMS[:2]},
    "one replicate": {"replicates": 1, "twins": 0},
    "two replicates": {"replicates": 2, "twins": 2},
    "one day": {"days": 1, "follow_up": 0},
    "no follow-up": {"follow_up": 0},
    "everybody dies": {"dying": 1.0},
    "many arms": {"arms": (ARMS[0], *(Arm(f"arm {i}", f"{i:016}") for i in range(11)), ARMS[-1])},
    "a long label": {"arms": (ARMS[0], Arm("一个很长很长的名字" * 30, "1" * 16), Arm("x" * 300, "2" * 16))},
}


@pytest.mark.parametrize("case", EXTREMES)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_extremes_are_shown_without_a_warning(case, lang):
    result = quick(lang, **EXTREMES[case])
    words = Words(result)
    hard = lang == "en" and case in ("one replicate", "one day", "many arms", "a long label")
    drawn = (charts.activity(result, words), charts.survival(result, words)) if hard else (STUB, STUB)
    found = read(page(result, *drawn))
    assert "nan" not in found.text.replace("Kaplan", "").lower().split()
    assert max(map(cell_len, printed(result).splitlines())) <= 100


def test_all_runs_of_an_arm_may_have_failed():
    result = fake_result("en", **QUICK | {"arms": ARMS[:3]})
    for values in (*result.series.values(), *result.summary.values(), result.life):
        values[1] = np.nan
    words = Words(result)
    assert charts.activity(result, words).svg
    assert charts.survival(result, words).svg


# Charts


def drawn(label):
    result = quick("zh", replicates=16, twins=0, arms=(ARMS[0], Arm(label, "1" * 16), ARMS[-1]))
    return charts.survival(result, Words(result))


def test_a_chart_is_the_same_every_time_and_holds_no_date(full):
    one, two = (charts.survival(full, Words(full)) for _ in range(2))
    assert one == two
    assert "<dc:date>" not in one.svg
    assert one.svg.startswith("<svg")


def test_text_in_a_chart_is_text():
    assert "天天发大红包" in drawn("天天发大红包").svg


def test_chinese_is_drawn_by_our_own_font_without_a_warning():
    with charts._drawing():
        warnings.simplefilter("error")  # after our own filters were set, so that a missing glyph would raise
        for text in ("天天发大红包，打卡！（试点）￥", "臺灣群組簽到", "naïve – “x” … ±−→"):
            figure = charts.Figure()
            figure.text(0.1, 0.5, text)
            figure.savefig(io.BytesIO(), format="png")


@pytest.mark.parametrize("label", ["🧧 red 🎉", "𰻝𰻝面", "\ue000", "a$b$c ^_{}\\frac", "สวัสดี ب ב", "é" * 60])
def test_characters_without_a_glyph_do_not_stop_a_chart(label):
    assert drawn(label).png.startswith(b"\x89PNG")


def test_the_settings_of_a_user_change_nothing(full):
    import matplotlib as mpl

    before = charts.survival(full, Words(full))
    with mpl.rc_context(
        {"font.size": 30, "axes.facecolor": "red", "svg.fonttype": "path", "lines.linewidth": 9}
    ):
        assert charts.survival(full, Words(full)) == before


def test_an_arm_looks_the_same_whatever_stands_beside_it():
    few, many = quick(arms=(*ARMS[:3], ARMS[-1])), quick()
    assert charts.looks(few)["check_in_streak"] == charts.looks(many)["check_in_streak"]
    looks = list(charts.looks(many).values())
    assert len({(look.colour, look.dash) for look in looks}) == len(looks)


@given(st.text(max_size=80))
@settings(deadline=None, max_examples=60)
def test_short_names_fit(text):
    assert charts.cells(charts.short(text, 20)) <= max(20, 3)
    if charts.cells(text) <= 20:
        assert charts.short(text, 20) == text
