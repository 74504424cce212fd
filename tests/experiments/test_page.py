import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from rich.cells import cell_len
from rich.console import Console

from experiments.report import charts, findings
from experiments.report.forest import Axis
from experiments.report.page import page
from experiments.report.terminal import show
from experiments.report.words import Words
from experiments.result import Arm, Tactic
from simulator.metrics import METRICS
from tests.experiments.fakes import ARMS, QUICK, fake_result, full_result, quick

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
    *lines, _ = printed(result).splitlines()  # the last is the command, whole
    assert max(map(cell_len, lines)) <= 100


def test_all_runs_of_an_arm_may_have_failed():
    result = fake_result("en", **QUICK | {"arms": ARMS[:3]})
    for values in (*result.series.values(), *result.summary.values(), result.life):
        values[1] = np.nan
    words = Words(result)
    assert charts.activity(result, words).svg
    assert charts.survival(result, words).svg


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
