import io
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.report import charts, curves
from experiments.report.words import Words
from experiments.result import Arm
from tests.experiments.fakes import ARMS, full_result, quick


@pytest.fixture(scope="module")
def full():
    return full_result()


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
    with charts.drawing():
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
